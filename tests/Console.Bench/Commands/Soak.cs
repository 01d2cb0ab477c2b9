using System.Diagnostics;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;

namespace AgentConsole.Bench.Commands;

/// <summary>Continuous ingestion with open dashboards: every page must keep moving and nothing may grow without bound.</summary>
internal static class Soak
{
    /// <summary>Minutes until caches, pools and the compiler have settled.</summary>
    private const int SettledAfter = 2;
    private const double MaxHeapGrowth = 1.5;

    public static readonly Command Command = new(
        "soak",
        "[--minutes 10] [--rate 2000] [--dashboards 20]",
        "Ingests at a steady rate while dashboards are open in a headless Chromium; prints memory, latency and live pages each minute. Fails when a page froze or the managed heap grew by half after two minutes.",
        RunAsync);

    private sealed record Minute(int Number, double Rate, Latencies Latencies, long ResidentMegabytes, double HeapMegabytes, IReadOnlyList<string> Frozen);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (minutes, rate) = (arguments.Number("--minutes", 10, 1, 720), arguments.Number("--rate", 2_000, 10, 100_000));
        using var folder = new WorkFolder();
        await using var app = await AppProcess.StartAsync(folder.Path, new Dictionary<string, string>(), cancellationToken);
        await using var heap = new HeapCounter(app.Id);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = new SteadyLoad(app, rate);
        var sending = load.RunAsync(ended.Token);
        await using var dashboards = await Dashboards.OpenAsync(app.Url, arguments.Number("--dashboards", 20, 0, 100), folder.Path, cancellationToken);
        Console.WriteLine($"{dashboards.Count} dashboards open, {rate:N0} events/s wanted");
        var told = new List<Minute>();
        for (var number = 1; number <= minutes; number++)
        {
            var minute = await MinuteAsync(number, app, heap, load, dashboards, cancellationToken);
            told.Add(minute);
            Print(minute, dashboards.Count);
            if (sending.IsCompleted) await sending;
        }
        await ended.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Judge(told);
    }

    private static async Task<Minute> MinuteAsync(int number, AppProcess app, HeapCounter heap, SteadyLoad load, Dashboards dashboards, CancellationToken cancellationToken)
    {
        await dashboards.FrozenAsync();
        var (sent, started) = (load.Sent, Stopwatch.GetTimestamp());
        load.Latencies = new Latencies();
        await Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System, cancellationToken);
        var rate = (load.Sent - sent) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Minute(number, rate, load.Latencies, app.ResidentBytes() >> 20, heap.Megabytes, await dashboards.FrozenAsync());
    }

    private static void Print(Minute minute, int dashboards)
    {
        Console.WriteLine($"minute {minute.Number,3}  {minute.Rate,7:N0} events/s  {minute.Latencies}  resident {minute.ResidentMegabytes} MB  heap {minute.HeapMegabytes:F0} MB  live {dashboards - minute.Frozen.Count}/{dashboards}");
        foreach (var page in minute.Frozen) Console.WriteLine($"            frozen: {page}");
    }

    private static int Judge(List<Minute> told)
    {
        var froze = told.Any(static minute => minute.Frozen.Count > 0);
        var settled = told.Skip(SettledAfter).Select(static minute => minute.HeapMegabytes).ToList();
        var growth = settled.Count < 2 ? 1 : settled.TakeLast(3).Min() / Math.Max(1, settled.Take(3).Max());
        Console.WriteLine($"result     {(froze ? "a page froze" : "every page stayed live")}; heap of the last minutes is {growth:F2} of that of minute {SettledAfter + 1}");
        return froze || growth > MaxHeapGrowth ? 1 : 0;
    }
}
