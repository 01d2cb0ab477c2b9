using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>What a session came to, by further dimensions.</summary>
/// <param name="First">When the first of its requests was.</param>
/// <param name="Requests">Without those that were denied.</param>
/// <param name="Values">In the order in which the dimensions were asked for; empty: none.</param>
public sealed record SessionSum(string Session, IReadOnlyList<string> Values, DateTimeOffset First, long Requests, long Tokens, decimal Cost);

/// <summary>Sums of sessions. No rollup has them, so they are read from events: for a day or so, not for a month.</summary>
public sealed class SessionSums(Database database)
{
    private static readonly string Tokens = string.Join(" + ", TokenCounts.Buckets.Select(static bucket => $"r.{bucket.Column()}"));

    /// <param name="sessions">Each from its own time on; null: all, from <paramref name="from"/> on.</param>
    public async Task<IReadOnlyList<SessionSum>> ReadAsync(
        string tenant, IReadOnlyList<Dimension> by, DateTimeOffset from, IReadOnlyDictionary<string, DateTimeOffset>? sessions, CancellationToken cancellationToken)
    {
        await using var snapshot = await database.BeginAsync(Reach.Of(tenant), cancellationToken, System.Data.IsolationLevel.RepeatableRead, shared: "usage_events");
        var groups = string.Concat(by.Select(static dimension => $", {UsageSql.EventColumn(dimension)}"));
        await using var command = new NpgsqlCommand($"""
            SELECT count(*) FILTER (WHERE r.status <> {(short)UsageStatus.Denied}), coalesce(sum({Tokens}), 0)::bigint, coalesce(sum(r.cost), 0), r.session, min(r.occurred_at){groups} FROM usage_events AS r
            {(sessions is null ? "" : "JOIN unnest($3, $4) AS s(session, since) ON s.session = r.session AND r.occurred_at >= s.since")}
            WHERE r.tenant_id = $1 AND r.occurred_at >= $2 AND r.session IS NOT NULL
            GROUP BY r.session{groups}
            """, snapshot.Connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        if (sessions is not null)
        {
            command.Parameters.Add(new() { Value = sessions.Keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = sessions.Values.Select(static since => since.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        }
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sums = new List<SessionSum>();
        while (await reader.ReadAsync(cancellationToken))
            sums.Add(new(reader.GetString(3), [.. Enumerable.Range(5, by.Count).Select(reader.GetString)], reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt64(0), reader.GetInt64(1), reader.GetDecimal(2)));
        return sums;
    }
}
