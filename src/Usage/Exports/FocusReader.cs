using System.Runtime.CompilerServices;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Exports;

/// <summary>An hour's requests of one tenant that were priced alike; token counts and cost are sums.</summary>
internal sealed record FocusGroup(
    string Tenant, DateTimeOffset Hour, string Provider, string Model, string? PriceId, string ServiceTier, bool Batch, string? Region,
    long Requests, long Unpriced, decimal Cost, TokenCounts Tokens)
{
    public Consumption ToConsumption() => new(Tenant, Provider, Model, Hour, Tokens, ServiceTier, Batch, Region);
}

/// <summary>Reads the ledger for a FOCUS export, a day at a time so that any range streams.</summary>
internal sealed class FocusReader(Database database)
{
    private static readonly TimeSpan Chunk = TimeSpan.FromDays(1);

    private static readonly string TokenSums = string.Join(", ", TokenCounts.Buckets.Select(static bucket => $"sum(r.{bucket.Column()})::bigint"));

    public async IAsyncEnumerable<FocusGroup> ReadAsync(
        Reach reach, DateTimeOffset from, DateTimeOffset to, UsageFilter filter, string[] tenants, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var start = from; start < to; start += Chunk)
        {
            await using var session = await database.BeginAsync(reach, cancellationToken);
            await using var command = Command(session.Connection, start, start + Chunk < to ? start + Chunk : to, filter, tenants);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) yield return Read(reader);
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, DateTimeOffset from, DateTimeOffset to, UsageFilter filter, string[] tenants)
    {
        var command = new NpgsqlCommand { Connection = connection };
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = to.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var conditions = UsageSql.Filter(command, filter, UsageSql.EventColumn);
        command.CommandText = $"""
            SELECT r.tenant_id, date_trunc('hour', r.occurred_at, 'UTC') AS hour, r.provider, r.model, r.price_id, r.service_tier, r.batch, r.region,
                   count(*), count(*) - count(r.cost), coalesce(sum(r.cost), 0), {TokenSums}
            FROM usage_events AS r
            WHERE r.tenant_id = ANY($1) AND r.occurred_at >= $2 AND r.occurred_at < $3{conditions}
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 2, 1, 3, 4, 5, 6, 7, 8
            """;
        return command;
    }

    private static FocusGroup Read(NpgsqlDataReader reader)
    {
        var tokens = default(TokenCounts);
        foreach (var bucket in TokenCounts.Buckets)
            if (reader.GetInt64(11 + (int)bucket) is not 0 and var count) tokens = tokens.With(bucket, count);
        return new(
            reader.GetString(0), new DateTimeOffset(reader.GetDateTime(1)), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
            reader.GetString(5), reader.GetBoolean(6), reader.IsDBNull(7) ? null : reader.GetString(7),
            reader.GetInt64(8), reader.GetInt64(9), reader.GetDecimal(10), tokens);
    }
}
