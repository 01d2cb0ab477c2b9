using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Alerts;

/// <summary>Stored by number, so the order is fixed.</summary>
public enum AlertSeverity : short { Warning = 1, Critical = 2 }

/// <summary>Something that is wrong and that a person must know of: open from when it was found until it is found no more. Of one source and key only one is open at a time.</summary>
internal sealed class Alert
{
    /// <summary>The tenant id of alerts that concern no single tenant.</summary>
    public const string Platform = "";

    public required string TenantId { get; init; }
    public required Guid AlertId { get; init; }
    /// <summary>What watches: a job or a rule, by a name that people read.</summary>
    public required string Source { get; init; }
    /// <summary>What it is about, among the alerts of its source and tenant.</summary>
    public required string Key { get; init; }
    public AlertSeverity Severity { get; init; }
    public required string Title { get; init; }
    public required string Detail { get; init; }
    /// <summary>The page that shows more, from the root of the console.</summary>
    public required string Link { get; init; }
    /// <summary>See <see cref="AlertNotice.IsTenants"/>.</summary>
    public bool IsTenants { get; init; }
    public DateTimeOffset RaisedAt { get; init; }
    /// <summary>When it was last found to be so.</summary>
    public DateTimeOffset SeenAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public string? AcknowledgedBy { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Alert>
    {
        public void Configure(EntityTypeBuilder<Alert> builder)
        {
            builder.ToTable("alerts").HasKey(alert => new { alert.TenantId, alert.AlertId });
            foreach (var name in new[] { nameof(TenantId), nameof(Source), nameof(Key) })
                builder.Property(name).UseCollation("C");
            builder.Property(alert => alert.Key).HasColumnName("alert_key");
            builder.HasIndex(alert => new { alert.TenantId, alert.Source, alert.Key }).IsUnique().HasFilter("closed_at IS NULL");
            builder.HasIndex(alert => new { alert.TenantId, alert.ClosedAt });
        }
    }
}
