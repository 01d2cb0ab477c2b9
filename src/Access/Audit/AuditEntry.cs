using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
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
    /// <summary>Of the entry before; empty at the first.</summary>
    public required byte[] PreviousHash { get; init; }
    public byte[] Hash { get; set; } = [];

    public static AuditEntry Of(NpgsqlDataReader reader) => new()
    {
        TenantId = reader.GetString(0),
        Sequence = reader.GetInt64(1),
        At = reader.GetDateTime(2),
        Actor = reader.GetString(3),
        Action = reader.GetString(4),
        Subject = reader.GetString(5),
        Before = reader.IsDBNull(6) ? null : reader.GetString(6),
        After = reader.IsDBNull(7) ? null : reader.GetString(7),
        Address = reader.IsDBNull(8) ? null : reader.GetString(8),
        TraceId = reader.IsDBNull(9) ? null : reader.GetString(9),
        PreviousHash = reader.GetFieldValue<byte[]>(10),
        Hash = reader.GetFieldValue<byte[]>(11),
    };

    /// <summary>In the order of the table's columns.</summary>
    public (object? Value, NpgsqlDbType Type)[] Values() =>
    [
        (TenantId, NpgsqlDbType.Text), (Sequence, NpgsqlDbType.Bigint), (At, NpgsqlDbType.TimestampTz), (Actor, NpgsqlDbType.Text), (Action, NpgsqlDbType.Text),
        (Subject, NpgsqlDbType.Text), (Before, NpgsqlDbType.Text), (After, NpgsqlDbType.Text), (Address, NpgsqlDbType.Text), (TraceId, NpgsqlDbType.Text),
        (PreviousHash, NpgsqlDbType.Bytea), (Hash, NpgsqlDbType.Bytea),
    ];

    /// <summary>SHA-256 over the hash before and every field, each with its length before it, so that no two entries have the same bytes.</summary>
    public byte[] ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, PreviousHash);
        Span<byte> numbers = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(numbers, Sequence);
        BinaryPrimitives.WriteInt64BigEndian(numbers[8..], At.Ticks);
        Add(hash, numbers);
        foreach (var text in new[] { TenantId, Actor, Action, Subject, Before, After, Address, TraceId })
            Add(hash, text is null ? null : Encoding.UTF8.GetBytes(text));
        return hash.GetHashAndReset();
    }

    /// <summary>Null and empty differ: their lengths are -1 and 0.</summary>
    private static void Add(IncrementalHash hash, byte[]? bytes)
    {
        if (bytes is not null) Add(hash, bytes.AsSpan());
        else hash.AppendData([0xff, 0xff, 0xff, 0xff]);
    }

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    private sealed class Mapping : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> builder)
        {
            builder.ToTable("audit_entries").HasKey(entry => new { entry.TenantId, entry.Sequence });
            builder.Property(entry => entry.TenantId).UseCollation("C");
            builder.Property(entry => entry.Sequence).ValueGeneratedNever();
            builder.Property(entry => entry.Before).HasColumnType("jsonb");
            builder.Property(entry => entry.After).HasColumnType("jsonb");
        }
    }
}

/// <summary>Where a tenant's chain ends; locked while an entry is added.</summary>
internal sealed class AuditHead
{
    public required string TenantId { get; init; }
    public long Sequence { get; init; }
    public byte[] Hash { get; init; } = [];

    private sealed class Mapping : IEntityTypeConfiguration<AuditHead>
    {
        public void Configure(EntityTypeBuilder<AuditHead> builder)
        {
            builder.ToTable("audit_heads").HasKey(head => head.TenantId);
            builder.Property(head => head.TenantId).UseCollation("C");
        }
    }
}
