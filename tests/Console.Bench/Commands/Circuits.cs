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
    private const int OpenedAtOnce = 4;
    private const int SettleSeconds = 10;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static readonly Command Command = new(
        "circuits",
        "[--steps 1,50,200,500] [--rate 2000] [--seconds 30] [--page <one of /usage, /, /requests>]",
        "Opens dashboards over the circuit protocol, without a browser, while events come in; prints per step the round trip of a click, managed memory per circuit and pages that froze. Holds when at every step p95 is at most 150 ms, a circuit weighs at most 300 KB and no page froze.",
        RunAsync);

    /// <summary>Each page's two views, between which a click changes; the text tells them apart.</summary>
    private static readonly (string Path, string Shows)[][] Pages =
    [
        [("/usage?range=7d&groupBy=model", "groupBy=model&"), ("/usage?range=7d&groupBy=provider", "groupBy=provider&")],
        [("/?range=24h&tenant=chatter", "range=24h&tenant=chatter"), ("/?range=7d&tenant=chatter", "range=7d&tenant=chatter")],
        [("/usage?range=24h&tenant=northwind-agents", "range=24h&tenant=northwind-agents"), ("/usage?range=30d&tenant=northwind-agents", "range=30d&tenant=northwind-agents")],
        [("/requests?range=24h", "/requests?range=24h"), ("/requests?range=7d", "/requests?range=7d")],
    ];

    private sealed record Open(Circuit Circuit, (string Path, string Shows)[] Views)
    {
        private int _shown;
        private long _seen;

        public async Task<TimeSpan> ClickAsync(CancellationToken cancellationToken)
        {
            var (path, shows) = Views[_shown = 1 - _shown];
            return await Circuit.ClickAsync(path, shows, Timeout, cancellationToken);
        }

        /// <summary>Whether nothing was drawn since the last look.</summary>
        public bool Froze()
        {
            var (before, now) = (_seen, Circuit.Renders);
            _seen = now;
            return Circuit.Ended is not null || now == before;
        }
    }

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (rate, seconds) = (arguments.Number("--rate", 2_000, 0, 100_000), arguments.Number("--seconds", 30, 5, 3_600));
        var steps = arguments.Text("--steps", "1,50,200,500").Split(',').Select(static step => int.TryParse(step, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 5_000 ? count : throw new UsageException("--steps must be numbers from 1 to 5000, with commas.")).Order().ToArray();
        var only = arguments.Text("--page", "");
        var pages = Pages.Where(views => only.Length == 0 || views[0].Path.StartsWith(only + "?", StringComparison.Ordinal)).ToArray();
        if (pages.Length == 0) throw new UsageException("--page is none of the pages.");
        using var folder = new WorkFolder();
        var room = $"{steps[^1] + 10}";
        await using var app = await AppProcess.StartAsync(folder.Path, new Dictionary<string, string> { ["Edges__CircuitsPerMember"] = room, ["Edges__CircuitsPerAddress"] = room, ["Edges__RequestsPerAddress"] = "10000" }, cancellationToken);
        await FillAsync(app, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = new SteadyLoad(app, Math.Max(rate, 1));
        var sending = rate == 0 ? Task.CompletedTask : load.RunAsync(ended.Token);
        using var visitor = await Visitor.SignInAsync(app.Url, AppProcess.Operator, AppProcess.Password, cancellationToken);
        var open = new List<Open>();
        try
        {
            return await MeasureAsync(steps, pages, seconds, load, visitor, app, open, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var one in open) await one.Circuit.DisposeAsync();
        }
    }

    private static async Task<int> MeasureAsync(int[] steps, (string Path, string Shows)[][] pages, int seconds, SteadyLoad load, Visitor visitor, AppProcess app, List<Open> open, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{"circuits",8} {"click p50 ms",13} {"p95 ms",8} {"p99 ms",8} {"clicks",7} {"events/s",9} {"live MB",8} {"KB each",8} {"resident MB",12} {"frozen",7}");
        await OpenAsync(visitor, pages, open, 1, cancellationToken);
        await ClickForAsync(open, SettleSeconds, new Latencies(), cancellationToken);
        var (bare, isGood) = (await LiveHeap.MegabytesAsync(app.Id, cancellationToken), true);
        foreach (var count in steps)
        {
            await OpenAsync(visitor, pages, open, count, cancellationToken);
            foreach (var one in open) one.Froze();
            var (sent, clicks) = (load.Sent, new Latencies());
            await ClickForAsync(open, seconds, clicks, cancellationToken);
            var (frozen, events) = (open.Count(static one => one.Froze()), (load.Sent - sent) / (double)seconds);
            var live = await LiveHeap.MegabytesAsync(app.Id, cancellationToken);
            var each = count == 1 ? (double?)null : (live - bare) * 1024 / (count - 1);
            Console.WriteLine($"{count,8} {clicks.Percentile(0.5),13:F1} {clicks.Percentile(0.95),8:F1} {clicks.Percentile(0.99),8:F1} {clicks.Count,7} {events,9:N0} {live,8:F0} {each,8:F0} {app.ResidentBytes() >> 20,12} {frozen,7}");
            foreach (var why in open.Select(static one => one.Circuit.Ended).OfType<string>().Distinct().Take(3)) Console.WriteLine($"         ended: {why}");
            isGood &= clicks.Percentile(0.95) <= WantedClickMilliseconds && each is null or <= WantedKilobytes && frozen == 0;
        }
        return isGood ? 0 : 1;
    }

    private static Task OpenAsync(Visitor visitor, (string Path, string Shows)[][] pages, List<Open> open, int count, CancellationToken cancellationToken) =>
        Parallel.ForAsync(open.Count, count, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = cancellationToken }, async (number, stop) =>
        {
            var views = pages[number % pages.Length];
            var one = new Open(await Circuit.OpenAsync(visitor, views[0].Path, views[0].Shows, Timeout, stop), views);
            lock (open) open.Add(one);
        });

    /// <summary>People look for ten seconds between two clicks; each click is of another page.</summary>
    private static async Task ClickForAsync(List<Open> open, int seconds, Latencies clicks, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromSeconds(Math.Max(0.02, Math.Min(1, 10.0 / open.Count)));
        using var timer = new PeriodicTimer(pause, TimeProvider.System);
        var (under, until) = (new List<Task>(), TimeProvider.System.GetUtcNow().AddSeconds(seconds));
        for (var number = 0; TimeProvider.System.GetUtcNow() < until; number++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            if (number >= open.Count && !under[number - open.Count].IsCompleted) await under[number - open.Count];
            under.Add(ClickAsync(open[number % open.Count]));
        }
        await Task.WhenAll(under);

        async Task ClickAsync(Open one) => clicks.Add(await one.ClickAsync(cancellationToken));
    }

    /// <summary>So that every page has something to show.</summary>
    private static async Task FillAsync(AppProcess app, CancellationToken cancellationToken)
    {
        using var client = new IngestClient(app.Url, AppProcess.Key, "/api/v1/usage", 4);
        await client.SendAllAsync(NativeEvents.Batches(20_000, 1_000, "circuits"), cancellationToken);
    }
}
