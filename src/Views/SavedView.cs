using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Views;

/// <summary>The address of a page under a name: someone's own, or everyone's in a tenant. It holds no data; whoever opens it sees what they may see.</summary>
internal sealed class SavedView
{
    /// <summary>The tenant id of the own views of those who have no tenant.</summary>
    public const string Platform = "";

    /// <summary>The owner of a view that is everyone's in its tenant.</summary>
    public const string Everyone = "";

    public required string TenantId { get; init; }
    public required Guid ViewId { get; init; }
    /// <summary>Whose it is, as the audit calls them.</summary>
    public required string Owner { get; init; }
    /// <summary>The page.</summary>
    public required string Path { get; init; }
    public required string Name { get; init; }
    /// <summary>Path and query.</summary>
    public required string Link { get; init; }
    /// <summary>Opened where the page is opened without anything said.</summary>
    public bool IsDefault { get; init; }
    public DateTimeOffset SavedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<SavedView>
    {
        public void Configure(EntityTypeBuilder<SavedView> builder)
        {
            builder.ToTable("saved_views").HasKey(view => new { view.TenantId, view.ViewId });
            foreach (var name in new[] { nameof(TenantId), nameof(Owner), nameof(Path), nameof(Name) })
                builder.Property(name).UseCollation("C");
            builder.HasIndex(view => new { view.TenantId, view.Owner, view.Path, view.Name }).IsUnique();
        }
    }
}
