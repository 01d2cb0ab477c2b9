using System.Text.Json;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Notify.Sending;

/// <summary>Takes on what is due and writes down what came of it. A delivery is one node's for as long as its lease; one whose node died is taken on again.</summary>
internal sealed class Outbox(Database database, TimeProvider time)
{
    /// <summary>Well above what an attempt may take.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private const int KeptAttempts = 20;

    /// <summary>One of a channel at a time, so that a receiver that hangs holds up its own messages and no others, and gets them in order.</summary>
    private const string Take = """
        WITH taken AS (
          UPDATE deliveries AS d SET leased_until = $2, attempts = d.attempts + 1, tries = d.tries + 1
          FROM (SELECT p.tenant_id, p.delivery_id FROM deliveries AS p
                WHERE p.state = 1 AND p.next_at <= $1 AND (p.leased_until IS NULL OR p.leased_until <= $1)
                  AND NOT EXISTS (SELECT FROM deliveries AS o WHERE o.tenant_id = p.tenant_id AND o.channel_id = p.channel_id AND o.state = 1 AND o.leased_until > $1)
                ORDER BY p.next_at, p.delivery_id LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
          WHERE d.tenant_id = due.tenant_id AND d.delivery_id = due.delivery_id
          RETURNING d.tenant_id, d.delivery_id, d.channel_id, d.attempts, d.tries, d.message, d.created_at)
        SELECT t.tenant_id, t.delivery_id, t.attempts, t.tries, t.message, t.created_at, c.kind, c.target, c.secret, CASE WHEN c.old_secret_until > $1 THEN c.old_secret END
        FROM taken AS t LEFT JOIN channels AS c ON c.tenant_id = t.tenant_id AND c.channel_id = t.channel_id
        """;

    private static readonly string Write = $"""
        UPDATE deliveries SET state = $4, leased_until = NULL, next_at = coalesce($5, next_at), settled_at = $6,
          log = CASE WHEN jsonb_array_length(log) >= {KeptAttempts} THEN log - 0 ELSE log END || $7
        WHERE tenant_id = $1 AND delivery_id = $2 AND attempts = $3 AND state = 1
        """;

    /// <summary>Null when nothing is due.</summary>
    public async Task<Sealed?> TakeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        var taken = await ReadAsync(session.Connection, now, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return taken;
    }

    /// <summary>Of a delivery that another has taken on since, nothing is written.</summary>
    /// <param name="again">When to try again; null: never.</param>
    public async Task SettleAsync(Sealed delivery, Outcome outcome, DateTimeOffset began, DateTimeOffset? again, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var state = outcome.Delivered ? DeliveryState.Delivered : again is null ? DeliveryState.GivenUp : DeliveryState.Waiting;
        var entry = JsonSerializer.Serialize(new DeliveryAttempt(began, (int)(now - began).TotalMilliseconds, outcome.Status, outcome.Error), JsonSerializerOptions.Web);
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using (var command = new NpgsqlCommand(Write, session.Connection))
        {
            command.Parameters.Add(new() { Value = delivery.Tenant });
            command.Parameters.Add(new() { Value = delivery.Id });
            command.Parameters.Add(new() { Value = delivery.Attempt });
            command.Parameters.Add(new() { Value = (short)state });
            command.Parameters.Add(Time(again));
            command.Parameters.Add(Time(state == DeliveryState.Waiting ? null : now));
            command.Parameters.Add(new() { Value = entry, NpgsqlDbType = NpgsqlDbType.Jsonb });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await session.CommitAsync(cancellationToken);
    }

    private static async Task<Sealed?> ReadAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Take, connection) { Parameters = { Time(now), Time(now + Lease) } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        string? Text(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);
        return new(
            reader.GetString(0), reader.GetGuid(1), reader.GetInt32(2), reader.GetInt32(3), reader.IsDBNull(6) ? null : (ChannelKind)reader.GetInt16(6), Message.Parse(reader.GetString(4)),
            reader.GetFieldValue<DateTimeOffset>(5), Text(7), [.. new[] { Text(8), Text(9) }.OfType<string>()]);
    }

    private static NpgsqlParameter Time(DateTimeOffset? at) => new() { Value = at is { } known ? known.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
