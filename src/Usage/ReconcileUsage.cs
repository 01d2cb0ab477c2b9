using System.Globalization;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Usage.Reconciliation;
using AgentConsole.Usage.Rollups;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>Compares the ledger with every rollup, per tenant and UTC day, in one snapshot; what differs is kept, logged and shown.</summary>
public sealed partial class ReconcileUsage
{
    /// <summary>A comparison that found a difference signals this topic.</summary>
    public const string Topic = "reconciliation";

    private static readonly string Tokens = string.Join(" + ", TokenCounts.Buckets.Select(static bucket => $"r.{bucket.Column()}"));

    private static readonly string Compare = $"""
        SELECT t.tenant_id, k.kind, k.grain, l.requests, l.tokens, l.cost, l.unpriced, s.requests, s.tokens, s.cost, s.unpriced
        FROM tenants AS t
        CROSS JOIN LATERAL (
          SELECT count(*) AS requests, coalesce(sum({Tokens}), 0)::bigint AS tokens, coalesce(sum(r.cost), 0) AS cost, count(*) - count(r.cost) AS unpriced
          FROM usage_events AS r
          WHERE r.tenant_id = t.tenant_id AND r.occurred_at >= $1 AND r.occurred_at < $2 AND r.xid < (SELECT xid FROM usage_rollup_watermark)) AS l
        CROSS JOIN (VALUES {string.Join(", ", RollupCover.Kept.Select(static kept => $"({(short)kept.Kind}::smallint, {(short)kept.Grain}::smallint)"))}) AS k(kind, grain)
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(r.requests), 0)::bigint AS requests, coalesce(sum({Tokens}), 0)::bigint AS tokens, coalesce(sum(r.cost), 0) AS cost, coalesce(sum(r.unpriced), 0)::bigint AS unpriced
          FROM usage_rollups AS r
          WHERE r.tenant_id = t.tenant_id AND r.kind = k.kind AND r.grain = k.grain AND r.bucket_start >= $1 AND r.bucket_start < $2) AS s
        WHERE l.requests > 0 OR s.requests > 0
        """;

    private const string Keep = """
        INSERT INTO usage_reconciliations (tenant_id, day, checked_at, requests, tokens, cost, differences) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (tenant_id, day) DO UPDATE SET checked_at = excluded.checked_at, requests = excluded.requests, tokens = excluded.tokens,
          cost = excluded.cost, differences = excluded.differences
        """;

    private readonly Database _database;
    private readonly IChangeFeed _changes;
    private readonly TimeProvider _time;
    private readonly ILogger<ReconcileUsage> _logger;

    public ReconcileUsage(Database database, IChangeFeed changes, TimeProvider time, ILogger<ReconcileUsage> logger) =>
        (_database, _changes, _time, _logger) = (database, changes, time, logger);

    /// <summary>The last <paramref name="days"/> UTC days, today included. Answers how many tenant-days differ.</summary>
    public async Task<int> ExecuteAsync(int days, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
        var different = 0;
        for (var day = today; day > today.AddDays(-days); day = day.AddDays(-1))
        {
            foreach (var result in await CompareAsync(day, cancellationToken))
            {
                await KeepAsync(result, cancellationToken);
                if (result.Differences.Length == 0) continue;
                different++;
                LogDifferent(_logger, result.TenantId, day, string.Join("; ", result.Differences));
            }
        }
        _changes.Signal(Topic);
        return different;
    }

    private async Task<IReadOnlyList<ReconciledDay>> CompareAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var start = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        await using var command = _database.Source.CreateCommand(Compare);
        command.CommandTimeout = 600;
        command.Parameters.Add(new() { Value = start, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = start.AddDays(1), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var checkedAt = _time.GetUtcNow();
        var rows = new List<(string Tenant, long Requests, long Tokens, decimal Cost, string? Difference)>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add((reader.GetString(0), reader.GetInt64(3), reader.GetInt64(4), reader.GetDecimal(5), Difference(reader)));
        return [.. rows.GroupBy(static row => row.Tenant).Select(tenant => new ReconciledDay
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

    /// <summary>Null when the rollup says what the ledger says.</summary>
    private static string? Difference(NpgsqlDataReader reader)
    {
        var (requests, tokens, cost, unpriced) = (reader.GetInt64(7) - reader.GetInt64(3), reader.GetInt64(8) - reader.GetInt64(4), reader.GetDecimal(9) - reader.GetDecimal(5), reader.GetInt64(10) - reader.GetInt64(6));
        if (requests == 0 && tokens == 0 && cost == 0 && unpriced == 0) return null;
        return string.Create(CultureInfo.InvariantCulture,
            $"{(RollupKind)reader.GetInt16(1)} by {(RollupGrain)reader.GetInt16(2)}: {requests:+0;-0;0} requests, {tokens:+0;-0;0} tokens, {cost:+0.############;-0.############;0} USD, {unpriced:+0;-0;0} unpriced");
    }

    private async Task KeepAsync(ReconciledDay day, CancellationToken cancellationToken)
    {
        await using var command = _database.Source.CreateCommand(Keep);
        foreach (var value in new object[] { day.TenantId, day.Day, day.CheckedAt.UtcDateTime, day.Requests, day.Tokens, day.Cost, day.Differences })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Rollups of tenant {Tenant} differ from the ledger on {Day}: {Differences}")]
    private static partial void LogDifferent(ILogger logger, string tenant, DateOnly day, string differences);
}
