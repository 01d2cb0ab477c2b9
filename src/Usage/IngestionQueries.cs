using AgentConsole.Platform.Data;
using Npgsql;

namespace AgentConsole.Usage;

/// <param name="LastCameAt">When the last request was taken in; null before there is any.</param>
/// <param name="RolledAt">When the rollups were last brought up to date; what they lack is read from requests.</param>
public sealed record Ingestion(DateTimeOffset? LastCameAt, DateTimeOffset? RolledAt);

/// <summary>How usage comes in, on the whole platform.</summary>
public sealed class IngestionQueries(Database database)
{
    private const string Sql = """
        SELECT (SELECT r.received_at FROM usage_events AS r ORDER BY r.xid DESC LIMIT 1), (SELECT w.rolled_at FROM usage_rollup_watermark AS w)
        """;

    public async Task<Ingestion> ReadAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using var command = new NpgsqlCommand(Sql, session.Connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(Time(reader, 0), Time(reader, 1));
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<DateTimeOffset>(ordinal);
}
