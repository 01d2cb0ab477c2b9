using Npgsql;

namespace AgentConsole.Bench.Hosting;

/// <summary>The few statements that the bench says to PostgreSQL itself.</summary>
internal static class Sql
{
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        foreach (var statement in sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 600 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public static async Task<long> CountAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Until no event is above the rollups' watermark; never ends while events come in fast.</summary>
    public static async Task WaitUntilRolledUpAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (await CountAsync(connection, "SELECT count(*) FROM usage_events WHERE xid >= (SELECT xid FROM usage_rollup_watermark)", cancellationToken) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
    }

    /// <summary>Reads all rows and forgets them; answers how many there were.</summary>
    public static async Task<int> DrainAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = 0;
        while (await reader.ReadAsync(cancellationToken)) rows++;
        return rows;
    }
}
