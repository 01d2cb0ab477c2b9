using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Usage;

/// <summary><c>usage_events</c>, partitioned by month of <c>occurred_at</c> (the migration says so; EF cannot).</summary>
internal sealed class UsageEventMapping : IEntityTypeConfiguration<UsageEvent>
{
    public void Configure(EntityTypeBuilder<UsageEvent> builder)
    {
        builder.ToTable("usage_events").HasKey(usage => new { usage.TenantId, usage.OccurredAt, usage.Id, usage.Source });
        foreach (var text in typeof(UsageEvent).GetProperties().Where(static property => property.PropertyType == typeof(string)))
            builder.Property(text.Name).UseCollation("C");
        builder.Property(usage => usage.Id).HasColumnName("event_id");
        builder.Property(usage => usage.User).HasColumnName("user_id");
        builder.Property(usage => usage.Key).HasColumnName("key_id");
        builder.Property(usage => usage.Cost).HasPrecision(28, 12);
        builder.Property(usage => usage.CostReported).HasPrecision(28, 12);
        builder.Property(usage => usage.Conflicts).HasColumnType("text[]");
        builder.Property(usage => usage.ToolUses).HasColumnType("json").UseCollation(null);
        builder.Property(usage => usage.RawUsage).HasColumnType("json").UseCollation(null);
        builder.Property(usage => usage.Attempts).HasColumnType("json").UseCollation(null);
        builder.Property(usage => usage.Hops).HasColumnType("json").UseCollation(null);
        builder.Property(usage => usage.Tags).HasColumnType("jsonb").UseCollation(null);
        builder.ComplexProperty(usage => usage.Tokens, MapTokens);
    }

    private static void MapTokens(ComplexPropertyBuilder<TokenCounts> tokens)
    {
        foreach (var bucket in TokenCounts.Buckets)
            tokens.Property<long>(bucket.ToString()).HasColumnName(bucket.Column());
        tokens.Ignore(counts => counts.Total);
        tokens.Ignore(counts => counts.InputTotal);
        tokens.Ignore(counts => counts.OutputTotal);
    }
}
