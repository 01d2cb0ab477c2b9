using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage.Ingest;
using AgentConsole.Usage.Rollups;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>Every read of usage: what the API, the pages and the exports show.</summary>
public sealed class UsageQueries(Database database, IDbContextFactory<ConsoleDb> contexts, TimeProvider time)
{
    /// <summary>Dropdowns look this far back.</summary>
    private static readonly TimeSpan ValuesSince = TimeSpan.FromDays(90);

    public async Task<Breakdown> BreakdownAsync(BreakdownQuery query, CancellationToken cancellationToken)
    {
        var completeTo = time.GetUtcNow();
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await LockPartitionsAsync(connection, cancellationToken);
        var tenants = await TenantsAsync(connection, query.Filter, cancellationToken);
        var (rows, total) = await BreakdownReader.ReadAsync(connection, query, tenants, cancellationToken);
        var rejected = await CountRejectedAsync(connection, query, tenants, cancellationToken);
        return new(query, new(completeTo, rejected, total.UnpricedRequests), rows, total);
    }

    public async Task<RequestPage> ListRequestsAsync(RequestQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        var tenants = await TenantsAsync(connection, query.Filter, cancellationToken);
        return await RequestReader.ReadAsync(connection, query, tenants, cancellationToken);
    }

    /// <summary>Null when there is none; the newest when several sources sent the same id and none is named.</summary>
    public async Task<UsageEvent?> FindRequestAsync(string tenant, string id, string? source, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
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

    /// <summary>The values a dimension has taken in the last 90 days, for choosing from; most used first, at most <paramref name="limit"/>. Of tenant, provider, model, user, key.</summary>
    public async Task<IReadOnlyList<string>> ListValuesAsync(Dimension dimension, string? tenant, int limit, CancellationToken cancellationToken)
    {
        var (kind, column) = dimension switch
        {
            Dimension.Tenant => (RollupKind.Model, "tenant_id"),
            Dimension.Provider => (RollupKind.Model, "provider"),
            Dimension.Model => (RollupKind.Model, "model"),
            Dimension.User => (RollupKind.User, "subject"),
            Dimension.Key => (RollupKind.Key, "subject"),
            _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
        };
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        var tenants = await TenantsAsync(connection, tenant is null ? UsageFilter.None : UsageFilter.None.With(Dimension.Tenant, tenant), cancellationToken);
        await using var command = new NpgsqlCommand($"""
            SELECT {column} FROM usage_rollups
            WHERE tenant_id = ANY($1) AND kind = {(short)kind} AND grain = {(short)RollupGrain.Day} AND bucket_start >= $2 AND {column} <> ''
            GROUP BY 1 ORDER BY sum(requests) DESC, 1 LIMIT $3
            """, connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (time.GetUtcNow() - ValuesSince).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = limit, NpgsqlDbType = NpgsqlDbType.Integer });
        return await ReadTextsAsync(command, cancellationToken);
    }

    /// <summary>Items refused at the door, newest first.</summary>
    public async Task<IReadOnlyList<RejectedItem>> ListRejectedAsync(DateTimeOffset from, DateTimeOffset to, string? tenant, int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rejected = db.Set<RejectedUsage>().AsNoTracking().Where(item => item.ReceivedAt >= from.ToUniversalTime() && item.ReceivedAt < to.ToUniversalTime());
        if (tenant is not null) rejected = rejected.Where(item => item.TenantId == tenant);
        return await rejected.OrderByDescending(item => item.ReceivedAt).Take(limit)
            .Select(item => new RejectedItem(item.TenantId, item.ReceivedAt, item.Source, item.EventId, item.Error, item.Payload))
            .ToListAsync(cancellationToken);
    }

    /// <summary>False until the first event arrives, for that tenant or for any.</summary>
    public async Task<bool> HasEventsAsync(string? tenant, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Set<UsageKey>().AnyAsync(key => tenant == null || key.TenantId == tenant, cancellationToken);
    }

    /// <summary>
    /// Before the snapshot is taken, which the next statement does: a partition attached after it would be looked into instead of the default one,
    /// and the rows moved into it would not be seen in either.
    /// </summary>
    private static async Task LockPartitionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("LOCK TABLE usage_events IN ACCESS SHARE MODE", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The tenants that a filter is about.</summary>
    internal async Task<string[]> TenantsOfAsync(UsageFilter filter, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        return await TenantsAsync(connection, filter, cancellationToken);
    }

    /// <summary>Every tenant there is, unless the filter names some: the tenant is always said first.</summary>
    private static async Task<string[]> TenantsAsync(NpgsqlConnection connection, UsageFilter filter, CancellationToken cancellationToken)
    {
        if (filter[Dimension.Tenant] is { Count: > 0 } named) return [.. named.OfType<string>().Distinct()];
        await using var command = new NpgsqlCommand("SELECT tenant_id FROM tenants", connection);
        return [.. await ReadTextsAsync(command, cancellationToken)];
    }

    private static async Task<IReadOnlyList<string>> ReadTextsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) texts.Add(reader.GetString(0));
        return texts;
    }

    private static async Task<long> CountRejectedAsync(NpgsqlConnection connection, BreakdownQuery query, string[] tenants, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM usage_rejections WHERE tenant_id = ANY($1) AND received_at >= $2 AND received_at < $3", connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = query.From.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = query.To.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

/// <param name="Payload">The item as it came, cut at 4 KB.</param>
public sealed record RejectedItem(string Tenant, DateTimeOffset ReceivedAt, string Source, string? EventId, string Error, string? Payload);
