using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access.Keys;

/// <summary>An API key as the store keeps it: everything but the secret, of which there is only the hash.</summary>
internal sealed class ApiKey
{
    /// <summary>The tenant, or <see cref="Caller.PlatformMark"/> for a key of the platform: no tenant's id, and never absent.</summary>
    public required string TenantId { get; init; }
    /// <summary>Random and no secret: a part of the key itself, by which it is looked up.</summary>
    public required string KeyId { get; init; }
    public required string Name { get; init; }
    public required string[] Scopes { get; init; }
    /// <summary>As <see cref="AddressRange"/> writes them; empty: from anywhere.</summary>
    public required string[] AllowedAddresses { get; init; }
    /// <summary>SHA-256 of the whole key.</summary>
    public required byte[] SecretHash { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public string? RevokedBy { get; init; }
    /// <summary>To the minute or so.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
    /// <summary>The key that takes its place.</summary>
    public string? RotatedTo { get; init; }
    /// <summary>Set with <see cref="RotatedTo"/>: until then both work.</summary>
    public DateTimeOffset? GraceUntil { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ApiKey>
    {
        public void Configure(EntityTypeBuilder<ApiKey> builder)
        {
            builder.ToTable("api_keys").HasKey(key => new { key.TenantId, key.KeyId });
            builder.Property(key => key.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
            builder.Property(key => key.KeyId).HasMaxLength(KeySecret.IdLength).UseCollation("C");
            builder.Property(key => key.Name).HasMaxLength(CreateKey.MaxNameLength);
        }
    }
}

/// <summary>How many requests came with a key in an hour.</summary>
internal sealed class ApiKeyUse
{
    public required string TenantId { get; init; }
    public required string KeyId { get; init; }
    public DateTimeOffset Hour { get; init; }
    public long Requests { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ApiKeyUse>
    {
        public void Configure(EntityTypeBuilder<ApiKeyUse> builder)
        {
            builder.ToTable("api_key_uses").HasKey(use => new { use.TenantId, use.KeyId, use.Hour });
            builder.Property(use => use.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
            builder.Property(use => use.KeyId).HasMaxLength(KeySecret.IdLength).UseCollation("C");
        }
    }
}

/// <summary>One row per tenant whose keys or status were ever changed: counts the changes, and so tells nodes that what they hold is old.</summary>
internal sealed class AccessVersion
{
    public required string TenantId { get; init; }
    public long Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<AccessVersion>
    {
        public void Configure(EntityTypeBuilder<AccessVersion> builder)
        {
            builder.ToTable("access_versions").HasKey(version => version.TenantId);
            builder.Property(version => version.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
        }
    }
}
