using System.Diagnostics;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Bench.Load.Circuits;

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
        "Ingests at a steady rate while dashboards are open and clicked in; prints memory, latencies and live pages each minute. Fails when a page froze or live managed memory grew by half after two minutes.",
        RunAsync);

    private sealed record Minute(int Number, double Rate, Latencies Latencies, Latencies Clicks, long ResidentMegabytes, double LiveMegabytes, int Frozen);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (minutes, rate) = (arguments.Number("--minutes", 10, 1, 720), arguments.Number("--rate", 2_000, 10, 100_000));
        var count = arguments.Number("--dashboards", 20, 1, 1_000);
        using var folder = new WorkFolder();
        await using var app = await AppProcess.StartAsync(folder.Path, OpenPages.Room(count), cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = new SteadyLoad(app, rate);
        var sending = load.RunAsync(ended.Token);
        using var visitor = await Visitor.SignInAsync(app.Url, AppProcess.Operator, AppProcess.Password, cancellationToken);
        await using var dashboards = new OpenPages(visitor, OpenPages.All);
        await dashboards.OpenAsync(count, cancellationToken);
        Console.WriteLine($"{count} dashboards open, {rate:N0} events/s wanted");
        var told = new List<Minute>();
        for (var number = 1; number <= minutes; number++)
        {
            var minute = await MinuteAsync(number, app, load, dashboards, cancellationToken);
            told.Add(minute);
            Print(minute, count);
            if (sending.IsCompleted) await sending;
        }
        await ended.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Judge(told);
    }

    private static async Task<Minute> MinuteAsync(int number, AppProcess app, SteadyLoad load, OpenPages dashboards, CancellationToken cancellationToken)
    {
        dashboards.Frozen();
        var (sent, started, clicks) = (load.Sent, Stopwatch.GetTimestamp(), new Latencies());
        load.Latencies = new Latencies();
        await dashboards.ClickForAsync(60, clicks, cancellationToken);
        var rate = (load.Sent - sent) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Minute(number, rate, load.Latencies, clicks, app.ResidentBytes() >> 20, (await LiveHeap.ReadAsync(app.Id, cancellationToken)).HeapMegabytes, dashboards.Frozen());
    }

    private static void Print(Minute minute, int dashboards) => Console.WriteLine(
        $"minute {minute.Number,3}  {minute.Rate,7:N0} events/s  batch {minute.Latencies}  click {minute.Clicks}  resident {minute.ResidentMegabytes} MB  live memory {minute.LiveMegabytes:F0} MB  live pages {dashboards - minute.Frozen}/{dashboards}");

    private static int Judge(List<Minute> told)
    {
        var froze = told.Any(static minute => minute.Frozen > 0);
        var settled = told.Skip(SettledAfter).Select(static minute => minute.LiveMegabytes).ToList();
        var growth = settled.Count < 2 ? 1 : settled.TakeLast(3).Min() / Math.Max(1, settled.Take(3).Max());
        Console.WriteLine($"result     {(froze ? "a page froze" : "every page stayed live")}; live memory of the last minutes is {growth:F2} of that of minute {SettledAfter + 1}");
        return froze || growth > MaxHeapGrowth ? 1 : 0;
    }
}
