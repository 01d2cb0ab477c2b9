using System.Runtime.InteropServices;
using AgentConsole.Pricing;
using AgentConsole.Usage.Rollups;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Repricing;

/// <summary>
/// One step of a run, in the caller's transaction: 1. read the next events of one tenant in key order; 2. price them; 3. write what changed to the events, the rollups and
/// the corrections; 4. move the cursor. All events are below the rollups' watermark and priced before the barrier, so neither ingestion nor <see cref="RollUpUsage"/> touches them.
/// </summary>
internal sealed class RepriceBatch(NpgsqlConnection connection, RepriceRun run, PriceBook book, DateTimeOffset now)
{
    public const int Size = 5_000;

    private static readonly string ReadSql = $"""
        SELECT {RepricedEvent.Columns} FROM usage_events AS r
        WHERE r.tenant_id = $1 AND r.occurred_at >= $2 AND r.occurred_at < $3 AND (r.occurred_at, r.event_id, r.source) > ($2, $4, $5)
          AND r.xid < $6 AND ($7::text IS NULL OR r.provider = $7) AND ($8::text IS NULL OR r.model = $8)
        ORDER BY r.occurred_at, r.event_id, r.source LIMIT $9
        """;

    private const string UpdateSql = $"""
        UPDATE usage_events AS e SET cost = d.cost, price_id = d.price_id,
          conflicts = CASE d.drift WHEN 1 THEN array_append(e.conflicts, '{UsageCost.ReportedDiffers}') WHEN -1 THEN array_remove(e.conflicts, '{UsageCost.ReportedDiffers}') ELSE e.conflicts END
        FROM unnest($2, $3, $4, $5, $6, $7) AS d(occurred_at, event_id, source, cost, price_id, drift)
        WHERE e.tenant_id = $1 AND e.occurred_at = d.occurred_at AND e.event_id = d.event_id AND e.source = d.source AND e.occurred_at >= $8 AND e.occurred_at <= $9
        """;

    private const string CorrectionSql = """
        INSERT INTO usage_corrections (tenant_id, run_id, batch, day, provider, model, requests, old_cost, new_cost, unpriced_before, unpriced_after, corrected_at)
        SELECT $1, $2, $3, d.day, d.provider, d.model, d.requests, d.old_cost, d.new_cost, d.unpriced_before, d.unpriced_after, $12
        FROM unnest($4, $5, $6, $7, $8, $9, $10, $11) AS d(day, provider, model, requests, old_cost, new_cost, unpriced_before, unpriced_after)
        """;

    /// <summary>The tenant whose events changed; null when none did.</summary>
    public async Task<string?> WriteAsync(CancellationToken cancellationToken)
    {
        var events = await ReadAsync(cancellationToken);
        List<RepricedEvent> changed = [.. events.Where(static usage => usage.Changed)];
        if (changed.Count > 0)
        {
            await UpdateAsync(changed, cancellationToken);
            await RollupCorrection.WriteAsync(connection, Corrections(changed), cancellationToken);
            await InsertCorrectionsAsync(changed, cancellationToken);
        }
        var tenant = run.CursorTenant;
        Count(events, changed);
        if (events.Count > 0) MoveTo(events[^1]);
        if (events.Count < Size) await NextTenantAsync(cancellationToken);
        return changed.Count > 0 ? tenant : null;
    }

    private async Task<List<RepricedEvent>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReadSql, connection);
        Add(command, NpgsqlDbType.Text, run.CursorTenant);
        Add(command, NpgsqlDbType.TimestampTz, (run.CursorAt ?? run.RangeFrom).UtcDateTime);
        Add(command, NpgsqlDbType.TimestampTz, run.RangeTo.UtcDateTime);
        Add(command, NpgsqlDbType.Text, run.CursorId);
        Add(command, NpgsqlDbType.Text, run.CursorSource);
        Add(command, NpgsqlDbType.Xid8, (ulong)run.Barrier!.Value);
        Add(command, NpgsqlDbType.Text, run.Provider ?? (object)DBNull.Value);
        Add(command, NpgsqlDbType.Text, run.Model ?? (object)DBNull.Value);
        Add(command, NpgsqlDbType.Integer, Size);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<RepricedEvent>(Size);
        while (await reader.ReadAsync(cancellationToken)) events.Add(RepricedEvent.Read(reader, book));
        return events;
    }

    private async Task UpdateAsync(List<RepricedEvent> changed, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(UpdateSql, connection);
        Add(command, NpgsqlDbType.Text, run.CursorTenant);
        AddAll(command, NpgsqlDbType.TimestampTz, changed, static usage => usage.Usage.OccurredAt);
        AddAll(command, NpgsqlDbType.Text, changed, static usage => usage.Id);
        AddAll(command, NpgsqlDbType.Text, changed, static usage => usage.Source);
        AddAll(command, NpgsqlDbType.Numeric, changed, static usage => usage.NewCost);
        AddAll(command, NpgsqlDbType.Text, changed, static usage => usage.NewPriceId);
        AddAll(command, NpgsqlDbType.Smallint, changed, static usage => usage.Drift);
        Add(command, NpgsqlDbType.TimestampTz, changed[0].Usage.OccurredAt);
        Add(command, NpgsqlDbType.TimestampTz, changed[^1].Usage.OccurredAt);
        var updated = await command.ExecuteNonQueryAsync(cancellationToken);
        if (updated != changed.Count) throw new InvalidOperationException($"{updated} of {changed.Count} events were there to be priced again.");
    }

    private static RollupBatch Corrections(List<RepricedEvent> changed)
    {
        var rollups = new RollupBatch();
        foreach (var usage in changed)
            if (usage.CostChange != 0 || usage.UnpricedChange != 0) rollups.Correct(usage.Usage, usage.CostChange, usage.UnpricedChange);
        return rollups;
    }

    private async Task InsertCorrectionsAsync(List<RepricedEvent> changed, CancellationToken cancellationToken)
    {
        var sums = new Dictionary<(DateOnly Day, string Provider, string Model), RepriceSums>();
        foreach (var usage in changed)
        {
            var key = (DateOnly.FromDateTime(usage.Usage.OccurredAt), usage.Usage.Provider, usage.Usage.Model);
            (CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _) ??= new()).Add(usage);
        }
        var rows = sums.ToList();
        await using var command = new NpgsqlCommand(CorrectionSql, connection);
        Add(command, NpgsqlDbType.Text, run.CursorTenant);
        Add(command, NpgsqlDbType.Uuid, run.RunId);
        Add(command, NpgsqlDbType.Integer, run.Batch);
        AddAll(command, NpgsqlDbType.Date, rows, static row => row.Key.Day);
        AddAll(command, NpgsqlDbType.Text, rows, static row => row.Key.Provider);
        AddAll(command, NpgsqlDbType.Text, rows, static row => row.Key.Model);
        AddAll(command, NpgsqlDbType.Bigint, rows, static row => row.Value.Requests);
        AddAll(command, NpgsqlDbType.Numeric, rows, static row => row.Value.OldCost);
        AddAll(command, NpgsqlDbType.Numeric, rows, static row => row.Value.NewCost);
        AddAll(command, NpgsqlDbType.Bigint, rows, static row => row.Value.UnpricedBefore);
        AddAll(command, NpgsqlDbType.Bigint, rows, static row => row.Value.UnpricedAfter);
        Add(command, NpgsqlDbType.TimestampTz, now.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Count(List<RepricedEvent> events, List<RepricedEvent> changed)
    {
        run.Batch++;
        run.Scanned += events.Count;
        run.Changed += changed.Count;
        run.OldCost += events.Sum(static usage => usage.OldCost ?? 0);
        run.NewCost += events.Sum(static usage => usage.NewCost ?? 0);
    }

    private void MoveTo(in RepricedEvent last) =>
        (run.CursorAt, run.CursorId, run.CursorSource) = (new DateTimeOffset(last.Usage.OccurredAt), last.Id, last.Source);

    private async Task NextTenantAsync(CancellationToken cancellationToken)
    {
        (run.CursorAt, run.CursorId, run.CursorSource) = (null, "", "");
        var next = run.TenantId.Length > 0 ? null : await NextTenantAsync(connection, run.CursorTenant, cancellationToken);
        if (next is null) (run.State, run.FinishedAt) = (RepriceState.Done, now);
        else run.CursorTenant = next;
    }

    public static async Task<string?> NextTenantAsync(NpgsqlConnection connection, string after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT min(tenant_id) FROM tenants WHERE tenant_id > $1", connection) { Parameters = { new() { Value = after } } };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object value) => command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });

    private static void AddAll<TRow, T>(NpgsqlCommand command, NpgsqlDbType type, List<TRow> rows, Func<TRow, T> value) =>
        command.Parameters.Add(new() { Value = rows.ConvertAll(row => value(row)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}

/// <summary>Old and new cost of several events; what is unpriced is counted, not summed.</summary>
internal sealed class RepriceSums
{
    public long Requests { get; private set; }
    public long Changed { get; private set; }
    public decimal OldCost { get; private set; }
    public decimal NewCost { get; private set; }
    public long UnpricedBefore { get; private set; }
    public long UnpricedAfter { get; private set; }

    public void Add(in RepricedEvent usage)
    {
        Requests++;
        if (usage.Changed) Changed++;
        OldCost += usage.OldCost ?? 0;
        NewCost += usage.NewCost ?? 0;
        if (usage.OldCost is null) UnpricedBefore++;
        if (usage.NewCost is null) UnpricedAfter++;
    }
}
