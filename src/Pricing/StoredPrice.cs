using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Pricing;

/// <summary>A price row as the store keeps it; never changed but for its retirement. The empty tenant holds the list, a tenant its contract.</summary>
internal sealed class StoredPrice
{
    /// <summary>The tenant id of list prices.</summary>
    public const string List = "";

    public required string TenantId { get; init; }
    public required Guid RowId { get; init; }
    /// <summary><see cref="PriceRow.Id"/>: among rows that are not retired, one of each.</summary>
    public required string PriceId { get; init; }
    /// <summary><see cref="PriceRow.Key"/>: likewise.</summary>
    public required string PriceKey { get; init; }
    /// <summary>In the form of <see cref="PriceJson"/>.</summary>
    public required string Document { get; init; }
    public required string Origin { get; init; }
    public DateTimeOffset AddedAt { get; init; }
    public required string AddedBy { get; init; }
    public DateTimeOffset? RetiredAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<StoredPrice>
    {
        public void Configure(EntityTypeBuilder<StoredPrice> builder)
        {
            builder.ToTable("price_rows").HasKey(row => new { row.TenantId, row.RowId });
            foreach (var name in new[] { nameof(TenantId), nameof(PriceId), nameof(PriceKey), nameof(Origin) })
                builder.Property(name).UseCollation("C");
            builder.Property(row => row.Document).HasColumnType("jsonb");
            builder.HasIndex(row => new { row.TenantId, row.PriceKey }).IsUnique().HasFilter("retired_at IS NULL");
        }
    }
}

/// <summary>One row per tenant with stored prices: counts the changes, is locked while they are made, and tells nodes that theirs are old.</summary>
internal sealed class PriceVersion
{
    public required string TenantId { get; init; }
    public long Version { get; init; }
    /// <summary>By the clock of the store, so that nodes agree on how long ago it was.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<PriceVersion>
    {
        public void Configure(EntityTypeBuilder<PriceVersion> builder)
        {
            builder.ToTable("price_versions").HasKey(version => version.TenantId);
            builder.Property(version => version.TenantId).UseCollation("C");
        }
    }
}
