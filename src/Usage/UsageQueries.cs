using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage.Ingest;
using AgentConsole.Usage.Rollups;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>Every read of usage: what the API, the pages and the exports show, as far as the reach goes that each is asked with.</summary>
public sealed class UsageQueries
{
    /// <summary>Dropdowns look 90 days back, and to the beginning of that week: users and keys are read by weeks.</summary>
    private static readonly TimeSpan ValuesSince = TimeSpan.FromDays(90 + 7);

    /// <summary>Totals that are read from events at once, on this node.</summary>
    private const int MostSums = 3;
    private static readonly SemaphoreSlim Sums = new(MostSums);

    private static readonly TimeSpan FirstPart = TimeSpan.FromHours(6);
    private static readonly TimeSpan WidestPart = TimeSpan.FromDays(2);
    /// <summary>No event is further ahead than this.</summary>
    private static readonly TimeSpan FutureAllowed = TimeSpan.FromMinutes(10);

    private readonly Database _database;
    private readonly Contexts _contexts;
    private readonly KeptSums _kept;
    private readonly TimeProvider _time;

    internal UsageQueries(Database database, Contexts contexts, KeptSums kept, TimeProvider time) => (_database, _contexts, _kept, _time) = (database, contexts, kept, time);

    /// <remarks>
    /// The partitions are locked before the snapshot is taken: one attached after it would be looked into instead of the default one,
    /// and the rows moved into it would not be seen in either.
    /// </remarks>
    public async Task<Breakdown> BreakdownAsync(Reach reach, BreakdownQuery query, CancellationToken cancellationToken)
    {
        var completeTo = _time.GetUtcNow();
        await using var snapshot = await _database.BeginAsync(reach, cancellationToken, System.Data.IsolationLevel.RepeatableRead, shared: "usage_events");
        var tenants = await UsageSql.TenantsAsync(snapshot, reach, query.Filter, cancellationToken);
        var (rows, total) = await BreakdownReader.ReadAsync(snapshot.Connection, _kept, query, tenants, cancellationToken);
        var rejected = await CountRejectedAsync(snapshot.Connection, query, tenants, cancellationToken);
        return new(query, new(completeTo, rejected, total.UnpricedRequests), rows, total);
    }

    public async Task<RequestPage> ListRequestsAsync(Reach reach, RequestQuery query, CancellationToken cancellationToken)
    {
        await using var session = await _database.BeginAsync(reach, cancellationToken);
        var tenants = await UsageSql.TenantsAsync(session, reach, query.Filter, cancellationToken);
        return await RequestReader.ReadAsync(session.Connection, query, tenants, cancellationToken);
    }

    /// <summary>Where a list goes on, that many rows further than its cursor says; null when it does not.</summary>
    public async Task<string?> SkipRequestsAsync(Reach reach, RequestQuery query, int rows, CancellationToken cancellationToken)
    {
        await using var session = await _database.BeginAsync(reach, cancellationToken);
        var tenants = await UsageSql.TenantsAsync(session, reach, query.Filter, cancellationToken);
        return await RequestReader.SkipAsync(session.Connection, query, tenants, rows, cancellationToken);
    }

    /// <summary>
    /// The exact total of all pages of a question, for those that no rollup answers: read from the events in one snapshot, part by part, the newest first. At most
    /// <see cref="MostSums"/> at once, so that whoever asks much does not hold up the others.
    /// </summary>
    /// <param name="progress">Told after each part.</param>
    public async Task<RequestSum> SumRequestsAsync(Reach reach, RequestQuery query, IProgress<RequestSum>? progress, CancellationToken cancellationToken)
    {
        await Sums.WaitAsync(cancellationToken);
        try
        {
            await using var session = await _database.BeginAsync(reach, cancellationToken, System.Data.IsolationLevel.RepeatableRead, shared: "usage_events");
            var tenants = await UsageSql.TenantsAsync(session, reach, query.Filter, cancellationToken);
            var sum = new RequestSum(RequestTotal.Zero, 0);
            foreach (var (part, share) in Parts(query))
            {
                sum = new(sum.SoFar + await RequestReader.SumAsync(session.Connection, part, tenants, cancellationToken), share);
                progress?.Report(sum);
            }
            return sum;
        }
        finally
        {
            Sums.Release();
        }
    }

    /// <summary>The newest part is small, so that something is known soon; each is larger than the one after it in time.</summary>
    private IEnumerable<(RequestQuery Part, double Share)> Parts(RequestQuery query)
    {
        var end = _time.GetUtcNow() + FutureAllowed < query.To ? _time.GetUtcNow() + FutureAllowed : query.To;
        var (length, to, width) = (end - query.From, query.To, FirstPart);
        while (end - query.From > width && to > query.From)
        {
            var from = end - width;
            yield return (query with { From = from, To = to }, width / length);
            (to, width) = (from, width + (width < WidestPart ? width : WidestPart));
        }
        if (to > query.From) yield return (query with { To = to }, 1);
    }

    /// <summary>When the first usage within reach began, to the quarter of an hour; null before there is any.</summary>
    public async Task<DateTimeOffset?> FindFirstUseAsync(Reach reach, CancellationToken cancellationToken)
    {
        await using var session = await _database.BeginAsync(reach, cancellationToken);
        var tenants = await UsageSql.TenantsAsync(session, reach, UsageFilter.None, cancellationToken);
        await using var command = new NpgsqlCommand($"""
            SELECT min(f.bucket_start) FROM unnest($1) AS t(tenant_id) CROSS JOIN LATERAL (
              SELECT r.bucket_start FROM usage_rollups AS r
              WHERE r.tenant_id = t.tenant_id AND r.kind = {(short)RollupKind.Model} AND r.grain = {(short)RollupGrain.QuarterHour}
              ORDER BY r.bucket_start LIMIT 1) AS f
            """, session.Connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime first ? new DateTimeOffset(first) : null;
    }

    /// <summary>Null when there is none, or none within reach; the newest when several sources sent the same id and none is named.</summary>
    public async Task<UsageEvent?> FindRequestAsync(Reach reach, string tenant, string id, string? source, CancellationToken cancellationToken)
    {
        if (!reach.Includes(tenant)) return null;
        await using var db = await _contexts.BeginAsync(reach, cancellationToken);
        var key = await db.Set<UsageKey>().AsNoTracking()
            .Where(key => key.TenantId == tenant && key.EventId == id && (source == null || key.Source == source))
            .OrderByDescending(key => key.OccurredAt)
            .FirstOrDefaultAsync(cancellationToken);
        if (key is null) return null;
        var found = await db.Set<UsageEvent>().AsNoTracking()
            .SingleOrDefaultAsync(usage => usage.TenantId == tenant && usage.OccurredAt == key.OccurredAt && usage.Id == id && usage.Source == key.Source, cancellationToken);
        if (found is { Hops: null }) found.Hops = await TraceHops.ReadAsync(db, found, cancellationToken);
        return found;
    }

    /// <summary>Whether there was such a request, and it is older than its tenant keeps.</summary>
    public async Task<bool> WasRemovedAsync(Reach reach, string tenant, string id, string? source, CancellationToken cancellationToken)
    {
        if (!reach.Includes(tenant)) return false;
        await using var db = await _contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<UsageKey>().AnyAsync(key => key.TenantId == tenant && key.EventId == id && (source == null || key.Source == source), cancellationToken);
    }

    /// <summary>How many requests of a tenant happened before a time and are still kept one by one.</summary>
    public async Task<long> CountBeforeAsync(Reach reach, string tenant, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<UsageEvent>().LongCountAsync(usage => usage.TenantId == tenant && usage.OccurredAt < before, cancellationToken);
    }

    /// <summary>The values a dimension has taken in the last 90 days, or up to a week more, for choosing from; most used first, at most <paramref name="limit"/>. Of tenant, provider, model, user, key.</summary>
    public async Task<IReadOnlyList<string>> ListValuesAsync(Reach reach, Dimension dimension, int limit, CancellationToken cancellationToken)
    {
        var (kind, grain, column) = dimension switch
        {
            Dimension.Tenant => (RollupKind.Model, RollupGrain.Day, "tenant_id"),
            Dimension.Provider => (RollupKind.Model, RollupGrain.Day, "provider"),
            Dimension.Model => (RollupKind.Model, RollupGrain.Day, "model"),
            Dimension.User => (RollupKind.UserTotal, RollupGrain.Week, "subject"),
            Dimension.Key => (RollupKind.KeyTotal, RollupGrain.Week, "subject"),
            _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
        };
        await using var session = await _database.BeginAsync(reach, cancellationToken);
        var tenants = await UsageSql.TenantsAsync(session, reach, UsageFilter.None, cancellationToken);
        await using var command = new NpgsqlCommand($"""
            SELECT {column} FROM usage_rollups
            WHERE tenant_id = ANY($1) AND kind = {(short)kind} AND grain = {(short)grain} AND bucket_start >= $2 AND {column} <> ''
            GROUP BY 1 ORDER BY sum(requests) DESC, 1 LIMIT $3
            """, session.Connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (_time.GetUtcNow() - ValuesSince).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = limit, NpgsqlDbType = NpgsqlDbType.Integer });
        return await UsageSql.ReadTextsAsync(command, cancellationToken);
    }

    /// <summary>Items refused at the door, newest first.</summary>
    public async Task<IReadOnlyList<RejectedItem>> ListRejectedAsync(Reach reach, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<RejectedUsage>().AsNoTracking()
            .Where(item => item.ReceivedAt >= from.ToUniversalTime() && item.ReceivedAt < to.ToUniversalTime())
            .OrderByDescending(item => item.ReceivedAt).Take(limit)
            .Select(item => new RejectedItem(item.TenantId, item.ReceivedAt, item.Source, item.EventId, item.Error, item.Payload))
            .ToListAsync(cancellationToken);
    }

    /// <summary>False until the first event arrives within reach.</summary>
    public async Task<bool> HasEventsAsync(Reach reach, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<UsageKey>().AnyAsync(cancellationToken);
    }

    /// <summary>The tenants within reach that a filter is about.</summary>
    internal async Task<string[]> TenantsOfAsync(Reach reach, UsageFilter filter, CancellationToken cancellationToken)
    {
        await using var session = await _database.BeginAsync(reach, cancellationToken);
        return await UsageSql.TenantsAsync(session, reach, filter, cancellationToken);
    }

    internal static async Task<long> CountRejectedAsync(NpgsqlConnection connection, BreakdownQuery query, string[] tenants, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM usage_rejections WHERE tenant_id = ANY($1) AND received_at >= $2 AND received_at < $3", connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = query.From.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = query.To.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

/// <param name="Payload">The item as it came but for what was said in it, cut at 4 KB.</param>
public sealed record RejectedItem(string Tenant, DateTimeOffset ReceivedAt, string Source, string? EventId, string Error, string? Payload);
