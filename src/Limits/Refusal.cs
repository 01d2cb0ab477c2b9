using AgentConsole.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Limits;

/// <summary>A request that was refused, and why. Of each tenant the newest are kept (<see cref="RecordRefusals.KeptPerTenant"/>); all are counted (<see cref="RefusalHour"/>).</summary>
internal sealed class Refusal
{
    public required string TenantId { get; init; }
    /// <summary>In the order of time.</summary>
    public required Guid RefusalId { get; init; }
    public DateTimeOffset RefusedAt { get; init; }
    public required string RequestId { get; init; }
    public Guid LimitId { get; init; }
    /// <summary>The limit as it was then (<see cref="LimitRow"/>): it may be another by now, or gone.</summary>
    public required string LimitThen { get; init; }
    public LimitRefusalReason Reason { get; init; }
    /// <summary>In the limit's unit; null: it was not known. So with <see cref="Asked"/>.</summary>
    public decimal? Remaining { get; init; }
    public decimal? Asked { get; init; }
    public DateTimeOffset? ResetsAt { get; init; }
    public string? Team { get; init; }
    public string? User { get; init; }
    public string? Key { get; init; }
    public string? Model { get; init; }
    public string? Provider { get; init; }
    public string? Session { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Refusal>
    {
        public void Configure(EntityTypeBuilder<Refusal> builder)
        {
            builder.ToTable("limit_refusals").HasKey(refusal => new { refusal.TenantId, refusal.RefusalId });
            builder.HasIndex(refusal => refusal.RefusedAt);
            builder.Property(refusal => refusal.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
            foreach (var name in new[] { nameof(RequestId), nameof(Team), nameof(User), nameof(Key), nameof(Model), nameof(Provider), nameof(Session) })
                builder.Property(name).HasMaxLength(LimitDraft.MaxNameLength).UseCollation("C");
            builder.Property(refusal => refusal.User).HasColumnName("user_id");
            builder.Property(refusal => refusal.Key).HasColumnName("key_id");
            builder.Property(refusal => refusal.LimitThen).HasColumnType("jsonb");
            foreach (var name in new[] { nameof(Remaining), nameof(Asked) }) builder.Property(name).HasPrecision(38, 12);
        }
    }
}

/// <summary>How many requests a limit refused in an hour.</summary>
internal sealed class RefusalHour
{
    public required string TenantId { get; init; }
    public required Guid LimitId { get; init; }
    public DateTimeOffset Hour { get; init; }
    public long Refusals { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<RefusalHour>
    {
        public void Configure(EntityTypeBuilder<RefusalHour> builder)
        {
            builder.ToTable("limit_refusal_hours").HasKey(hour => new { hour.TenantId, hour.LimitId, hour.Hour });
            builder.Property(hour => hour.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
        }
    }
}
