using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Views;

/// <summary>An arrangement of tiles, each the address of a page: someone's own, or everyone's in a tenant. It holds no data; whoever opens it sees what they may see.</summary>
internal sealed class Dashboard
{
    public required string TenantId { get; init; }
    public required Guid DashboardId { get; init; }
    /// <summary>As of a saved view.</summary>
    public required string Owner { get; init; }
    public required string Name { get; init; }
    /// <summary>JSON: the tiles in their order.</summary>
    public required string Tiles { get; init; }
    /// <summary>One more with each change: who changes an older one is told.</summary>
    public int Version { get; init; }
    public DateTimeOffset SavedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Dashboard>
    {
        public void Configure(EntityTypeBuilder<Dashboard> builder)
        {
            builder.ToTable("dashboards").HasKey(dashboard => new { dashboard.TenantId, dashboard.DashboardId });
            foreach (var name in new[] { nameof(TenantId), nameof(Owner), nameof(Name) })
                builder.Property(name).UseCollation("C");
            builder.Property(dashboard => dashboard.Tiles).HasColumnType("jsonb");
            builder.HasIndex(dashboard => new { dashboard.TenantId, dashboard.Owner, dashboard.Name }).IsUnique();
        }
    }
}
