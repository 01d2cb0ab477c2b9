using System.Globalization;
using AgentConsole.Platform.Data;
using AgentConsole.Usage.Ingest;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>
/// The monthly partitions of <c>usage_events</c>. Rows of a month without one are held by the default partition, so none can be lost;
/// they are moved into the month's own partition when it is made.
/// </summary>
internal sealed partial class UsagePartitions(Database database, TimeProvider time, ILogger<UsagePartitions> logger)
{
    private const int MonthsAhead = 3;
    private const int MonthsBehind = 2;
    /// <summary>Months moved out of the default partition in one run; what is left waits for the next.</summary>
    private const int MaxMovedMonths = 24;
    /// <summary>The advisory lock that keeps two nodes from making one partition.</summary>
    private const long LockKey = 0x55736167655061;
    /// <summary>All but those that PostgreSQL computes.</summary>
    private static readonly string Columns = $"{LedgerCopy.EventColumns}, xid";

    /// <summary>Makes the partitions around now, and those of months that the default partition holds rows of.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(cancellationToken);
        var thisMonth = time.GetUtcNow().UtcDateTime;
        var months = Enumerable.Range(-MonthsBehind, MonthsBehind + MonthsAhead + 1).Select(offset => First(thisMonth.AddMonths(offset)));
        foreach (var month in months.Concat(await StrayMonthsAsync(connection, cancellationToken)).Distinct().ToList())
            await EnsureMonthAsync(connection, month, cancellationToken);
    }

    /// <summary>
    /// Drops the partitions of past months that no tenant has a row in any more. One that is written to meanwhile is left alone: its lock is taken before it is looked into, and a
    /// writer that waited for it finds the default partition in its place.
    /// </summary>
    public async Task DropEmptyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(cancellationToken);
        var oldest = First(time.GetUtcNow().UtcDateTime.AddMonths(-MonthsBehind));
        foreach (var name in await PastAsync(connection, string.Create(CultureInfo.InvariantCulture, $"usage_events_{oldest:yyyy_MM}"), cancellationToken))
            await DropIfEmptyAsync(connection, name, cancellationToken);
    }

    private static async Task<IReadOnlyList<string>> PastAsync(NpgsqlConnection connection, string before, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT c.relname::text FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'usage_events'::regclass AND c.relname ~ '^usage_events_[0-9]{4}_[0-9]{2}$' AND c.relname < $1 ORDER BY 1", connection);
        command.Parameters.Add(new() { Value = before });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) names.Add(reader.GetString(0));
        return names;
    }

    /// <summary>The owner sees no row of a partition, whose walls are closed to it: they are opened to it for the transaction in which it looks.</summary>
    private async Task DropIfEmptyAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, "SET LOCAL lock_timeout = '2s'", default, cancellationToken);
            await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", default, cancellationToken);
            await ExecuteAsync(connection, "LOCK TABLE ONLY usage_events IN ACCESS EXCLUSIVE MODE", default, cancellationToken);
            await ExecuteAsync(connection, $"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY", default, cancellationToken);
            await using (var command = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM {name})", connection))
                if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!) return;
            await ExecuteAsync(connection, $"DROP TABLE {name}", default, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            LogDropped(logger, name);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // Somebody reads or writes for long; there is another hour.
        }
    }

    private static DateTime First(DateTime at) => new(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Of the tables that have rows, the default partition is the one that is open to its owner, and to nobody else.</summary>
    private static async Task<IReadOnlyList<DateTime>> StrayMonthsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT DISTINCT date_trunc('month', occurred_at, 'UTC') FROM usage_events_default ORDER BY 1 DESC LIMIT {MaxMovedMonths}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var months = new List<DateTime>();
        while (await reader.ReadAsync(cancellationToken)) months.Add(reader.GetDateTime(0));
        return months;
    }

    /// <summary>In one transaction: the month's rows leave the default partition for a table of their own, which then becomes a partition. Readers see them at every moment.</summary>
    private async Task EnsureMonthAsync(NpgsqlConnection connection, DateTime month, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"usage_events_{month:yyyy_MM}");
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", month, cancellationToken);
        if (await ExistsAsync(connection, name, cancellationToken)) return;
        // Writers first: one that had already been sent to the default partition would find its row refused there (23514).
        await ExecuteAsync(connection, "LOCK TABLE ONLY usage_events IN SHARE ROW EXCLUSIVE MODE", month, cancellationToken);
        await ExecuteAsync(connection, "LOCK TABLE usage_events_default IN ACCESS EXCLUSIVE MODE", month, cancellationToken);
        await ExecuteAsync(connection, $"CREATE TABLE {name} (LIKE usage_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING GENERATED)", month, cancellationToken);
        var moved = await ExecuteAsync(connection, $"""
            WITH moved AS (DELETE FROM usage_events_default WHERE occurred_at >= $1 AND occurred_at < $2 RETURNING {Columns})
            INSERT INTO {name} ({Columns}) SELECT {Columns} FROM moved
            """, month, cancellationToken);
        await ExecuteAsync(connection, Isolation.Close(name), month, cancellationToken);
        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture,
            $"ALTER TABLE usage_events ATTACH PARTITION {name} FOR VALUES FROM ('{month:yyyy-MM-dd}Z') TO ('{month.AddMonths(1):yyyy-MM-dd}Z')"), month, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogMade(logger, name, moved);
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = name } } };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, DateTime month, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        if (sql.Contains("$1", StringComparison.Ordinal))
        {
            command.Parameters.Add(new() { Value = month, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = month.AddMonths(1), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        }
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Dropped partition {Name}: no tenant keeps a request of that month")]
    private static partial void LogDropped(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Made partition {Name}, {Rows} rows moved into it")]
    private static partial void LogMade(ILogger logger, string name, int rows);
}
