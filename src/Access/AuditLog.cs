using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Access.Audit;
using AgentConsole.Platform.Data;
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
public sealed class AuditLog(Database database, TimeProvider time)
{
    private const string MakeHead = "INSERT INTO audit_heads (tenant_id, sequence, hash) VALUES ($1, 0, '') ON CONFLICT DO NOTHING";

    /// <summary>Locks the tenant's chain until the transaction ends. The documents come back as PostgreSQL writes them, which is what is hashed.</summary>
    private const string LockHead = "SELECT sequence, hash, $2::jsonb::text, $3::jsonb::text FROM audit_heads WHERE tenant_id = $1 FOR UPDATE";

    private const string Insert = """
        WITH head AS (UPDATE audit_heads SET sequence = $2, hash = $12 WHERE tenant_id = $1)
        INSERT INTO audit_entries (tenant_id, sequence, at, actor, action, subject, before, after, address, trace_id, previous_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9, $10, $11, $12)
        """;

    private const string Read = """
        SELECT tenant_id, sequence, at, actor, action, subject, before::text, after::text, address, trace_id, previous_hash, hash
        FROM audit_entries WHERE tenant_id = $1 ORDER BY sequence
        """;

    /// <summary>Adds an entry, in the transaction that is open on the connection.</summary>
    public async Task AppendAsync(NpgsqlConnection connection, AuditRecord record, CancellationToken cancellationToken)
    {
        await using (var head = new NpgsqlCommand(MakeHead, connection) { Parameters = { new() { Value = record.Tenant } } })
            await head.ExecuteNonQueryAsync(cancellationToken);
        var entry = await NextAsync(connection, record, cancellationToken);
        await using var insert = new NpgsqlCommand(Insert, connection);
        foreach (var (value, type) in entry.Values()) insert.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first entry of the tenant that is not what was written, or that does not follow the one before it; null when the chain is whole.</summary>
    public async Task<long?> FindBreakAsync(string tenant, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Read, connection) { Parameters = { new() { Value = tenant } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        byte[] previous = [];
        for (var expected = 1L; await reader.ReadAsync(cancellationToken); expected++)
        {
            var entry = AuditEntry.Of(reader);
            if (entry.Sequence != expected || !entry.PreviousHash.AsSpan().SequenceEqual(previous) || !entry.Hash.AsSpan().SequenceEqual(entry.ComputeHash())) return expected;
            previous = entry.Hash;
        }
        return null;
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
            PreviousHash = reader.GetFieldValue<byte[]>(1),
        };
        entry.Hash = entry.ComputeHash();
        return entry;
    }

    private static object Text(JsonNode? json) => json is null ? DBNull.Value : json.ToJsonString(JsonSerializerOptions.Web);
}
