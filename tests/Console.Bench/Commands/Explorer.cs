using System.Diagnostics;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Bench.Load.Circuits;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Usage;
using AgentConsole.Usage.Rollups;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Bench.Commands;

/// <summary>What the explorer asks for a busy tenant, every panel that rollups answer, beside the same question asked of the events; what they do not answer; its dropdowns; and its pages until their data is there.</summary>
internal static class Explorer
{
    private const string Tenant = "chatter";
    private const int WarmUps = 3;
    private const int Top = 7;
    private const double WantedPanel = 25, WantedList = 10, WantedPage = 400;

    /// <summary>As many as a dropdown shows.</summary>
    private const int MostValues = 200;

    public static readonly Command Command = new(
        "explorer",
        "--data <folder> [--runs 20] [--raw]",
        "Of the events in a folder (query --data fills one): opens the usage page and the list of requests until their data is there, reads every panel of the explorer that rollups answer (--raw: beside SQL on the events), some that read events, and the values of each dropdown. Holds when the p95 of every panel is at most 25 ms, of a dropdown 10 ms and of a page 400 ms, and what reads events keeps within its budget.",
        RunAsync);

    private static readonly (string Name, Facet[] By)[] Cuts =
    [
        ("-", []),
        .. from dimension in new[] { Dimension.Provider, Dimension.Model, Dimension.Status, Dimension.User, Dimension.Key } select (dimension.Name(), new Facet[] { dimension }),
        ("provider x model", [Dimension.Provider, Dimension.Model]), ("model x status", [Dimension.Model, Dimension.Status]),
        ("user x model", [Dimension.User, Dimension.Model]), ("key x model", [Dimension.Key, Dimension.Model]),
    ];

    private static readonly (string Name, ExplorationShape Shape, Grain Grain, int Days)[] Layouts =
    [
        ("table", ExplorationShape.Whole, Grain.Total, 30), ("by day", ExplorationShape.OverTime, Grain.Day, 30),
        ("by hour", ExplorationShape.OverTime, Grain.Hour, 7), ("heat map", ExplorationShape.HourOfWeek, Grain.Hour, 30),
    ];

    private static readonly Measure[] Measures = [Measure.Cost, Measure.Requests, Measure.Tokens, Measure.CacheHitRate, Measure.LatencyP95];

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (runs, raw) = (arguments.Number("--runs", 20, 3, 1_000), arguments.Flag("--raw"));
        using var folder = new WorkFolder();
        await using var postgres = await EmbeddedPostgres.StartAsync(arguments.Text("--data"), NullLogger.Instance, cancellationToken);
        var isGood = await PagesAsync(folder.Path, postgres.ConnectionString, runs, cancellationToken);

        await using var database = new Database(new PlatformOptions { Database = postgres.ConnectionString, DataDirectory = "" }, NullLogger<Database>.Instance);
        await database.OpenAsync(cancellationToken);
        var (options, kept, time) = (new UsageOptions(), new KeptSums(), TimeProvider.System);
        using var reads = new EventReads(options, time);
        var queries = new ExplorerQueries(database, new CurrentPrices(), reads, kept, time);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var usage = new UsageQueries(database, new Contexts(database, services), kept, time);

        isGood &= await PanelsAsync(queries, postgres.ConnectionString, runs, raw, cancellationToken);
        isGood &= await EventsAsync(queries, cancellationToken);
        isGood &= await ListsAsync(usage, runs, cancellationToken);
        return isGood ? 0 : 1;
    }

    /// <summary>From the request for the page until its circuit has drawn what only data brings.</summary>
    private static async Task<bool> PagesAsync(string folder, string connectionString, int runs, CancellationToken cancellationToken)
    {
        var settings = OpenPages.Room(100);
        settings["ConnectionStrings__Console"] = connectionString;
        await using var app = await AppProcess.StartAsync(folder, settings, cancellationToken);
        using var visitor = await Visitor.SignInAsync(app.Url, AppProcess.Operator, AppProcess.Password, cancellationToken);
        var isGood = true;
        Console.WriteLine($"{"page",-58} {"p50 ms",8} {"p95 ms",8}");
        foreach (var (path, shows) in new[]
        {
            ($"/usage?range=30d&tenant={Tenant}&groupBy=model", "gpt-5.4-mini"), ($"/usage?range=30d&tenant={Tenant}&groupBy=user", "u-0"), ("/usage?range=30d&groupBy=model", "gpt-5.4-mini"),
            ($"/requests?range=30d&tenant={Tenant}", "u-0"), ($"/requests?range=30d&tenant={Tenant}&sort=-cost", "u-0"),
        })
        {
            var took = new Latencies();
            for (var run = -5 * WarmUps; run < runs; run++)
            {
                var started = Stopwatch.GetTimestamp();
                await using var circuit = await Circuit.OpenAsync(visitor, path, shows, TimeSpan.FromSeconds(60), cancellationToken);
                if (run >= 0) took.Add(Stopwatch.GetElapsedTime(started));
            }
            Console.WriteLine($"{path,-58} {took.Percentile(0.5),8:F0} {took.Percentile(0.95),8:F0}");
            isGood &= took.Percentile(0.95) <= WantedPage;
        }
        return isGood;
    }

    private static async Task<bool> PanelsAsync(ExplorerQueries queries, string connectionString, int runs, bool raw, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var isGood = true;
        Console.WriteLine($"{$"panel of {Tenant}",-30} {"first ms",9} {"p50 ms",8} {"p95 ms",8}  {"slowest measure",-16} {"groups",7} {(raw ? "raw SQL ms" : ""),11}");
        foreach (var (cut, by) in Cuts)
        {
            foreach (var (layout, shape, grain, days) in Layouts)
            {
                var (all, worst, slowest, first, groups) = (new Latencies(), 0.0, Measure.Cost, 0.0, 0);
                foreach (var measure in Measures)
                {
                    var query = Query(by, shape, grain, days, measure);
                    if (query.ReadsEvents) continue;
                    var took = new Latencies();
                    for (var run = -WarmUps; run < runs; run++)
                    {
                        var started = Stopwatch.GetTimestamp();
                        var answer = await queries.ExploreAsync(Reach.Of(Tenant), query, null, cancellationToken);
                        var elapsed = Stopwatch.GetElapsedTime(started);
                        groups = answer.Value!.GroupCount;
                        if (run == -WarmUps) first = Math.Max(first, elapsed.TotalMilliseconds);
                        if (run < 0) continue;
                        took.Add(elapsed);
                        all.Add(elapsed);
                    }
                    if (took.Percentile(0.95) > worst) (worst, slowest) = (took.Percentile(0.95), measure);
                }
                if (all.Count == 0) continue;
                var beside = raw ? $"{await RawAsync(connection, by, shape, grain, days, cancellationToken),11:F0}" : "";
                Console.WriteLine($"{$"{cut}, {layout}",-30} {first,9:F1} {all.Percentile(0.5),8:F1} {worst,8:F1}  {slowest.Name(),-16} {groups,7:N0} {beside}");
                isGood &= worst <= WantedPanel;
            }
        }
        return isGood;
    }

    /// <summary>What no rollup answers: within its budget answered, or refused.</summary>
    private static async Task<bool> EventsAsync(ExplorerQueries queries, CancellationToken cancellationToken)
    {
        var isGood = true;
        foreach (var (facet, measure, days) in new[] { (Dimension.Agent, Measure.Cost, 1), (Dimension.Agent, Measure.Cost, 7), (Dimension.Agent, Measure.Cost, 30), (Dimension.Model, Measure.TtftP95, 7), (Dimension.Model, Measure.CacheSavings, 30) })
        {
            var (started, parts) = (Stopwatch.GetTimestamp(), 0);
            var answer = await queries.ExploreAsync(Reach.Of(Tenant), Query([facet], ExplorationShape.Whole, Grain.Total, days, measure), new Told(() => parts++), cancellationToken);
            var took = Stopwatch.GetElapsedTime(started);
            Console.WriteLine($"{$"{measure.Name()} by {facet.Name()} of {days} d, from events",-58} {took.TotalSeconds,8:F1} s, {parts} parts, {(answer.Ok ? $"{answer.Value.Total.Requests:N0} requests" : answer.Error.Message)}");
            isGood &= took <= queries.Budget + TimeSpan.FromSeconds(1);
        }
        return isGood;
    }

    /// <summary>As the first asker of a minute waits for them; the others share that one's answer.</summary>
    private static async Task<bool> ListsAsync(UsageQueries usage, int runs, CancellationToken cancellationToken)
    {
        var isGood = true;
        foreach (var reach in new[] { Reach.Of(Tenant), Reach.Platform })
        {
            foreach (var dimension in new[] { Dimension.Tenant, Dimension.Provider, Dimension.Model, Dimension.User, Dimension.Key })
            {
                var (took, count) = (new Latencies(), 0);
                for (var run = -WarmUps; run < runs; run++)
                {
                    var started = Stopwatch.GetTimestamp();
                    count = (await usage.ListValuesAsync(reach, dimension, MostValues, cancellationToken)).Count;
                    if (run >= 0) took.Add(Stopwatch.GetElapsedTime(started));
                }
                Console.WriteLine($"{$"{dimension.Name()}s to choose from, {(reach.IsPlatform ? "of all" : $"of {Tenant}")}",-58} {took.Percentile(0.5),8:F1} {took.Percentile(0.95),8:F1}, {count}");
                isGood &= took.Percentile(0.95) <= WantedList;
            }
        }
        return isGood;
    }

    private static ExplorationQuery Query(Facet[] by, ExplorationShape shape, Grain grain, int days, Measure measure)
    {
        var to = TimeProvider.System.GetUtcNow();
        return ExplorationQuery.Of(new(to.AddDays(-days), to, TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu"), grain, by, UsageFilter.None.With(Dimension.Tenant, Tenant)), measure, shape, Top);
    }

    private static async Task<double> RawAsync(NpgsqlConnection connection, Facet[] by, ExplorationShape shape, Grain grain, int days, CancellationToken cancellationToken)
    {
        var bucket = shape switch
        {
            ExplorationShape.Whole => [],
            ExplorationShape.HourOfWeek => new[] { "extract(isodow FROM occurred_at AT TIME ZONE 'Asia/Kathmandu')", "extract(hour FROM occurred_at AT TIME ZONE 'Asia/Kathmandu')" },
            _ => [$"date_trunc('{grain.Name()}', occurred_at, 'Asia/Kathmandu')"],
        };
        string[] columns = [.. bucket, .. by.Select(static facet => facet.Known switch { Dimension.User => "user_id", Dimension.Key => "key_id", _ => facet.Name })];
        var group = columns.Length == 0 ? "" : $"GROUP BY {string.Join(", ", Enumerable.Range(1, columns.Length))}";
        var sql = $"SELECT {string.Concat(columns.Select(static column => $"{column}, "))}count(*), sum(cost), sum({TokenCounts.Buckets[0].Column()}) FROM usage_events WHERE tenant_id = '{Tenant}' AND occurred_at >= now() - interval '{days} days' {group}";
        var started = Stopwatch.GetTimestamp();
        await Sql.DrainAsync(connection, sql, cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private sealed class Told(Action report) : IProgress<EventsRead>
    {
        public void Report(EventsRead value) => report();
    }
}
