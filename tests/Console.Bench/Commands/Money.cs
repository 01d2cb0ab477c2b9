using BenchmarkDotNet.Running;

namespace AgentConsole.Bench.Commands;

/// <summary>The BenchmarkDotNet classes of this program.</summary>
internal static class Money
{
    public static readonly Command Command = new(
        "money", "[BenchmarkDotNet arguments]", "Runs the micro-benchmarks: normalising and pricing an event, time and allocation.", RunAsync);

    private static Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var ran = BenchmarkSwitcher.FromAssembly(typeof(Money).Assembly).Run(arguments.Raw.Count == 0 ? ["--filter", "*"] : [.. arguments.Raw]);
        return Task.FromResult(ran.Any() ? 0 : 1);
    }
}
