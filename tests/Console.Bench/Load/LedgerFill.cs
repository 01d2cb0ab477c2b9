using System.Diagnostics;
using AgentConsole.Demo.Traffic;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest;
using AgentConsole.Usage.Rollups;
using Npgsql;

namespace AgentConsole.Bench.Load;

/// <summary>
/// Many events in minutes: the demo's month so many times over, read, priced, copied and rolled up by the app's own code, but a day at a time and without HTTP, so that each row of a
/// rollup is written about once. Nothing else may write meanwhile.
/// </summary>
internal sealed class LedgerFill(Database database)
{
    private const int Days = 30;
    private const int PerTransaction = 20_000;
    private const int PerBody = 1_000;
    private const int DaysAtOnce = 2;

    /// <summary>One pass is a few percent larger than another.</summary>
    private const double MarginForUnevenPasses = 1.05;

    private readonly LedgerTransaction _ledger = new(database, TimeProvider.System);
    private long _written;

    /// <summary>At least so many; answers how many it became.</summary>
    public async Task<long> RunAsync(long count, CancellationToken cancellationToken)
    {
        var (today, started) = (DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime), Stopwatch.GetTimestamp());
        var month = Enumerable.Range(1, Days).Select(back => today.AddDays(-back)).ToList();
        var passes = (int)Math.Ceiling(count * MarginForUnevenPasses / month.Sum(day => Requests(day, 1, today).Count()));
        await Parallel.ForEachAsync(month, new ParallelOptions { MaxDegreeOfParallelism = DaysAtOnce, CancellationToken = cancellationToken }, async (day, stop) =>
        {
            await FillDayAsync(day, Enumerable.Range(1, passes).SelectMany(seed => Requests(day, seed, today)), stop);
            Console.Error.WriteLine($"  {day:yyyy-MM-dd}: {_written:N0} events after {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s");
        });
        await SkipAsync(cancellationToken);
        return _written;
    }

    private static IEnumerable<DemoEvent> Requests(DateOnly day, int seed, DateOnly today)
    {
        var stories = new DemoStories(seed, today);
        return DemoTenants.All.SelectMany(tenant => DemoDay.Requests(tenant, day, stories, seed)).Select(item => item with { Id = $"fill-{seed}-{item.Id}" });
    }

    private async Task FillDayAsync(DateOnly day, IEnumerable<DemoEvent> requests, CancellationToken cancellationToken)
    {
        var rollups = new RollupBatch();
        foreach (var chunk in requests.Chunk(PerTransaction))
        {
            List<UsageEvent> events = [.. chunk.Chunk(PerBody).SelectMany(Read)];
            await _ledger.WriteAsync([new IngestBatch(events, [], [])], cancellationToken);
            foreach (var usage in events) rollups.Add(Rolled(usage));
            Interlocked.Add(ref _written, events.Count);
        }
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await RollupWriter.WriteAsync(session.Connection, rollups, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static IEnumerable<UsageEvent> Read(DemoEvent[] events)
    {
        foreach (var item in BodyReader.Read(UsageFormat.Native, NativeEvents.Write(events), null, TimeProvider.System.GetUtcNow()).Value!)
        {
            var usage = item.Event ?? throw new InvalidOperationException(item.Error);
            (usage.Cost, usage.PriceId) = UsageCost.Of(usage.ToConsumption(), usage.Status, PriceBook.Seed);
            yield return usage;
        }
    }

    private static RolledEvent Rolled(UsageEvent usage) => new(
        usage.TenantId, usage.OccurredAt.UtcDateTime, usage.Provider, usage.Model, usage.Status, usage.User ?? "", usage.Key ?? "", usage.AttemptCount, usage.Cost, usage.LatencyMs, usage.Tokens);

    /// <summary>All of them are in the rollups.</summary>
    private async Task SkipAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using var command = new NpgsqlCommand("UPDATE usage_rollup_watermark SET xid = pg_snapshot_xmin(pg_current_snapshot())", session.Connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
    }
}
