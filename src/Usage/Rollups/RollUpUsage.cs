using System.Globalization;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Rollups;

/// <summary>
/// Adds new events to the rollups, once a second, on one node at a time. Every event carries the number of the transaction that wrote it. The watermark says up to which
/// number events are in the rollups; it moves, in the transaction that adds them, to the oldest number still under way, so no late commit is missed and none is added twice.
/// Readers add the events above the watermark themselves (<see cref="BreakdownReader"/>): rollups may lag, what is read does not.
/// </summary>
internal sealed partial class RollUpUsage(Database database, TimeProvider time, ILogger<RollUpUsage> logger) : LastingService(logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>A store that stays away is told of once a minute, not once a second.</summary>
    private const int LogEveryFailures = 60;

    /// <summary>Events added in one transaction; more are left for the next, at once.</summary>
    private const string MaxEvents = "50000";

    /// <summary>Nothing if another node is at it. The upper end is cut where more than enough is waiting.</summary>
    private const string Span = $"""
        SELECT w.xid, least(pg_snapshot_xmin(pg_current_snapshot()),
                 (SELECT e.xid FROM usage_events AS e WHERE e.xid > w.xid ORDER BY e.xid OFFSET {MaxEvents} LIMIT 1))
        FROM usage_rollup_watermark AS w FOR UPDATE SKIP LOCKED
        """;

    private static readonly string Events = $"""
        SELECT tenant_id, occurred_at, provider, model, status, user_id, key_id, attempt_count, cost, latency_ms,
               {string.Join(", ", TokenCounts.Buckets.Select(static bucket => bucket.Column()))}
        FROM usage_events WHERE xid >= $1 AND xid < $2
        """;

    /// <summary>Adds what is waiting, a transaction's worth. True when there may be more.</summary>
    public async Task<bool> RollUpAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        var connection = session.Connection;
        if (await SpanAsync(connection, cancellationToken) is not var (from, to) || from >= to) return false;
        var (batch, count) = await ReadAsync(connection, from, to, cancellationToken);
        await RollupWriter.WriteAsync(connection, batch, cancellationToken);
        await using var move = new NpgsqlCommand("UPDATE usage_rollup_watermark SET xid = $1, rolled_at = $2", connection);
        move.Parameters.Add(new() { Value = to, NpgsqlDbType = NpgsqlDbType.Xid8 });
        move.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await move.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
        return count >= int.Parse(MaxEvents, CultureInfo.InvariantCulture);
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        var failures = 0;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await RollUpAsync(stoppingToken)) { }
                failures = 0;
            }
            catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                if (failures++ % LogEveryFailures == 0) LogFailed(Log, error);
            }
        }
    }

    private static async Task<(ulong From, ulong To)?> SpanAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Span, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetFieldValue<ulong>(0), reader.GetFieldValue<ulong>(1)) : null;
    }

    private static async Task<(RollupBatch Batch, int Count)> ReadAsync(NpgsqlConnection connection, ulong from, ulong to, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Events, connection);
        command.Parameters.Add(new() { Value = from, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = to, NpgsqlDbType = NpgsqlDbType.Xid8 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var batch = new RollupBatch();
        var count = 0;
        for (; await reader.ReadAsync(cancellationToken); count++) batch.Add(Read(reader));
        return (batch, count);
    }

    private static RolledEvent Read(NpgsqlDataReader reader)
    {
        var tokens = default(TokenCounts);
        foreach (var bucket in TokenCounts.Buckets)
            if (reader.GetInt64(10 + (int)bucket) is not 0 and var count) tokens = tokens.With(bucket, count);
        return new(
            reader.GetString(0), reader.GetDateTime(1), reader.GetString(2), reader.GetString(3), (UsageStatus)reader.GetInt16(4),
            reader.IsDBNull(5) ? "" : reader.GetString(5), reader.IsDBNull(6) ? "" : reader.GetString(6), reader.GetInt32(7),
            reader.IsDBNull(8) ? null : reader.GetDecimal(8), reader.IsDBNull(9) ? null : reader.GetInt32(9), tokens);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "New events were not added to the rollups; it is tried again in a second, and reads stay right meanwhile")]
    private static partial void LogFailed(ILogger logger, Exception error);
}

/// <summary>What the rollups need of an event; "none" is the empty string.</summary>
internal readonly record struct RolledEvent(
    string Tenant, DateTime OccurredAt, string Provider, string Model, UsageStatus Status, string User, string Key, int Attempts, decimal? Cost, int? LatencyMs, TokenCounts Tokens);
