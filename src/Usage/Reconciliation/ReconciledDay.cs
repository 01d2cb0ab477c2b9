using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Usage.Reconciliation;

/// <summary>A tenant's UTC day, events compared with rollups. The latest comparison is kept.</summary>
internal sealed class ReconciledDay
{
    public required string TenantId { get; init; }
    public required DateOnly Day { get; init; }
    public DateTimeOffset CheckedAt { get; init; }
    /// <summary>What the ledger has, up to the rollups' watermark.</summary>
    public long Requests { get; init; }
    public long Tokens { get; init; }
    public decimal Cost { get; init; }
    /// <summary>One sentence for each rollup that says otherwise; empty when all agree.</summary>
    public string[] Differences { get; init; } = [];

    private sealed class Mapping : IEntityTypeConfiguration<ReconciledDay>
    {
        public void Configure(EntityTypeBuilder<ReconciledDay> builder)
        {
            builder.ToTable("usage_reconciliations").HasKey(day => new { day.TenantId, day.Day });
            builder.Property(day => day.TenantId).UseCollation("C");
            builder.Property(day => day.Cost).HasPrecision(38, 12);
        }
    }
}
