using AgentConsole.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Limits;

/// <summary>How much someone or something may use in a window, as it is kept. What was used is nowhere in it: that is counted (<see cref="Limiter"/>) and in the ledger.</summary>
internal sealed class Limit
{
    /// <summary>A tenant, or <see cref="LimitScope.Each"/>: every tenant, which is nobody's own.</summary>
    public required string TenantId { get; init; }
    public required Guid LimitId { get; init; }
    public string? Team { get; set; }
    public string? User { get; set; }
    public string? Key { get; set; }
    public string? Model { get; set; }
    public string? Provider { get; set; }
    public string? Session { get; set; }
    public LimitMeasure Measure { get; set; }
    /// <summary>USD of money, else a whole number.</summary>
    public decimal Max { get; set; }
    /// <summary>Null of concurrency.</summary>
    public LimitWindow? Window { get; set; }
    public LimitAction Action { get; set; }
    /// <summary>From then on it is as if it were not there.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
    public string? Reason { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? ChangedAt { get; set; }
    public string? ChangedBy { get; set; }

    public void Take(LimitDraft draft) =>
        (Team, User, Key, Model, Provider, Session, Measure, Max, Window, Action, ExpiresAt, Reason) =
        (draft.Scope.Team, draft.Scope.User, draft.Scope.Key, draft.Scope.Model, draft.Scope.Provider, draft.Scope.Session, draft.Measure, draft.Max, draft.Window, draft.Action, draft.ExpiresAt, draft.Reason);

    private sealed class Mapping : IEntityTypeConfiguration<Limit>
    {
        public void Configure(EntityTypeBuilder<Limit> builder)
        {
            builder.ToTable("limits").HasKey(limit => new { limit.TenantId, limit.LimitId });
            builder.Property(limit => limit.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
            foreach (var name in new[] { nameof(Team), nameof(User), nameof(Key), nameof(Model), nameof(Provider), nameof(Session) })
                builder.Property(name).HasMaxLength(LimitDraft.MaxNameLength).UseCollation("C");
            builder.Property(limit => limit.User).HasColumnName("user_id");
            builder.Property(limit => limit.Key).HasColumnName("key_id");
            builder.Property(limit => limit.Max).HasColumnName("max_value").HasPrecision(28, 12);
            builder.Property(limit => limit.Window).HasColumnName("window_of");
            builder.Property(limit => limit.Reason).HasMaxLength(LimitDraft.MaxReasonLength);
        }
    }
}

/// <summary>One row per tenant whose limits were ever changed: counts the changes, and so tells nodes that what they hold is old.</summary>
internal sealed class LimitVersion
{
    public required string TenantId { get; init; }
    public long Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LimitVersion>
    {
        public void Configure(EntityTypeBuilder<LimitVersion> builder)
        {
            builder.ToTable("limit_versions").HasKey(version => version.TenantId);
            builder.Property(version => version.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
        }
    }
}

/// <summary>What a request came to by its sender's own word, until the ledger has its event, which then counts instead.</summary>
internal sealed class LimitSettlement
{
    public required string TenantId { get; init; }
    public required string RequestId { get; init; }
    /// <summary>When it was reserved: what it came to counts in the windows of then.</summary>
    public DateTimeOffset ReservedAt { get; init; }
    public DateTimeOffset SettledAt { get; init; }
    public string? Team { get; init; }
    public string? User { get; init; }
    public string? Key { get; init; }
    public string? Model { get; init; }
    public string? Provider { get; init; }
    public string? Session { get; init; }
    public long Tokens { get; init; }
    public decimal Cost { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LimitSettlement>
    {
        public void Configure(EntityTypeBuilder<LimitSettlement> builder)
        {
            builder.ToTable("limit_settlements").HasKey(settlement => new { settlement.TenantId, settlement.RequestId });
            builder.HasIndex(settlement => new { settlement.TenantId, settlement.ReservedAt });
            builder.Property(settlement => settlement.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
            foreach (var name in new[] { nameof(RequestId), nameof(Team), nameof(User), nameof(Key), nameof(Model), nameof(Provider), nameof(Session) })
                builder.Property(name).HasMaxLength(LimitDraft.MaxNameLength).UseCollation("C");
            builder.Property(settlement => settlement.User).HasColumnName("user_id");
            builder.Property(settlement => settlement.Key).HasColumnName("key_id");
            builder.Property(settlement => settlement.Cost).HasPrecision(28, 12);
        }
    }
}

/// <summary>What the last comparison of a limit's counters with the ledger found. One row per tenant and limit that holds there.</summary>
internal sealed class LimitCheck
{
    public required string TenantId { get; init; }
    public required Guid LimitId { get; init; }
    public DateTimeOffset CheckedAt { get; init; }
    /// <summary>How many meters the limit has: one per subject with use in the present window.</summary>
    public int Meters { get; init; }
    /// <summary>What the counters said of them, before any repair, in the limit's unit.</summary>
    public decimal Counted { get; init; }
    public decimal Ledger { get; init; }
    public decimal Held { get; init; }
    /// <summary>By how much spent was above the maximum, over all meters.</summary>
    public decimal Overshoot { get; init; }
    /// <summary>What the check added to the counters or took from them, both as positive numbers.</summary>
    public decimal Repaired { get; init; }
    public long Repairs { get; init; }
    public DateTimeOffset? RepairedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LimitCheck>
    {
        public void Configure(EntityTypeBuilder<LimitCheck> builder)
        {
            builder.ToTable("limit_checks").HasKey(check => new { check.TenantId, check.LimitId });
            builder.Property(check => check.TenantId).HasMaxLength(Tenant.MaxIdLength).UseCollation("C");
            foreach (var name in new[] { nameof(Counted), nameof(Ledger), nameof(Held), nameof(Overshoot), nameof(Repaired) }) builder.Property(name).HasPrecision(38, 12);
        }
    }
}
