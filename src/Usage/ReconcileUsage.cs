using System.Diagnostics.Metrics;
using System.Globalization;
using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using AgentConsole.Usage.Reconciliation;
using AgentConsole.Usage.Rollups;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>Compares the ledger with every rollup, per tenant and UTC day, in one snapshot; what differs is kept and raised as an alert.</summary>
public sealed partial class ReconcileUsage
{
    /// <summary>The topic that a comparison signals, and the source of its alerts.</summary>
    public const string Topic = "reconciliation";

    private static readonly string Tokens = string.Join(" + ", TokenCounts.Buckets.Select(static bucket => $"r.{bucket.Column()}"));

    private static readonly string RollupSums = $"""
        SELECT coalesce(sum(r.requests), 0)::bigint AS requests, coalesce(sum({Tokens}), 0)::bigint AS tokens, coalesce(sum(r.cost), 0) AS cost, coalesce(sum(r.unpriced), 0)::bigint AS unpriced
        FROM usage_rollups AS r WHERE r.tenant_id = t.tenant_id AND r.kind = k.kind
        """;

    /// <summary>A week is compared with its days, which are compared with the ledger, but for days whose requests their tenant keeps no longer.</summary>
    private static readonly string Compare = $"""
        SELECT t.tenant_id, k.kind, k.grain, l.requests, l.tokens, l.cost, l.unpriced, s.requests, s.tokens, s.cost, s.unpriced
        FROM tenants AS t
        CROSS JOIN LATERAL (
          SELECT count(*) AS requests, coalesce(sum({Tokens}), 0)::bigint AS tokens, coalesce(sum(r.cost), 0) AS cost, count(*) - count(r.cost) AS unpriced
          FROM usage_events AS r
          WHERE r.tenant_id = t.tenant_id AND r.occurred_at >= $1 AND r.occurred_at < $2 AND r.xid < (SELECT xid FROM usage_rollup_watermark)) AS l
        CROSS JOIN (VALUES {Levels(static level => level.Grain != RollupGrain.Week)}) AS k(kind, grain)
        CROSS JOIN LATERAL ({RollupSums} AND r.grain = k.grain AND r.bucket_start >= $1 AND r.bucket_start < $2) AS s
        WHERE (t.event_days IS NULL OR $4 >= $5 - t.event_days) AND (l.requests > 0 OR s.requests > 0
          OR EXISTS (SELECT FROM usage_reconciliations AS d WHERE d.tenant_id = t.tenant_id AND d.day = $4 AND d.differences <> '{"{}"}'))
        UNION ALL
        SELECT t.tenant_id, k.kind, k.grain, l.requests, l.tokens, l.cost, l.unpriced, s.requests, s.tokens, s.cost, s.unpriced
        FROM tenants AS t
        CROSS JOIN (VALUES {Levels(static level => level.Grain == RollupGrain.Week)}) AS k(kind, grain)
        CROSS JOIN LATERAL ({RollupSums} AND r.grain = {(short)RollupGrain.Day} AND r.bucket_start >= $3 AND r.bucket_start < $3 + interval '168 hours') AS l
        CROSS JOIN LATERAL ({RollupSums} AND r.grain = k.grain AND r.bucket_start = $3) AS s
        WHERE l.requests > 0 OR s.requests > 0
        ORDER BY 1, 3
        """;

    private const string Keep = """
        INSERT INTO usage_reconciliations (tenant_id, day, checked_at, requests, tokens, cost, differences) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (tenant_id, day) DO UPDATE SET checked_at = excluded.checked_at, requests = excluded.requests, tokens = excluded.tokens,
          cost = excluded.cost, differences = excluded.differences
        """;

    /// <summary>Days that differed when they were compared last.</summary>
    private const string ListDifferent = "SELECT DISTINCT day FROM usage_reconciliations WHERE differences <> '{}' AND day <= $1 ORDER BY day DESC LIMIT 400";

    private static readonly Gauge<int> Different = Telemetry.Meter.CreateGauge<int>("console.reconciliation.different", "{day}", "Tenant-days whose rollups differ from the ledger, at the last comparison.");

    private readonly Database _database;
    private readonly RaiseAlerts _raise;
    private readonly CloseAlerts _close;
    private readonly IChangeFeed _changes;
    private readonly TimeProvider _time;
    private readonly ILogger<ReconcileUsage> _logger;

    public ReconcileUsage(Database database, RaiseAlerts raise, CloseAlerts close, IChangeFeed changes, TimeProvider time, ILogger<ReconcileUsage> logger) =>
        (_database, _raise, _close, _changes, _time, _logger) = (database, raise, close, changes, time, logger);

    /// <summary>The last <paramref name="days"/> UTC days, today included, of every tenant, and every earlier day that differed: its alert closes only when it is found equal. Answers how many tenant-days differ. Fails with <see cref="NotAllowed"/>.</summary>
    public async Task<Result<int>> ExecuteAsync(int days, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanOnPlatform(Permission.ManagePrices)) return caller.Refuse("usage.reconcile");
        var today = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
        var recent = Enumerable.Range(0, days).Select(back => today.AddDays(-back));
        var different = 0;
        foreach (var day in recent.Concat(await ListDifferentAsync(today.AddDays(-days), cancellationToken)))
        {
            var results = await CompareAsync(day, cancellationToken);
            await KeepAsync(results, cancellationToken);
            foreach (var result in results.Where(static result => result.Differences.Length > 0))
            {
                different++;
                LogDifferent(_logger, result.TenantId, day, string.Join("; ", result.Differences));
            }
        }
        Different.Record(different);
        _changes.Signal(Topic);
        return different;
    }

    private async Task<IReadOnlyList<DateOnly>> ListDifferentAsync(DateOnly through, CancellationToken cancellationToken)
    {
        await using var command = _database.Platform.CreateCommand(ListDifferent);
        command.Parameters.Add(new() { Value = through, NpgsqlDbType = NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<DateOnly>();
        while (await reader.ReadAsync(cancellationToken)) days.Add(reader.GetFieldValue<DateOnly>(0));
        return days;
    }

    private async Task<IReadOnlyList<ReconciledDay>> CompareAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var start = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        await using var command = _database.Platform.CreateCommand(Compare);
        command.CommandTimeout = 600;
        command.Parameters.Add(new() { Value = start, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = start.AddDays(1), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = new RollupLevel(RollupKind.UserTotal, RollupGrain.Week).BucketOf(start), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = day, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime), NpgsqlDbType = NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var checkedAt = _time.GetUtcNow();
        var rows = new List<(string Tenant, long Requests, long Tokens, decimal Cost, string? Difference)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var difference = Difference(reader);
            if ((RollupGrain)reader.GetInt16(2) != RollupGrain.Week) rows.Add((reader.GetString(0), reader.GetInt64(3), reader.GetInt64(4), reader.GetDecimal(5), difference));
            else if (difference is not null) rows.Add((reader.GetString(0), 0, 0, 0, difference));
        }
        return [.. rows.GroupBy(static row => row.Tenant).OrderBy(static tenant => tenant.Key, StringComparer.Ordinal).Select(tenant => new ReconciledDay
        {
            TenantId = tenant.Key,
            Day = day,
            CheckedAt = checkedAt,
            Requests = tenant.First().Requests,
            Tokens = tenant.First().Tokens,
            Cost = tenant.First().Cost,
            Differences = [.. tenant.Select(static row => row.Difference).OfType<string>()],
        })];
    }

    private static string Levels(Func<RollupLevel, bool> chosen) =>
        string.Join(", ", RollupCover.Kept.Where(chosen).Select(static level => $"({(short)level.Kind}::smallint, {(short)level.Grain}::smallint)"));

    /// <summary>Null when the rollup says what the ledger says.</summary>
    private static string? Difference(NpgsqlDataReader reader)
    {
        var (requests, tokens, cost, unpriced) = (reader.GetInt64(7) - reader.GetInt64(3), reader.GetInt64(8) - reader.GetInt64(4), reader.GetDecimal(9) - reader.GetDecimal(5), reader.GetInt64(10) - reader.GetInt64(6));
        if (requests == 0 && tokens == 0 && cost == 0 && unpriced == 0) return null;
        return string.Create(CultureInfo.InvariantCulture,
            $"{(RollupKind)reader.GetInt16(1)} by {(RollupGrain)reader.GetInt16(2)}: {requests:+0;-0;0} requests, {tokens:+0;-0;0} tokens, {cost:+0.############;-0.############;0} USD, {unpriced:+0;-0;0} unpriced");
    }

    /// <summary>In one transaction: what was found of a day, and its alerts.</summary>
    private async Task KeepAsync(IReadOnlyList<ReconciledDay> results, CancellationToken cancellationToken)
    {
        await using var session = await _database.BeginAsync(Reach.Platform, cancellationToken);
        foreach (var day in results) await KeepAsync(session.Connection, day, cancellationToken);
        var raised = await _raise.ExecuteAsync(session.Connection, [.. results.Where(static day => day.Differences.Length > 0).Select(Notice)], cancellationToken);
        var closed = await _close.ExecuteAsync(session.Connection, [.. results.Where(static day => day.Differences.Length == 0).Select(Subject)], cancellationToken);
        await session.CommitAsync(cancellationToken);
        _changes.SignalAlerts(raised.Concat(closed));
    }

    private static async Task KeepAsync(NpgsqlConnection connection, ReconciledDay day, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Keep, connection);
        foreach (var value in new object[] { day.TenantId, day.Day, day.CheckedAt.UtcDateTime, day.Requests, day.Tokens, day.Cost, day.Differences })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static AlertSubject Subject(ReconciledDay day) => new(day.TenantId, Topic, day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static AlertNotice Notice(ReconciledDay day) => new(
        Subject(day), AlertSeverity.Critical, string.Create(CultureInfo.InvariantCulture, $"Totals of {day.TenantId} on {day.Day:yyyy-MM-dd} differ from its requests"),
        string.Join("; ", day.Differences), $"{Links.Reconciliation}?tenant={Uri.EscapeDataString(day.TenantId)}");

    [LoggerMessage(Level = LogLevel.Error, Message = "Rollups of tenant {Tenant} differ from the ledger on {Day}: {Differences}")]
    private static partial void LogDifferent(ILogger logger, string tenant, DateOnly day, string differences);
}
