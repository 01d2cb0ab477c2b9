using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Usage;

/// <summary>That an event was taken: one row per (tenant, event id, source), whatever its time, so that a repeat is known. It also says in which partition to look.</summary>
internal sealed class UsageKey
{
    public required string TenantId { get; init; }
    public required string EventId { get; init; }
    public required string Source { get; init; }
    public DateTimeOffset OccurredAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<UsageKey>
    {
        public void Configure(EntityTypeBuilder<UsageKey> builder)
        {
            builder.ToTable("usage_keys").HasKey(key => new { key.TenantId, key.EventId, key.Source });
            builder.Property(key => key.TenantId).UseCollation("C");
            builder.Property(key => key.EventId).UseCollation("C");
            builder.Property(key => key.Source).UseCollation("C");
        }
    }
}
