using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>Pages of requests by keyset: a page starts after the last row of the one before, so depth costs nothing.</summary>
internal static class RequestReader
{
    private static readonly string Columns = $"""
        r.tenant_id, r.source, r.event_id, r.occurred_at, r.provider, r.model, r.status, r.http_status, r.user_id, r.key_id, r.session,
        r.cost, r.cost_reported, r.latency_ms, r.ttft_ms, r.attempt_count, r.conflicts, {string.Join(", ", TokenCounts.Buckets.Select(static bucket => $"r.{bucket.Column()}"))}
        """;

    public static async Task<RequestPage> ReadAsync(NpgsqlConnection connection, RequestQuery query, string[] tenants, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, query, tenants);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<RequestRow>(query.Limit);
        while (rows.Count < query.Limit && await reader.ReadAsync(cancellationToken)) rows.Add(Row(reader));
        var more = rows.Count == query.Limit && await reader.ReadAsync(cancellationToken);
        return new(rows, more ? RequestCursor.After(rows[^1], query.Sort).ToString() : null);
    }

    /// <summary>Of all requests that fit, whatever the page. Reads events, so the caller bounds the time.</summary>
    public static async Task<RequestTotal> SumAsync(NpgsqlConnection connection, RequestQuery query, string[] tenants, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        var where = Where(command, query, tenants);
        command.CommandText = $"""
            SELECT coalesce(sum(requests), 0)::bigint, coalesce(sum(cost), 0), coalesce(sum(unpriced), 0)::bigint FROM unnest($1) AS t(tenant_id)
            CROSS JOIN LATERAL (SELECT count(*) AS requests, sum(r.cost) AS cost, count(*) - count(r.cost) AS unpriced FROM usage_events AS r WHERE {where}) AS r
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt64(0), reader.GetDecimal(1), reader.GetInt64(2));
    }

    /// <summary>The page of each tenant, then the page of those. Rows without a cost or latency come last.</summary>
    private static NpgsqlCommand Command(NpgsqlConnection connection, RequestQuery query, string[] tenants)
    {
        var command = new NpgsqlCommand { Connection = connection };
        var where = Where(command, query, tenants);
        var key = query.Sort switch
        {
            RequestSort.OccurredAt => "",
            RequestSort.Cost => "coalesce(r.cost, -1), ",
            RequestSort.LatencyMs => "coalesce(r.latency_ms, -1), ",
            _ => throw new ArgumentOutOfRangeException(nameof(query)),
        };
        if (query.Cursor is { } cursor && RequestCursor.Parse(cursor, query.Sort) is { } after) where += after.Condition(command, key);
        command.Parameters.Add(new() { Value = query.Limit + 1, NpgsqlDbType = NpgsqlDbType.Integer });
        var limit = string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
        var order = string.Join(", ", $"{key}r.occurred_at, r.tenant_id, r.event_id, r.source".Split(", r.").Select(static (part, index) => (index == 0 ? part : "r." + part) + " DESC"));
        command.CommandText = $"""
            SELECT {Columns} FROM unnest($1) AS t(tenant_id)
            CROSS JOIN LATERAL (
              SELECT * FROM usage_events AS r
              WHERE {where}
              ORDER BY {order} LIMIT {limit}) AS r
            ORDER BY {order} LIMIT {limit}
            """;
        return command;
    }

    /// <summary>The conditions of the question, tenant t first; the first three parameters are tenants, from and to.</summary>
    private static string Where(NpgsqlCommand command, RequestQuery query, string[] tenants)
    {
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = query.From.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = query.To.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return $"r.tenant_id = t.tenant_id AND r.occurred_at >= $2 AND r.occurred_at < $3{UsageSql.Filter(command, query.Filter, UsageSql.EventColumn)}{Flaws(command, query)}";
    }

    /// <summary>Said as the partial indexes say it, so that they serve it.</summary>
    private static string Flaws(NpgsqlCommand command, RequestQuery query)
    {
        var unpriced = query.UnpricedOnly ? " AND r.cost IS NULL" : "";
        if (query.Conflicts is not { Count: > 0 } codes) return unpriced;
        const string Some = " AND r.conflicts <> '{}'";
        if (codes.Contains(RequestQuery.AnyConflict)) return unpriced + Some;
        command.Parameters.Add(new() { Value = codes.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return string.Create(CultureInfo.InvariantCulture, $"{unpriced}{Some} AND r.conflicts && ${command.Parameters.Count}");
    }

    private static RequestRow Row(NpgsqlDataReader reader)
    {
        var tokens = default(TokenCounts);
        foreach (var bucket in TokenCounts.Buckets)
            if (reader.GetInt64(17 + (int)bucket) is not 0 and var count) tokens = tokens.With(bucket, count);
        return new(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), new DateTimeOffset(reader.GetDateTime(3)), reader.GetString(4), reader.GetString(5),
            (UsageStatus)reader.GetInt16(6), Value<int>(reader, 7), Text(reader, 8), Text(reader, 9), Text(reader, 10), tokens,
            Value<decimal>(reader, 11), Value<decimal>(reader, 12), Value<int>(reader, 13), Value<int>(reader, 14), reader.GetInt32(15), reader.GetFieldValue<string[]>(16));
    }

    private static string? Text(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    private static T? Value<T>(NpgsqlDataReader reader, int ordinal) where T : struct => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<T>(ordinal);
}

/// <summary>Where a page of requests ended. Opaque to callers, safe in a URL.</summary>
internal sealed record RequestCursor(RequestSort Sort, decimal Value, DateTime OccurredAt, string Tenant, string Id, string Source)
{
    public static RequestCursor After(RequestRow row, RequestSort sort) => new(
        sort,
        sort switch { RequestSort.Cost => row.Cost ?? -1, RequestSort.LatencyMs => row.LatencyMs ?? -1, _ => 0 },
        row.OccurredAt.UtcDateTime, row.Tenant, row.Id, row.Source);

    /// <summary>Null when it is not one of ours, or of another order.</summary>
    public static RequestCursor? Parse(string text, RequestSort sort)
    {
        try
        {
            var cursor = JsonSerializer.Deserialize<RequestCursor>(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=')));
            return cursor is { Tenant: not null, Id: not null, Source: not null } && cursor.Sort == sort && !$"{cursor.Tenant}{cursor.Id}{cursor.Source}".Contains('\0') ? cursor : null;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    public override string ToString() =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>"Comes after this row", for an index that is read backwards.</summary>
    public string Condition(NpgsqlCommand command, string sortKey)
    {
        var values = new List<string>();
        if (sortKey.Length > 0) values.Add(Add(command, Value, NpgsqlDbType.Numeric));
        values.Add(Add(command, OccurredAt.ToUniversalTime(), NpgsqlDbType.TimestampTz));
        var bound = $" AND r.occurred_at <= {values[^1]}";
        foreach (var text in new[] { Tenant, Id, Source }) values.Add(Add(command, text, NpgsqlDbType.Text));
        return $" AND ({sortKey}r.occurred_at, r.tenant_id, r.event_id, r.source) < ({string.Join(", ", values)}){(sortKey.Length == 0 ? bound : "")}";
    }

    private static string Add(NpgsqlCommand command, object value, NpgsqlDbType type)
    {
        command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
        return string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
    }
}
