using System.Globalization;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Bench.Load.Circuits;

namespace AgentConsole.Bench.Commands;

/// <summary>Many open dashboards on one node while events come in: how long a click takes, what a circuit weighs, and whether every page still moves.</summary>
internal static class Circuits
{
    private const double WantedClickMilliseconds = 150;
    private const double WantedKilobytes = 300;
    private const int SettleSeconds = 10;

    public static readonly Command Command = new(
        "circuits",
        "[--steps 1,50,200,500] [--rate 2000] [--seconds 30] [--page <one of /usage, /, /requests>]",
        "Opens dashboards over the circuit protocol, without a browser, while events come in; prints per step the round trip of a click, managed memory per circuit (what is in use, and the heap with its gaps), processor time of the app and pages that froze. Holds when at every step p95 is at most 150 ms, a circuit weighs at most 300 KB in use and no page froze.",
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (rate, seconds) = (arguments.Number("--rate", 2_000, 0, 100_000), arguments.Number("--seconds", 30, 5, 3_600));
        var steps = arguments.Text("--steps", "1,50,200,500").Split(',').Select(static step => int.TryParse(step, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 5_000 ? count : throw new UsageException("--steps must be numbers from 1 to 5000, with commas.")).Order().ToArray();
        var only = arguments.Text("--page", "");
        var pages = OpenPages.All.Where(views => only.Length == 0 || views[0].Path.StartsWith(only + "?", StringComparison.Ordinal)).ToArray();
        if (pages.Length == 0) throw new UsageException("--page is none of the pages.");
        using var folder = new WorkFolder();
        await using var app = await AppProcess.StartAsync(folder.Path, OpenPages.Room(steps[^1]), cancellationToken);
        await FillAsync(app, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = new SteadyLoad(app, Math.Max(rate, 1));
        var sending = rate == 0 ? Task.CompletedTask : load.RunAsync(ended.Token);
        using var visitor = await Visitor.SignInAsync(app.Url, AppProcess.Operator, AppProcess.Password, cancellationToken);
        await using var open = new OpenPages(visitor, pages);
        try
        {
            return await MeasureAsync(steps, seconds, load, app, open, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<int> MeasureAsync(int[] steps, int seconds, SteadyLoad load, AppProcess app, OpenPages open, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{"circuits",8} {"click p50 ms",13} {"p95 ms",8} {"p99 ms",8} {"clicks",7} {"events/s",9} {"live MB",8} {"KB each",8} {"heap MB",8} {"KB each",8} {"resident MB",12} {"cpu ms/s",9} {"frozen",7}");
        await open.OpenAsync(1, cancellationToken);
        await open.ClickForAsync(SettleSeconds, new Latencies(), cancellationToken);
        var (bare, isGood) = (await LiveHeap.ReadAsync(app.Id, cancellationToken), true);
        foreach (var count in steps)
        {
            await open.OpenAsync(count, cancellationToken);
            open.Frozen();
            var (sent, clicks, before) = (load.Sent, new Latencies(), app.Worked());
            await open.ClickForAsync(seconds, clicks, cancellationToken);
            var (frozen, events, worked) = (open.Frozen(), (load.Sent - sent) / (double)seconds, app.Worked() - before);
            var live = await LiveHeap.ReadAsync(app.Id, cancellationToken);
            var (each, ofHeap) = (Each(live.LiveMegabytes - bare.LiveMegabytes), Each(live.HeapMegabytes - bare.HeapMegabytes));
            Console.WriteLine($"{count,8} {clicks.Percentile(0.5),13:F1} {clicks.Percentile(0.95),8:F1} {clicks.Percentile(0.99),8:F1} {clicks.Count,7} {events,9:N0} {live.LiveMegabytes,8:F0} {each,8:F0} {live.HeapMegabytes,8:F0} {ofHeap,8:F0} {app.ResidentBytes() >> 20,12} {worked.TotalMilliseconds / seconds,9:F0} {frozen,7}");
            foreach (var why in open.Ends.Take(3)) Console.WriteLine($"         ended: {why}");
            isGood &= clicks.Percentile(0.95) <= WantedClickMilliseconds && each is null or <= WantedKilobytes && frozen == 0;

            double? Each(double megabytes) => count == 1 ? null : megabytes * 1024 / (count - 1);
        }
        return isGood ? 0 : 1;
    }

    /// <summary>So that every page has something to show.</summary>
    private static async Task FillAsync(AppProcess app, CancellationToken cancellationToken)
    {
        using var client = new IngestClient(app.Url, AppProcess.Key, "/api/v1/usage", 4);
        await client.SendAllAsync(NativeEvents.Batches(20_000, 1_000, "circuits"), cancellationToken);
    }
}
