using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Access;

/// <summary>A time during which a tenant's texts were stored, now over: it tells why a request of then has one or has none. The one that is not over is <see cref="Tenant.ContentsSince"/>.</summary>
public sealed class ContentPeriod
{
    public required string TenantId { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ContentPeriod>
    {
        public void Configure(EntityTypeBuilder<ContentPeriod> builder)
        {
            builder.ToTable("content_periods").HasKey(period => new { period.TenantId, period.StartedAt });
            builder.Property(period => period.TenantId).UseCollation("C");
        }
    }
}
