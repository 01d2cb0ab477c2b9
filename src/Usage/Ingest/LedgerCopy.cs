using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Ingest;

/// <summary>Binary COPY into the ledger. The order of columns is here once, beside the order of values.</summary>
internal static class LedgerCopy
{
    internal static readonly string EventColumns = $"""
        tenant_id, event_id, source, occurred_at, received_at, provider, model, requested_model, operation, status, http_status, error,
        user_id, key_id, team, session, thread, agent, tool, prompt, prompt_version, sandbox, tool_uses, raw_usage, usage_dialect, service_tier,
        batch, region, cost, cost_reported, price_id, conflicts, latency_ms, ttft_ms, stream, attempt_count, attempts, hops, tags,
        {string.Join(", ", TokenCounts.Buckets.Select(static bucket => bucket.Column()))}
        """;

    private static readonly string CopyEvents = $"COPY usage_events ({EventColumns}) FROM STDIN (FORMAT BINARY)";

    private const string CopyRejected = "COPY usage_rejections (tenant_id, rejection_id, received_at, source, event_id, error, payload) FROM STDIN (FORMAT BINARY)";

    public static async Task EventsAsync(NpgsqlConnection connection, IReadOnlyList<UsageEvent> events, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        if (events.Count == 0) return;
        await using var copy = await connection.BeginBinaryImportAsync(CopyEvents, cancellationToken);
        var received = receivedAt.UtcDateTime;
        foreach (var usage in events) WriteEvent(copy, usage, received);
        await copy.CompleteAsync(cancellationToken);
    }

    public static async Task RejectedAsync(NpgsqlConnection connection, IReadOnlyList<RejectedUsage> items, CancellationToken cancellationToken)
    {
        if (items.Count == 0) return;
        await using var copy = await connection.BeginBinaryImportAsync(CopyRejected, cancellationToken);
        foreach (var item in items)
        {
            copy.StartRow();
            copy.Write(item.TenantId, NpgsqlDbType.Text);
            copy.Write(item.RejectionId, NpgsqlDbType.Uuid);
            copy.Write(item.ReceivedAt.UtcDateTime, NpgsqlDbType.TimestampTz);
            copy.Write(item.Source, NpgsqlDbType.Text);
            Text(copy, item.EventId);
            copy.Write(item.Error, NpgsqlDbType.Text);
            Text(copy, item.Payload);
        }
        await copy.CompleteAsync(cancellationToken);
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
