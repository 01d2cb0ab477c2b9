using AgentConsole.Platform.Data;
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

    private static readonly short ColumnsCopied = (short)(EventColumns.Count(static letter => letter == ',') + 2);

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
        await using (var copy = await CopyRows.BeginAsync(connection, CopyEvents, cancellationToken))
        {
            var position = 0;
            foreach (var usage in events)
            {
                await copy.StartRowAsync(ColumnsCopied, cancellationToken);
                WriteEvent(copy, usage, receivedAt);
                copy.Int32(position++);
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

    /// <summary>Values in the order of <see cref="EventColumns"/>.</summary>
    private static void WriteEvent(CopyRows copy, UsageEvent usage, DateTimeOffset receivedAt)
    {
        copy.Text(usage.TenantId);
        copy.Text(usage.Id);
        copy.Text(usage.Source);
        copy.Time(usage.OccurredAt);
        copy.Time(receivedAt);
        copy.Text(usage.Provider);
        copy.Text(usage.Model);
        copy.Text(usage.RequestedModel);
        copy.Text(usage.Operation);
        copy.Int16((short)usage.Status);
        copy.Int32(usage.HttpStatus);
        copy.Text(usage.Error);
        copy.Text(usage.User);
        copy.Text(usage.Key);
        copy.Text(usage.Team);
        copy.Text(usage.Session);
        copy.Text(usage.Thread);
        copy.Text(usage.Agent);
        copy.Text(usage.Tool);
        copy.Text(usage.Prompt);
        copy.Text(usage.PromptVersion);
        copy.Text(usage.Sandbox);
        copy.Text(usage.ToolUses);
        copy.Text(usage.RawUsage);
        copy.Text(usage.UsageDialect);
        copy.Text(usage.ServiceTier);
        copy.Boolean(usage.Batch);
        copy.Text(usage.Region);
        copy.Decimal(usage.Cost);
        copy.Decimal(usage.CostReported);
        copy.Text(usage.PriceId);
        copy.TextArray(usage.Conflicts);
        copy.Int32(usage.LatencyMs);
        copy.Int32(usage.TtftMs);
        copy.Boolean(usage.Stream);
        copy.Int32(usage.AttemptCount);
        copy.Text(usage.Attempts);
        copy.Text(usage.Hops);
        copy.Jsonb(usage.Tags);
        var tokens = usage.Tokens;
        foreach (var bucket in TokenCounts.Buckets) copy.Int64(tokens[bucket]);
    }
}
