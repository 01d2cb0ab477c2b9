using AgentConsole.Bench.Hosting;

namespace AgentConsole.Bench.Commands;

/// <summary>What the app holds when it has nothing to do.</summary>
internal static class Idle
{
    private const long WantedBytes = 300L << 20;

    public static readonly Command Command = new(
        "idle", "[--seconds 30]", "Starts the app on an empty store, waits, and prints its resident memory. Holds at 300 MB.", RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        using var folder = new WorkFolder();
        await using var app = await AppProcess.StartAsync(folder.Path, new Dictionary<string, string>(), cancellationToken);
        var atStart = app.ResidentBytes();
        await Task.Delay(TimeSpan.FromSeconds(arguments.Number("--seconds", 30, 1, 3_600)), TimeProvider.System, cancellationToken);
        var idle = app.ResidentBytes();
        Console.WriteLine($"resident   {atStart >> 20} MB when ready, {idle >> 20} MB after idling (wanted: at most {WantedBytes >> 20} MB)");
        return idle <= WantedBytes ? 0 : 1;
    }
}
