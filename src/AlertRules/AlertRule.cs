using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.AlertRules;

/// <summary>Something that a tenant wants to be told of: a measure and when it is wrong.</summary>
internal sealed class AlertRule
{
    public required string TenantId { get; init; }
    public required Guid RuleId { get; init; }
    /// <summary>A <see cref="RuleDefinition"/> as JSON.</summary>
    public required string Definition { get; set; }
    /// <summary>Grows with each change: what was pending or firing begins anew.</summary>
    public int Revision { get; set; }
    public DateTimeOffset? EvaluatedAt { get; set; }
    /// <summary>Why it could not be measured when it was last looked at; null when it could.</summary>
    public string? Problem { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset ChangedAt { get; set; }
    public required string ChangedBy { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<AlertRule>
    {
        public void Configure(EntityTypeBuilder<AlertRule> builder)
        {
            builder.ToTable("alert_rules").HasKey(rule => new { rule.TenantId, rule.RuleId });
            builder.Property(rule => rule.TenantId).UseCollation("C");
            builder.Property(rule => rule.Definition).HasColumnType("jsonb");
        }
    }
}

/// <summary>How a subject of a rule is; there is none of a subject that is well.</summary>
internal sealed class AlertRuleState
{
    public required string TenantId { get; init; }
    public required Guid RuleId { get; init; }
    /// <summary>Empty unless the rule watches each.</summary>
    public required string Subject { get; init; }
    public bool IsFiring { get; init; }
    /// <summary>Since when it is wrong without a break; null when it is not now.</summary>
    public DateTimeOffset? WrongSince { get; init; }
    /// <summary>Since when it is well again, of one that fires.</summary>
    public DateTimeOffset? WellSince { get; init; }
    /// <summary>Whether people were told; not, while it is muted.</summary>
    public bool IsTold { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<AlertRuleState>
    {
        public void Configure(EntityTypeBuilder<AlertRuleState> builder)
        {
            builder.ToTable("alert_rule_states").HasKey(state => new { state.TenantId, state.RuleId, state.Subject });
            builder.Property(state => state.TenantId).UseCollation("C");
            builder.Property(state => state.Subject).UseCollation("C");
        }
    }
}
