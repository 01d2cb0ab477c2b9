using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Access.Audit;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Access;

/// <summary>A change that someone made, for the audit.</summary>
/// <param name="Tenant">Whose log it is in; the empty string is the platform's own.</param>
/// <param name="Action">A noun and a verb: <c>prices.import</c>.</param>
/// <param name="Subject">What was changed: an id, or a name a person knows.</param>
public sealed record AuditRecord(string Tenant, Actor Actor, string Action, string Subject, JsonNode? Before = null, JsonNode? After = null);

/// <summary>
/// The append-only log of changes. Each tenant's entries are a chain: an entry's hash covers its content and the hash before it, so that an entry changed or removed
/// later is found. Written in the transaction of the change itself: neither is there without the other.
/// </summary>
public sealed class AuditLog(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, bool> _grown = new(StringComparer.Ordinal);

    private const string MakeHead = "INSERT INTO audit_heads (tenant_id, sequence, hash) VALUES ($1, 0, '') ON CONFLICT DO NOTHING";

    /// <summary>Locks the tenant's chain until the transaction ends. The documents come back as PostgreSQL writes them, which is what is hashed.</summary>
    private const string LockHead = "SELECT sequence, hash, $2::jsonb::text, $3::jsonb::text FROM audit_heads WHERE tenant_id = $1 FOR UPDATE";

    private const string Insert = """
        WITH head AS (UPDATE audit_heads SET sequence = $2, hash = $12 WHERE tenant_id = $1)
        INSERT INTO audit_entries (tenant_id, sequence, at, actor, action, subject, before, after, address, trace_id, previous_hash, hash, on_behalf_of)
        VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9, $10, $11, $12, $13)
        """;

    private const string IsThere = "SELECT EXISTS (SELECT FROM audit_entries WHERE tenant_id = $1 AND at >= $2 AND action = $3 AND subject = $4 AND actor = $5)";

    /// <summary>Adds an entry, in the transaction that is open on the connection.</summary>
    public async Task AppendAsync(NpgsqlConnection connection, AuditRecord record, CancellationToken cancellationToken)
    {
        await using (var head = new NpgsqlCommand(MakeHead, connection) { Parameters = { new() { Value = record.Tenant } } })
            await head.ExecuteNonQueryAsync(cancellationToken);
        var entry = await NextAsync(connection, record, cancellationToken);
        await using var insert = new NpgsqlCommand(Insert, connection);
        foreach (var (value, type) in entry.Values()) insert.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        await insert.ExecuteNonQueryAsync(cancellationToken);
        _grown[record.Tenant] = true;
    }

    /// <summary>Adds an entry unless the same actor did the same to the same subject since then: for what is looked at again and again.</summary>
    public async Task AppendOnceAsync(NpgsqlConnection connection, AuditRecord record, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand(IsThere, connection))
        {
            foreach (var value in new object[] { record.Tenant, since.UtcDateTime, record.Action, record.Subject, record.Actor.Name }) command.Parameters.Add(new() { Value = value });
            if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!) return;
        }
        await AppendAsync(connection, record, cancellationToken);
    }

    /// <summary>The tenants whose logs have grown since this was last asked.</summary>
    internal IReadOnlyList<string> TakeGrown()
    {
        if (_grown.IsEmpty) return [];
        return [.. _grown.Keys.Where(tenant => _grown.TryRemove(tenant, out _))];
    }

    private async Task<AuditEntry> NextAsync(NpgsqlConnection connection, AuditRecord record, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LockHead, connection);
        command.Parameters.Add(new() { Value = record.Tenant, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Text(record.Before), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Text(record.After), NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var entry = new AuditEntry
        {
            TenantId = record.Tenant,
            Sequence = reader.GetInt64(0) + 1,
            // The store keeps microseconds, and the hash must be of what it keeps.
            At = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)),
            Actor = record.Actor.Name,
            Action = record.Action,
            Subject = record.Subject,
            Before = reader.IsDBNull(2) ? null : reader.GetString(2),
            After = reader.IsDBNull(3) ? null : reader.GetString(3),
            Address = record.Actor.Address,
            TraceId = record.Actor.TraceId,
            OnBehalfOf = record.Actor.OnBehalfOf,
            PreviousHash = reader.GetFieldValue<byte[]>(1),
        };
        entry.Hash = new AuditHasher().Hash(entry);
        return entry;
    }

    private static object Text(JsonNode? json) => json is null ? DBNull.Value : json.ToJsonString(JsonSerializerOptions.Web);
}
