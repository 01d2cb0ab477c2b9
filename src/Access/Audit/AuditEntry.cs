using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Access.Audit;

/// <summary>One change, as it was made. Never changed itself.</summary>
internal sealed class AuditEntry
{
    public required string TenantId { get; init; }
    /// <summary>From 1, without gaps, per tenant.</summary>
    public required long Sequence { get; init; }
    public required DateTime At { get; init; }
    public required string Actor { get; init; }
    public required string Action { get; init; }
    public required string Subject { get; init; }
    /// <summary>JSON, as PostgreSQL writes jsonb.</summary>
    public string? Before { get; init; }
    public string? After { get; init; }
    public string? Address { get; init; }
    public string? TraceId { get; init; }
    /// <summary>As whom the actor looked or acted: the tenant whose view it took; null: as itself.</summary>
    public string? OnBehalfOf { get; init; }
    /// <summary>Of the entry before; empty at the first.</summary>
    public required byte[] PreviousHash { get; init; }
    public byte[] Hash { get; set; } = [];

    /// <summary>In the order of <see cref="Of"/> and <see cref="Values"/>; the documents as PostgreSQL writes them, for that is what is hashed.</summary>
    public const string Columns = "tenant_id, sequence, at, actor, action, subject, before::text, after::text, address, trace_id, previous_hash, hash, on_behalf_of";

    public static AuditEntry Of(NpgsqlDataReader reader) => new()
    {
        TenantId = reader.GetString(0),
        Sequence = reader.GetInt64(1),
        At = reader.GetDateTime(2),
        Actor = reader.GetString(3),
        Action = reader.GetString(4),
        Subject = reader.GetString(5),
        Before = Text(reader, 6),
        After = Text(reader, 7),
        Address = Text(reader, 8),
        TraceId = Text(reader, 9),
        PreviousHash = reader.GetFieldValue<byte[]>(10),
        Hash = reader.GetFieldValue<byte[]>(11),
        OnBehalfOf = Text(reader, 12),
    };

    public (object? Value, NpgsqlDbType Type)[] Values() =>
    [
        (TenantId, NpgsqlDbType.Text), (Sequence, NpgsqlDbType.Bigint), (At, NpgsqlDbType.TimestampTz), (Actor, NpgsqlDbType.Text), (Action, NpgsqlDbType.Text),
        (Subject, NpgsqlDbType.Text), (Before, NpgsqlDbType.Text), (After, NpgsqlDbType.Text), (Address, NpgsqlDbType.Text), (TraceId, NpgsqlDbType.Text),
        (PreviousHash, NpgsqlDbType.Bytea), (Hash, NpgsqlDbType.Bytea), (OnBehalfOf, NpgsqlDbType.Text),
    ];

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private sealed class Mapping : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> builder)
        {
            builder.ToTable("audit_entries").HasKey(entry => new { entry.TenantId, entry.Sequence });
            builder.Property(entry => entry.TenantId).UseCollation("C");
            builder.Property(entry => entry.Sequence).ValueGeneratedNever();
            builder.Property(entry => entry.Before).HasColumnType("jsonb");
            builder.Property(entry => entry.After).HasColumnType("jsonb");
            builder.HasIndex(entry => new { entry.At, entry.TenantId, entry.Sequence }).HasDatabaseName("ix_audit_entries_at");
            builder.HasIndex(entry => new { entry.TenantId, entry.At, entry.Sequence }).HasDatabaseName("ix_audit_entries_tenant_at");
            builder.HasIndex(entry => new { entry.TenantId, entry.Sequence }).HasDatabaseName("ix_audit_entries_anchors").HasFilter($"action = '{AnchorAudit.Action}'");
        }
    }
}
