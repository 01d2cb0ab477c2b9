using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Notify;

/// <summary>
/// Writes a message for each of some channels, in the transaction that is open on the connection: neither is there without the other. It is sent within a second or two of the commit.
/// </summary>
public sealed class EnqueueMessages(TimeProvider time)
{
    /// <summary>Of one tenant; beyond it a message is written down as given up, and not sent.</summary>
    public const int MostWaiting = 10_000;

    private const string NoChannel = """[{"error":"The channel was removed before this message."}]""";
    private const string Full = """[{"error":"So many messages wait that this one was not taken on."}]""";

    private static readonly string Sql = $"""
        WITH waiting AS (SELECT count(*) AS n FROM (SELECT FROM deliveries WHERE tenant_id = $1 AND state = 1 LIMIT {MostWaiting}) AS w)
        INSERT INTO deliveries (tenant_id, delivery_id, channel_id, channel_name, kind, message_type, title, message, state, attempts, tries, next_at, log, created_at, settled_at)
        SELECT $1, d.delivery_id, d.channel_id, coalesce(c.name, 'removed'), c.kind, $4, $5, $6, CASE WHEN c.name IS NULL OR waiting.n >= {MostWaiting} THEN 3 ELSE 1 END, 0, 0, $7,
               CASE WHEN c.name IS NULL THEN '{NoChannel}' WHEN waiting.n >= {MostWaiting} THEN '{Full}' ELSE '[]' END::jsonb, $7, CASE WHEN c.name IS NULL OR waiting.n >= {MostWaiting} THEN $7 END
        FROM waiting, unnest($2, $3) AS d(delivery_id, channel_id) LEFT JOIN channels AS c ON c.tenant_id = $1 AND c.channel_id = d.channel_id
        """;

    /// <summary>The deliveries, in the order of the channels.</summary>
    public async Task<IReadOnlyList<Guid>> ExecuteAsync(NpgsqlConnection connection, string tenant, IReadOnlyList<Guid> channels, Message message, CancellationToken cancellationToken)
    {
        if (channels.Count == 0) return [];
        var now = time.GetUtcNow();
        Guid[] ids = [.. channels.Select(_ => Guid.CreateVersion7(now))];
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = channels.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        foreach (var text in new[] { message.Type, message.Title, message.ToJson() }) command.Parameters.Add(new() { Value = text, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return ids;
    }
}
