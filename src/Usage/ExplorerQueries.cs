using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Usage.Exploring;
using AgentConsole.Usage.Rollups;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>The reads of the usage explorer, and those breakdowns that no rollup answers: of every measure by any dimension, whatever it takes within a budget.</summary>
public sealed class ExplorerQueries
{
    private readonly Database _database;
    private readonly CurrentPrices _prices;
    private readonly EventReads _reads;
    private readonly KeptSums _kept;
    private readonly TimeProvider _time;

    internal ExplorerQueries(Database database, CurrentPrices prices, EventReads reads, KeptSums kept, TimeProvider time) => (_database, _prices, _reads, _kept, _time) = (database, prices, reads, kept, time);

    /// <summary>Groups that an answer lists; those beyond are one row.</summary>
    public const int MostGroups = 1000;

    /// <summary>Groups times buckets held while events are read; a fifth of it where each has a histogram.</summary>
    public const int MostCells = 100_000;

    private const int TagKeysFrom = 500;
    private const int MostTagKeys = 50;
    private static readonly TimeSpan TagKeysSince = TimeSpan.FromDays(7);

    public TimeSpan Budget => _reads.Budget;

    /// <summary>Fails with <see cref="TooMuchToRead"/> or <see cref="TooManyGroups"/>, if it reads events.</summary>
    /// <param name="progress">Told how far a read of events is.</param>
    public Task<Result<Exploration>> ExploreAsync(Reach reach, ExplorationQuery query, IProgress<EventsRead>? progress, CancellationToken cancellationToken) => query.ReadsEvents
        ? _reads.RunAsync(cancel => ReadAsync(reach, query, Reading(query.Cut, progress), cancel), cancellationToken)
        : Answer(ReadAsync(reach, query, null, cancellationToken));

    /// <summary>A breakdown that no rollup answers, in the shape of those that one does. Fails as <see cref="ExploreAsync"/> does.</summary>
    public Task<Result<Breakdown>> BreakdownAsync(Reach reach, BreakdownQuery query, CancellationToken cancellationToken) =>
        _reads.RunAsync(cancel => ReadBreakdownAsync(reach, query, cancel), cancellationToken);

    /// <summary>Keys of tags that the newest requests have, most frequent first: a sample, to choose from.</summary>
    public async Task<IReadOnlyList<string>> ListTagKeysAsync(Reach reach, CancellationToken cancellationToken)
    {
        await using var session = await _database.BeginAsync(reach, cancellationToken);
        var tenants = await UsageSql.TenantsAsync(session, reach, UsageFilter.None, cancellationToken);
        await using var command = new NpgsqlCommand($"""
            SELECT k FROM unnest($1) AS t(tenant_id) CROSS JOIN LATERAL (
              SELECT r.tags FROM usage_events AS r WHERE r.tenant_id = t.tenant_id AND r.occurred_at >= $2 ORDER BY r.occurred_at DESC LIMIT {TagKeysFrom}) AS e
            CROSS JOIN LATERAL jsonb_object_keys(e.tags) AS k
            GROUP BY k ORDER BY count(*) DESC, k LIMIT {MostTagKeys}
            """, session.Connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (_time.GetUtcNow() - TagKeysSince).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return await UsageSql.ReadTextsAsync(command, cancellationToken);
    }

    private async Task<Exploration> ReadAsync(Reach reach, ExplorationQuery query, EventReading? reading, CancellationToken cancellationToken)
    {
        var (completeTo, began) = (_time.GetUtcNow(), _time.GetTimestamp());
        await using var snapshot = await SnapshotAsync(reach, reading is not null, cancellationToken);
        var tenants = await UsageSql.TenantsAsync(snapshot, reach, query.Cut.Filter, cancellationToken);
        var sums = await ExplorationReader.ReadAsync(snapshot.Connection, _kept, query, tenants, reading, cancellationToken);
        var keptFrom = reading is null ? null : await KeptFromAsync(snapshot.Connection, tenants, query.Cut.From, completeTo, cancellationToken);
        return ExplorationBuilder.Build(query, sums, completeTo, _time.GetElapsedTime(began)) with { RequestsKeptFrom = keptFrom };
    }

    private async Task<Breakdown> ReadBreakdownAsync(Reach reach, BreakdownQuery query, CancellationToken cancellationToken)
    {
        var completeTo = _time.GetUtcNow();
        await using var snapshot = await SnapshotAsync(reach, true, cancellationToken);
        var tenants = await UsageSql.TenantsAsync(snapshot, reach, query.Filter, cancellationToken);
        var (rows, total) = await BreakdownReader.ReadAsync(snapshot.Connection, _kept, query, tenants, Reading(query, null), cancellationToken);
        var rejected = await UsageQueries.CountRejectedAsync(snapshot.Connection, query, tenants, cancellationToken);
        var keptFrom = await KeptFromAsync(snapshot.Connection, tenants, query.From, completeTo, cancellationToken);
        return new(query, new(completeTo, rejected, total.UnpricedRequests) { RequestsKeptFrom = keptFrom }, rows, total);
    }

    /// <summary>A statement that outlives its budget, say because the word that it is no longer wanted got lost, ends by itself.</summary>
    private async Task<Session> SnapshotAsync(Reach reach, bool readsEvents, CancellationToken cancellationToken)
    {
        var snapshot = await _database.BeginAsync(reach, cancellationToken, System.Data.IsolationLevel.RepeatableRead, shared: "usage_events");
        if (!readsEvents) return snapshot;
        await using var limit = new NpgsqlCommand("SELECT set_config('statement_timeout', $1, true)", snapshot.Connection);
        limit.Parameters.Add(new() { Value = ((long)_reads.Budget.TotalMilliseconds + 1000).ToString(System.Globalization.CultureInfo.InvariantCulture) });
        await limit.ExecuteNonQueryAsync(cancellationToken);
        return snapshot;
    }

    /// <summary>Of the tenant that keeps its requests the shortest.</summary>
    private static async Task<DateTimeOffset?> KeptFromAsync(NpgsqlConnection connection, string[] tenants, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT min(event_days) FROM tenants WHERE tenant_id = ANY($1)", connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return await command.ExecuteScalarAsync(cancellationToken) is int days && EventRetention.KeptFrom(days, now) is var kept && kept > from ? kept : null;
    }

    private EventReading Reading(BreakdownQuery query, IProgress<EventsRead>? progress) => new(
        _prices.Book,
        query.Percentiles || query.FromEvents.HasFlag(EventMeasures.TimeToFirstToken) ? MostCells / 5 : MostCells,
        readTo => progress?.Report(new(query.From, query.To, new DateTimeOffset(readTo))));

    private static async Task<Result<Exploration>> Answer(Task<Exploration> exploration) => await exploration;
}
