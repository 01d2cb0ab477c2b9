using System.Diagnostics;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;
using AgentConsole.Usage.Rollups;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Bench.Commands;

/// <summary>What row-level security costs: the same breakdown by the role that it binds and by the login that it does not.</summary>
internal static class Isolation
{
    private const double WantedOverhead = 0.15;
    private const int WarmUps = 20;

    public static readonly Command Command = new(
        "isolation",
        "[--events 1000000] [--runs 200]",
        "Loads events through the ingestion, then reads breakdowns of one tenant within its reach, where row-level security is in force, and as a superuser, where it is not; in turns. Holds when it adds at most 15 % to the sum of medians.",
        RunAsync);

    private sealed record Panel(string Name, Grain Grain, Dimension GroupBy, int Days);

    /// <summary>From rollups, by kind; the last from events, as no rollup has teams.</summary>
    private static readonly Panel[] Panels =
    [
        new("total by model, 30 d", Grain.Total, Dimension.Model, 30), new("day by model, 30 d", Grain.Day, Dimension.Model, 30), new("hour by model, 7 d", Grain.Hour, Dimension.Model, 7),
        new("total by user, 30 d", Grain.Total, Dimension.User, 30), new("day by user, 30 d", Grain.Day, Dimension.User, 30), new("total by team, 1 d", Grain.Total, Dimension.Team, 1),
    ];

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (count, runs) = (arguments.Number("--events", 1_000_000, 1_000, 10_000_000), arguments.Number("--runs", 200, 5, 10_000));
        using var folder = new WorkFolder();
        await using var postgres = await EmbeddedPostgres.StartAsync(folder.Sub("data"), NullLogger.Instance, cancellationToken);
        await LoadAsync(folder.Path, postgres.ConnectionString, count, cancellationToken);
        await using var database = new Database(new PlatformOptions { Database = postgres.ConnectionString, DataDirectory = folder.Path }, NullLogger<Database>.Instance);
        await database.OpenAsync(cancellationToken);
        await using var owner = await database.Owner.OpenConnectionAsync(cancellationToken);
        await Sql.ExecuteAsync(owner, "VACUUM ANALYZE", cancellationToken);
        var tenant = await LargestAsync(owner, cancellationToken);

        Console.WriteLine($"{$"panel, of {tenant}",-40} {"walled ms",10} {"p95",8} {"open ms",10} {"p95",8} {"overhead",9}");
        var (walled, open) = (0.0, 0.0);
        foreach (var panel in Panels)
        {
            var (within, without) = await MeasureAsync(database, owner, tenant, panel, runs, cancellationToken);
            (walled, open) = (walled + within.Percentile(0.5), open + without.Percentile(0.5));
            Console.WriteLine($"{panel.Name,-40} {within.Percentile(0.5),10:F2} {within.Percentile(0.95),8:F2} {without.Percentile(0.5),10:F2} {without.Percentile(0.95),8:F2} {within.Percentile(0.5) / without.Percentile(0.5) - 1,9:P1}");
        }
        var overhead = walled / open - 1;
        Console.WriteLine($"{"all",-40} {walled,10:F2} {"",8} {open,10:F2} {"",8} {overhead,9:P1}");
        return overhead <= WantedOverhead ? 0 : 1;
    }

    /// <summary>The app is gone before anything is measured.</summary>
    private static async Task LoadAsync(string folder, string connectionString, int count, CancellationToken cancellationToken)
    {
        await using var app = await AppProcess.StartAsync(folder, new Dictionary<string, string> { ["ConnectionStrings__Console"] = connectionString }, cancellationToken);
        using var client = new IngestClient(app.Url, AppProcess.Key, "/api/v1/usage", 16);
        await client.SendAllAsync(NativeEvents.Batches(count, 1_000, "isolation"), cancellationToken);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await Sql.WaitUntilRolledUpAsync(connection, cancellationToken);
        Console.WriteLine($"loaded     {client.Accepted:N0} events");
    }

    private static async Task<string> LargestAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT tenant_id FROM usage_rollups WHERE kind = 1 AND grain = 3 GROUP BY 1 ORDER BY sum(requests) DESC LIMIT 1", connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Both in every round, and each first in every other, so that what disturbs the machine or warms its caches does so to both.</summary>
    private static async Task<(Latencies Walled, Latencies Open)> MeasureAsync(Database database, NpgsqlConnection owner, string tenant, Panel panel, int runs, CancellationToken cancellationToken)
    {
        var to = TimeProvider.System.GetUtcNow();
        var query = new BreakdownQuery(to.AddDays(-panel.Days), to, TimeZoneInfo.Utc, panel.Grain, [panel.GroupBy], UsageFilter.None);
        var (walled, open) = (new Latencies(), new Latencies());
        for (var run = -WarmUps; run < runs; run++)
        {
            var (within, without) = (0L, 0L);
            if (run % 2 == 0) within = await TimeAsync(() => WalledAsync(database, tenant, query, cancellationToken), run < 0 ? null : walled);
            without = await TimeAsync(() => OpenAsync(owner, tenant, query, cancellationToken), run < 0 ? null : open);
            if (run % 2 != 0) within = await TimeAsync(() => WalledAsync(database, tenant, query, cancellationToken), run < 0 ? null : walled);
            if (within != without) throw new InvalidOperationException($"{panel.Name}: {within} requests within the wall, {without} without it.");
        }
        return (walled, open);
    }

    private static async Task<long> TimeAsync(Func<Task<long>> read, Latencies? latencies)
    {
        var started = Stopwatch.GetTimestamp();
        var requests = await read();
        latencies?.Add(Stopwatch.GetElapsedTime(started));
        return requests;
    }

    private static async Task<long> WalledAsync(Database database, string tenant, BreakdownQuery query, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Of(tenant), cancellationToken, System.Data.IsolationLevel.RepeatableRead, "usage_events");
        return (await BreakdownReader.ReadAsync(session.Connection, new KeptSums(), query, [tenant], cancellationToken)).Total.Requests;
    }

    /// <summary>The same transaction and the same statements, so that only the wall differs.</summary>
    private static async Task<long> OpenAsync(NpgsqlConnection owner, string tenant, BreakdownQuery query, CancellationToken cancellationToken)
    {
        await using var transaction = await owner.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using (var locking = new NpgsqlCommand("LOCK TABLE usage_events IN ACCESS SHARE MODE", owner)) await locking.ExecuteNonQueryAsync(cancellationToken);
        return (await BreakdownReader.ReadAsync(owner, new KeptSums(), query, [tenant], cancellationToken)).Total.Requests;
    }
}
