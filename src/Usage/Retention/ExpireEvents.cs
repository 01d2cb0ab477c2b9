using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Retention;

/// <summary>
/// Removes what is older than its tenant keeps: requests with their texts, refused items and hop timings, in small transactions, tenant by tenant. What the rollups do not have yet stays until
/// they have it. The keys stay for good: a request that is sent again years later is still a repeat, and not counted twice.
/// </summary>
internal sealed class ExpireEvents(Contexts contexts, Database database, TimeProvider time)
{
    /// <summary>Rows of one transaction.</summary>
    private const int BatchSize = 5000;

    /// <summary>Locked in the order of the key, which is that of whoever else changes events.</summary>
    private const string DeleteEvents = """
        WITH old AS (
          SELECT tenant_id, occurred_at, event_id, source FROM usage_events
          WHERE tenant_id = $1 AND occurred_at < $2 AND xid < (SELECT xid FROM usage_rollup_watermark) ORDER BY occurred_at, event_id, source LIMIT 5000 FOR UPDATE),
        removed AS (
          DELETE FROM usage_events AS e USING old WHERE e.tenant_id = $1 AND e.occurred_at < $2 AND e.occurred_at = old.occurred_at AND e.event_id = old.event_id AND e.source = old.source
          RETURNING e.tenant_id, e.event_id, e.source),
        texts AS (DELETE FROM usage_contents AS c USING removed AS r WHERE c.tenant_id = r.tenant_id AND c.event_id = r.event_id AND c.source = r.source)
        SELECT count(*) FROM removed
        """;

    private const string DeleteRejections = """
        WITH removed AS (DELETE FROM usage_rejections WHERE tenant_id = $1 AND (received_at, rejection_id) IN (
          SELECT received_at, rejection_id FROM usage_rejections WHERE tenant_id = $1 AND received_at < $2 ORDER BY received_at LIMIT 5000) RETURNING 1)
        SELECT count(*) FROM removed
        """;

    private const string DeleteHops = """
        WITH removed AS (DELETE FROM hop_timings WHERE tenant_id = $1 AND (trace_id, span_id) IN (
          SELECT trace_id, span_id FROM hop_timings WHERE tenant_id = $1 AND started_at < $2 ORDER BY started_at LIMIT 5000) RETURNING 1)
        SELECT count(*) FROM removed
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        foreach (var (tenant, keptFrom) in await ListAsync(cancellationToken))
            foreach (var sql in new[] { DeleteEvents, DeleteRejections, DeleteHops })
                while (await DeleteBatchAsync(sql, tenant, keptFrom, cancellationToken) == BatchSize) { }
    }

    private async Task<IReadOnlyList<(string Tenant, DateTimeOffset KeptFrom)>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(Reach.Platform, cancellationToken);
        var tenants = await db.Set<Tenant>().AsNoTracking().Where(static tenant => tenant.EventDays != null).ToListAsync(cancellationToken);
        return [.. tenants.Select(tenant => (tenant.TenantId, tenant.KeptFrom(time.GetUtcNow())!.Value))];
    }

    private async Task<long> DeleteBatchAsync(string sql, string tenant, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using var command = new NpgsqlCommand(sql, session.Connection) { CommandTimeout = 300 };
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = before.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var removed = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        await session.CommitAsync(cancellationToken);
        return removed;
    }
}
