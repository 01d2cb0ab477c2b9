using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Ingest;

/// <summary>
/// Binary COPY into the ledger. PostgreSQL copies into no table that has row-level security, so the rows go by a table of the connection's own, which lives in memory and is empty
/// again after the transaction. The order of columns is here once, beside the order of values.
/// </summary>
internal static class LedgerCopy
{
    internal static readonly string EventColumns = $"""
        tenant_id, event_id, source, occurred_at, received_at, provider, model, requested_model, operation, status, http_status, error,
        user_id, key_id, team, session, thread, agent, tool, prompt, prompt_version, sandbox, tool_uses, raw_usage, usage_dialect, service_tier,
        batch, region, cost, cost_reported, price_id, conflicts, latency_ms, ttft_ms, stream, attempt_count, attempts, hops, tags,
        {string.Join(", ", TokenCounts.Buckets.Select(static bucket => bucket.Column()))}
        """;

    private static readonly string MakeIncoming =
        $"CREATE TEMP TABLE IF NOT EXISTS usage_incoming ON COMMIT DELETE ROWS AS SELECT {EventColumns}, 0 AS position FROM usage_events WITH NO DATA";

    private static readonly string CopyEvents = $"COPY usage_incoming ({EventColumns}, position) FROM STDIN (FORMAT BINARY)";

    /// <summary>The keys tell what is new, and are taken in one order; only that becomes events. Answers the positions of the others.</summary>
    private static readonly string TakeEvents = $"""
        WITH taken AS (
          INSERT INTO usage_keys (tenant_id, event_id, source, occurred_at) SELECT tenant_id, event_id, source, occurred_at FROM usage_incoming ORDER BY tenant_id, event_id, source
          ON CONFLICT DO NOTHING RETURNING tenant_id, event_id, source),
        added AS (INSERT INTO usage_events ({EventColumns}) SELECT {EventColumns} FROM usage_incoming JOIN taken USING (tenant_id, event_id, source))
        SELECT position FROM usage_incoming LEFT JOIN taken USING (tenant_id, event_id, source) WHERE taken.tenant_id IS NULL
        """;

    private const string InsertRejected = """
        INSERT INTO usage_rejections (tenant_id, rejection_id, received_at, source, event_id, error, payload) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
        """;

    /// <summary>Adds the events that are not there yet; answers the positions of those that were. No two may have one key.</summary>
    public static async Task<IReadOnlyList<int>> EventsAsync(NpgsqlConnection connection, IEnumerable<UsageEvent> events, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        await using (var make = new NpgsqlCommand(MakeIncoming, connection)) await make.ExecuteNonQueryAsync(cancellationToken);
        await using (var copy = await connection.BeginBinaryImportAsync(CopyEvents, cancellationToken))
        {
            var (received, position) = (receivedAt.UtcDateTime, 0);
            foreach (var usage in events)
            {
                WriteEvent(copy, usage, received);
                copy.Write(position++, NpgsqlDbType.Integer);
            }
            await copy.CompleteAsync(cancellationToken);
        }
        await using var take = new NpgsqlCommand(TakeEvents, connection);
        await using var reader = await take.ExecuteReaderAsync(cancellationToken);
        var known = new List<int>();
        while (await reader.ReadAsync(cancellationToken)) known.Add(reader.GetInt32(0));
        return known;
    }

    public static async Task RejectedAsync(NpgsqlConnection connection, IReadOnlyList<RejectedUsage> items, CancellationToken cancellationToken)
    {
        if (items.Count == 0) return;
        await using var command = new NpgsqlCommand(InsertRejected, connection);
        Add(NpgsqlDbType.Text, static item => item.TenantId);
        Add(NpgsqlDbType.Uuid, static item => item.RejectionId);
        Add(NpgsqlDbType.TimestampTz, static item => item.ReceivedAt.UtcDateTime);
        Add(NpgsqlDbType.Text, static item => item.Source);
        Add(NpgsqlDbType.Text, static item => item.EventId);
        Add(NpgsqlDbType.Text, static item => item.Error);
        Add(NpgsqlDbType.Text, static item => item.Payload);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(NpgsqlDbType type, Func<RejectedUsage, T> value) =>
            command.Parameters.Add(new() { Value = items.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>Values in the order of <see cref="EventColumns"/>. Synchronous writes go to a buffer; only full ones reach the socket.</summary>
    private static void WriteEvent(NpgsqlBinaryImporter copy, UsageEvent usage, DateTime receivedAt)
    {
        copy.StartRow();
        copy.Write(usage.TenantId, NpgsqlDbType.Text);
        copy.Write(usage.Id, NpgsqlDbType.Text);
        copy.Write(usage.Source, NpgsqlDbType.Text);
        copy.Write(usage.OccurredAt.UtcDateTime, NpgsqlDbType.TimestampTz);
        copy.Write(receivedAt, NpgsqlDbType.TimestampTz);
        copy.Write(usage.Provider, NpgsqlDbType.Text);
        copy.Write(usage.Model, NpgsqlDbType.Text);
        Text(copy, usage.RequestedModel);
        Text(copy, usage.Operation);
        copy.Write((short)usage.Status, NpgsqlDbType.Smallint);
        Number(copy, usage.HttpStatus);
        Text(copy, usage.Error);
        Text(copy, usage.User);
        Text(copy, usage.Key);
        Text(copy, usage.Team);
        Text(copy, usage.Session);
        Text(copy, usage.Thread);
        Text(copy, usage.Agent);
        Text(copy, usage.Tool);
        Text(copy, usage.Prompt);
        Text(copy, usage.PromptVersion);
        Text(copy, usage.Sandbox);
        Json(copy, usage.ToolUses);
        Json(copy, usage.RawUsage);
        Text(copy, usage.UsageDialect);
        copy.Write(usage.ServiceTier, NpgsqlDbType.Text);
        copy.Write(usage.Batch, NpgsqlDbType.Boolean);
        Text(copy, usage.Region);
        Money(copy, usage.Cost);
        Money(copy, usage.CostReported);
        Text(copy, usage.PriceId);
        copy.Write(usage.Conflicts, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Number(copy, usage.LatencyMs);
        Number(copy, usage.TtftMs);
        copy.Write(usage.Stream, NpgsqlDbType.Boolean);
        copy.Write(usage.AttemptCount, NpgsqlDbType.Integer);
        Json(copy, usage.Attempts);
        Json(copy, usage.Hops);
        Json(copy, usage.Tags, NpgsqlDbType.Jsonb);
        var tokens = usage.Tokens;
        foreach (var bucket in TokenCounts.Buckets) copy.Write(tokens[bucket], NpgsqlDbType.Bigint);
    }

    private static void Text(NpgsqlBinaryImporter copy, string? value)
    {
        if (value is null) copy.WriteNull();
        else copy.Write(value, NpgsqlDbType.Text);
    }

    private static void Json(NpgsqlBinaryImporter copy, string? value, NpgsqlDbType type = NpgsqlDbType.Json)
    {
        if (value is null) copy.WriteNull();
        else copy.Write(value, type);
    }

    private static void Number(NpgsqlBinaryImporter copy, int? value)
    {
        if (value is null) copy.WriteNull();
        else copy.Write(value.Value, NpgsqlDbType.Integer);
    }

    private static void Money(NpgsqlBinaryImporter copy, decimal? value)
    {
        if (value is null) copy.WriteNull();
        else copy.Write(value.Value, NpgsqlDbType.Numeric);
    }
}
