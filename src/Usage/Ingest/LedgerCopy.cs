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

    /// <summary>The keys tell what is new, and are taken in one order.</summary>
    private const string TakeKeys = """
        INSERT INTO usage_keys (tenant_id, event_id, source, occurred_at) SELECT tenant_id, event_id, source, occurred_at FROM usage_incoming ORDER BY tenant_id, event_id, source
        ON CONFLICT DO NOTHING
        """;

    private static readonly string AddAll = $"INSERT INTO usage_events ({EventColumns}) SELECT {EventColumns} FROM usage_incoming";

    /// <summary>Only what this transaction took the key of becomes an event. Answers the positions of the others.</summary>
    private static readonly string AddTaken = $"""
        WITH taken AS (
          SELECT position FROM usage_incoming JOIN usage_keys AS k USING (tenant_id, event_id, source) WHERE k.xmin = pg_current_xact_id()::xid),
        added AS (INSERT INTO usage_events ({EventColumns}) SELECT {EventColumns} FROM usage_incoming WHERE position IN (SELECT position FROM taken))
        SELECT position FROM usage_incoming WHERE position NOT IN (SELECT position FROM taken)
        """;

    private const string InsertRejected = """
        INSERT INTO usage_rejections (tenant_id, rejection_id, received_at, source, event_id, error, payload) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
        """;

    /// <summary>Adds the events that are not there yet; answers the positions of those that were. No two may have one key.</summary>
    public static async Task<IReadOnlyList<int>> EventsAsync(NpgsqlConnection connection, IEnumerable<UsageEvent> events, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        await using (var make = new NpgsqlCommand(MakeIncoming, connection)) await make.ExecuteNonQueryAsync(cancellationToken);
        var count = 0;
        await using (var copy = await CopyRows.BeginAsync(connection, CopyEvents, cancellationToken))
        {
            foreach (var usage in events)
            {
                await copy.StartRowAsync(ColumnsCopied, cancellationToken);
                WriteEvent(copy, usage, receivedAt);
                copy.Int32(count++);
            }
            await copy.CompleteAsync(cancellationToken);
        }
        await using var keys = new NpgsqlCommand(TakeKeys, connection);
        var isAllNew = await keys.ExecuteNonQueryAsync(cancellationToken) == count;
        await using var add = new NpgsqlCommand(isAllNew ? AddAll : AddTaken, connection);
        await using var reader = await add.ExecuteReaderAsync(cancellationToken);
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
