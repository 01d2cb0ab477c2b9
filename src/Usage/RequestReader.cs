using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>Pages of requests by keyset: a page starts after the last row of the one before, so depth costs nothing.</summary>
/// <remarks>
/// A list by cost or latency has two parts: first those whose value is known, in the order of an index, then those whose value is not, newest first. Each is a statement of its own, as no
/// index has both orders.
/// </remarks>
internal static class RequestReader
{
    internal static readonly string Columns = $"""
        r.tenant_id, r.source, r.event_id, r.occurred_at, r.provider, r.model, r.status, r.http_status, r.user_id, r.key_id, r.session,
        r.cost, r.cost_reported, r.latency_ms, r.ttft_ms, r.attempt_count, r.conflicts, {string.Join(", ", TokenCounts.Buckets.Select(static bucket => $"r.{bucket.Column()}"))},
        r.error, r.team, r.agent, r.tool, r.operation, r.prompt, r.prompt_version
        """;

    private const int FirstBucket = 17;
    private const int FirstName = FirstBucket + TokenCounts.BucketCount;

    public static async Task<RequestPage> ReadAsync(NpgsqlConnection connection, RequestQuery query, string[] tenants, CancellationToken cancellationToken)
    {
        var rows = new List<RequestRow>(query.Limit + 1);
        foreach (var part in Part.Of(query))
            if (rows.Count <= query.Limit)
                await ReadPartAsync(connection, query, tenants, part, rows, cancellationToken);
        if (rows.Count <= query.Limit) return new(rows, null);
        rows.RemoveAt(query.Limit);
        return new(rows, RequestCursor.After(rows[^1], query).ToString());
    }

    /// <summary>The cursor that many rows further on; null when there are not so many.</summary>
    public static async Task<string?> SkipAsync(NpgsqlConnection connection, RequestQuery query, string[] tenants, int rows, CancellationToken cancellationToken)
    {
        var left = rows;
        foreach (var part in Part.Of(query))
        {
            if (await FindAsync(connection, query, tenants, part, left, cancellationToken) is { } found) return found.ToString();
            left -= await CountAsync(connection, query, tenants, part, cancellationToken);
        }
        return null;
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

    internal static RequestRow Row(NpgsqlDataReader reader)
    {
        var tokens = default(TokenCounts);
        foreach (var bucket in TokenCounts.Buckets)
            if (reader.GetInt64(FirstBucket + (int)bucket) is not 0 and var count) tokens = tokens.With(bucket, count);
        return new(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), new DateTimeOffset(reader.GetDateTime(3)), reader.GetString(4), reader.GetString(5),
            (UsageStatus)reader.GetInt16(6), Value<int>(reader, 7), Text(reader, 8), Text(reader, 9), Text(reader, 10), tokens,
            Value<decimal>(reader, 11), Value<decimal>(reader, 12), Value<int>(reader, 13), Value<int>(reader, 14), reader.GetInt32(15), reader.GetFieldValue<string[]>(16))
        {
            Error = Text(reader, FirstName), Team = Text(reader, FirstName + 1), Agent = Text(reader, FirstName + 2), Tool = Text(reader, FirstName + 3),
            Operation = Text(reader, FirstName + 4), Prompt = Text(reader, FirstName + 5), PromptVersion = Text(reader, FirstName + 6),
        };
    }

    /// <summary>With a plan of its own each time: one that knows neither the range nor the values would often take the wrong index.</summary>
    private static async Task ReadPartAsync(NpgsqlConnection connection, RequestQuery query, string[] tenants, Part part, List<RequestRow> rows, CancellationToken cancellationToken)
    {
        await using (var plan = new NpgsqlCommand("SET LOCAL plan_cache_mode = force_custom_plan", connection)) await plan.ExecuteNonQueryAsync(cancellationToken);
        await using var command = Command(connection, query, tenants, part, Columns, offset: 0, query.Limit + 1 - rows.Count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add(Row(reader));
    }

    private static async Task<RequestCursor?> FindAsync(NpgsqlConnection connection, RequestQuery query, string[] tenants, Part part, int rows, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, query, tenants, part, $"r.occurred_at, r.tenant_id, r.event_id, r.source, {part.Key ?? "NULL"}::bigint", rows - 1, 1);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new(query.Sort, query.Ascending, query.Sort == RequestSort.OccurredAt ? 0 : Value<long>(reader, 4), reader.GetDateTime(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
    }

    private static async Task<int> CountAsync(NpgsqlConnection connection, RequestQuery query, string[] tenants, Part part, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, query, tenants, part, "r.occurred_at", offset: 0, int.MaxValue);
        command.CommandText = $"SELECT count(*)::int FROM ({command.CommandText}) AS r";
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The page of each tenant, then the page of those.</summary>
    private static NpgsqlCommand Command(NpgsqlConnection connection, RequestQuery query, string[] tenants, Part part, string columns, int offset, int limit)
    {
        var command = new NpgsqlCommand { Connection = connection };
        var where = Where(command, query, tenants) + part.Condition + part.After?.Condition(command, part.Key, part.Ascending);
        var order = string.Join(", ", new[] { part.Key, "r.occurred_at", "r.tenant_id", "r.event_id", "r.source" }.OfType<string>().Select(column => column + (part.Ascending ? " ASC" : " DESC")));
        var events = query.Sort == RequestSort.OccurredAt && SubjectSource.Of(query.Filter) is { } subjects
            ? subjects.Sql(command, where, order, part.Ascending, (long)offset + limit)
            : string.Create(CultureInfo.InvariantCulture, $"SELECT * FROM usage_events AS r WHERE {where} ORDER BY {order} LIMIT {(long)offset + limit}");
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT {columns} FROM unnest($1) AS t(tenant_id) CROSS JOIN LATERAL ({events}) AS r
            ORDER BY {order} OFFSET {offset} LIMIT {limit}
            """);
        return command;
    }

    /// <summary>The conditions of the question, tenant t first; the first three parameters are tenants, from and to.</summary>
    private static string Where(NpgsqlCommand command, RequestQuery query, string[] tenants)
    {
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = query.From.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = query.To.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return $"r.tenant_id = t.tenant_id AND r.occurred_at >= $2 AND r.occurred_at < $3{UsageSql.Filter(command, query.Filter, UsageSql.EventColumn)}{RequestConditions.Sql(command, query.Where)}";
    }

    private static string? Text(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    private static T? Value<T>(NpgsqlDataReader reader, int ordinal) where T : struct => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<T>(ordinal);

    /// <summary>A part of a list that one index has in order.</summary>
    /// <param name="Key">What is sorted by before time; null when that is time alone.</param>
    /// <param name="After">Where the part goes on; null at its beginning.</param>
    private sealed record Part(string? Key, bool Ascending, string Condition, RequestCursor? After)
    {
        /// <summary>The parts that are still to come after the query's cursor.</summary>
        public static IEnumerable<Part> Of(RequestQuery query)
        {
            var after = query.Cursor is { } cursor ? RequestCursor.Parse(cursor, query.Sort, query.Ascending) : null;
            var (key, unknown) = query.Sort switch
            {
                RequestSort.OccurredAt => ((string?)null, (string?)null),
                RequestSort.Cost => ("r.cost_pico", "r.cost IS NULL"),
                RequestSort.LatencyMs => ("r.latency_ms", "r.latency_ms IS NULL"),
                _ => throw new ArgumentOutOfRangeException(nameof(query)),
            };
            if (key is null) yield return new(null, query.Ascending, "", after);
            if (key is not null && after is not { Value: null }) yield return new(key, query.Ascending, $" AND {key} IS NOT NULL", after);
            if (unknown is not null) yield return new(null, Ascending: false, $" AND {unknown}", after is { Value: null } ? after : null);
        }
    }
}
