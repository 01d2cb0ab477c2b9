using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Usage.Contents;

/// <summary>The texts of one request, beside the ledger and with a life of their own. Nothing but <see cref="RevealContent"/> reads them.</summary>
internal sealed class StoredContent
{
    public required string TenantId { get; init; }
    public required string EventId { get; init; }
    public required string Source { get; init; }
    public required DateTimeOffset StoredAt { get; init; }
    /// <summary>Messages as JSON, in our own shape.</summary>
    public string? Input { get; init; }
    /// <summary>As it came, before it was cut.</summary>
    public long InputBytes { get; init; }
    public bool InputCut { get; init; }
    public string? Output { get; init; }
    public long OutputBytes { get; init; }
    public bool OutputCut { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<StoredContent>
    {
        public void Configure(EntityTypeBuilder<StoredContent> builder)
        {
            builder.ToTable("usage_contents").HasKey(content => new { content.TenantId, content.EventId, content.Source });
            // Texts go in the order in which they came, tenant by tenant.
            builder.HasIndex(content => new { content.TenantId, content.StoredAt });
            builder.Property(content => content.TenantId).UseCollation("C");
            builder.Property(content => content.EventId).UseCollation("C");
            builder.Property(content => content.Source).UseCollation("C");
        }
    }
}
