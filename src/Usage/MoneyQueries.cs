using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>A model that was used and has no price.</summary>
public sealed record UnpricedModel(
    string Provider, string Model, long Requests, long Tokens, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, IReadOnlyList<string> Tenants);

/// <summary>How often a model's numbers contradicted each other in one way.</summary>
/// <param name="Cost">USD of the priced among them; null when none is.</param>
public sealed record ConflictCount(string Code, string Provider, string Model, long Requests, decimal? Cost, DateTimeOffset LastSeen);

/// <summary>What keeps the money from being the whole truth: usage without a price, numbers that contradict each other.</summary>
public sealed class MoneyQueries(Database database)
{
    private const int MaxRows = 1000;
    private const int MaxTenants = 20;

    private const string Tenants = "SELECT unnest($1) AS tenant_id";

    private static readonly string UnpricedSql = $"""
        SELECT provider, model, sum(requests)::bigint, sum(tokens)::numeric, min(first_seen), max(last_seen), (array_agg(tenant_id ORDER BY requests DESC))[1:{MaxTenants}]
        FROM ({Tenants}) AS t CROSS JOIN LATERAL (
          SELECT r.provider, r.model, count(*) AS requests, sum({string.Join(" + ", TokenCounts.Buckets.Select(static bucket => $"r.{bucket.Column()}::numeric"))}) AS tokens,
                 min(r.occurred_at) AS first_seen, max(r.occurred_at) AS last_seen
          FROM usage_events AS r
          WHERE r.tenant_id = t.tenant_id AND r.cost IS NULL AND r.occurred_at >= $2 AND r.occurred_at < $3
          GROUP BY r.provider, r.model) AS u
        GROUP BY provider, model ORDER BY 3 DESC, 4 DESC, 1, 2 LIMIT {MaxRows}
        """;

    private static readonly string ConflictSql = $"""
        SELECT code, provider, model, sum(requests)::bigint, sum(cost), max(last_seen)
        FROM ({Tenants}) AS t CROSS JOIN LATERAL (
          SELECT code, r.provider, r.model, count(*) AS requests, sum(r.cost) AS cost, max(r.occurred_at) AS last_seen
          FROM usage_events AS r CROSS JOIN unnest(r.conflicts) AS code
          WHERE r.tenant_id = t.tenant_id AND r.conflicts <> '{"{}"}' AND r.occurred_at >= $2 AND r.occurred_at < $3
          GROUP BY code, r.provider, r.model) AS c
        GROUP BY code, provider, model ORDER BY 4 DESC, 1, 2, 3 LIMIT {MaxRows}
        """;

    /// <summary>Most requests first, at most 1000.</summary>
    public async Task<IReadOnlyList<UnpricedModel>> ListUnpricedAsync(Reach reach, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(reach, cancellationToken);
        await using var command = await CommandAsync(UnpricedSql, session, reach, from, to, cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var models = new List<UnpricedModel>();
        while (await reader.ReadAsync(cancellationToken))
            models.Add(new(
                reader.GetString(0), reader.GetString(1), reader.GetInt64(2), (long)Math.Min(reader.GetDecimal(3), long.MaxValue), reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetFieldValue<DateTimeOffset>(5), reader.GetFieldValue<string[]>(6)));
        return models;
    }

    /// <summary>Most requests first, at most 1000. A request with two conflicts counts in both rows.</summary>
    public async Task<IReadOnlyList<ConflictCount>> ListConflictsAsync(Reach reach, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(reach, cancellationToken);
        await using var command = await CommandAsync(ConflictSql, session, reach, from, to, cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var conflicts = new List<ConflictCount>();
        while (await reader.ReadAsync(cancellationToken))
            conflicts.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetDecimal(4), reader.GetFieldValue<DateTimeOffset>(5)));
        return conflicts;
    }

    private static async Task<NpgsqlCommand> CommandAsync(string sql, Session session, Reach reach, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var tenants = await UsageSql.TenantsAsync(session, reach, UsageFilter.None, cancellationToken);
        var command = new NpgsqlCommand(sql, session.Connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = to.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return command;
    }
}
