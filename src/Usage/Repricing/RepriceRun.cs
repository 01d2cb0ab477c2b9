using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Usage.Repricing;

/// <summary>A re-pricing under way or done. Its row is locked while a batch is written, so one node works at a time; its cursor moves in the batch's transaction, so a killed node loses nothing.</summary>
internal sealed class RepriceRun
{
    /// <summary>Whose events; the empty string means every tenant's.</summary>
    public required string TenantId { get; init; }
    public required Guid RunId { get; init; }
    public DateTimeOffset RangeFrom { get; init; }
    public DateTimeOffset RangeTo { get; init; }
    public string? Provider { get; init; }
    public string? Model { get; init; }

    /// <summary>By number, see <see cref="RepriceState"/>.</summary>
    public RepriceState State { get; set; }
    /// <summary>The prices are those of this moment, though the book may change meanwhile.</summary>
    public DateTimeOffset BookAt { get; init; }
    /// <summary>Transactions from this number on have priced their events by the book of <see cref="BookAt"/> or a later one; null while nodes may still price by an older one.</summary>
    public decimal? Barrier { get; set; }

    public string CursorTenant { get; set; } = "";
    public DateTimeOffset? CursorAt { get; set; }
    public string CursorId { get; set; } = "";
    public string CursorSource { get; set; } = "";
    public int Batch { get; set; }

    /// <summary>Events to look at, counted before the start.</summary>
    public long Expected { get; init; }
    public long Scanned { get; set; }
    public long Changed { get; set; }
    public decimal OldCost { get; set; }
    public decimal NewCost { get; set; }

    public required string StartedBy { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
    /// <summary>Failures in a row.</summary>
    public int Failures { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<RepriceRun>
    {
        public void Configure(EntityTypeBuilder<RepriceRun> builder)
        {
            builder.ToTable("reprice_runs").HasKey(run => new { run.TenantId, run.RunId });
            foreach (var name in new[] { nameof(RepriceRun.TenantId), nameof(CursorTenant), nameof(CursorId), nameof(CursorSource) })
                builder.Property(name).UseCollation("C");
            builder.Property(run => run.Barrier).HasPrecision(20, 0);
            builder.Property(run => run.OldCost).HasPrecision(38, 12);
            builder.Property(run => run.NewCost).HasPrecision(38, 12);
            builder.Property(run => run.State).HasConversion<short>();
        }
    }
}

/// <summary>What a batch of a run changed, per tenant, day and model: the trace that a correction leaves, and what exports show of it.</summary>
internal sealed class UsageCorrection
{
    public required string TenantId { get; init; }
    public required Guid RunId { get; init; }
    public int Batch { get; init; }
    /// <summary>UTC.</summary>
    public DateOnly Day { get; init; }
    public required string Provider { get; init; }
    public required string Model { get; init; }
    /// <summary>Events whose cost changed.</summary>
    public long Requests { get; init; }
    public decimal OldCost { get; init; }
    public decimal NewCost { get; init; }
    public long UnpricedBefore { get; init; }
    public long UnpricedAfter { get; init; }
    public DateTimeOffset CorrectedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<UsageCorrection>
    {
        public void Configure(EntityTypeBuilder<UsageCorrection> builder)
        {
            builder.ToTable("usage_corrections").HasKey(row => new { row.TenantId, row.RunId, row.Batch, row.Day, row.Provider, row.Model });
            foreach (var name in new[] { nameof(UsageCorrection.TenantId), nameof(UsageCorrection.Provider), nameof(UsageCorrection.Model) })
                builder.Property(name).UseCollation("C");
            builder.Property(row => row.OldCost).HasPrecision(38, 12);
            builder.Property(row => row.NewCost).HasPrecision(38, 12);
            builder.HasIndex(row => new { row.TenantId, row.Day });
        }
    }
}
