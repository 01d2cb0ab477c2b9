using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Usage.Rollups;

/// <summary>What a rollup is about, beside tenant, provider, model and status; stored by number.</summary>
internal enum RollupKind : short { Model = 1, User = 2, Key = 3 }

/// <summary>The width of a rollup's bucket, UTC; stored by number.</summary>
internal enum RollupGrain : short { QuarterHour = 1, Hour = 2, Day = 3 }

/// <summary>The sums of a bucket of events that share tenant, provider, model, status and, by kind, one more name. The empty string stands for "none".</summary>
internal sealed class Rollup
{
    public required string TenantId { get; init; }
    public RollupKind Kind { get; init; }
    public RollupGrain Grain { get; init; }
    public DateTimeOffset BucketStart { get; init; }
    /// <summary>The user or key; empty in the model rollup.</summary>
    public required string Subject { get; init; }
    public required string Provider { get; init; }
    public required string Model { get; init; }
    public UsageStatus Status { get; init; }

    public long Requests { get; init; }
    public long Attempts { get; init; }
    public long Unpriced { get; init; }
    public TokenCounts Tokens { get; init; }
    public decimal Cost { get; init; }
    /// <summary>See <see cref="LatencyHistogram"/>.</summary>
    public long[] Latency { get; init; } = [];

    private sealed class Mapping : IEntityTypeConfiguration<Rollup>
    {
        public void Configure(EntityTypeBuilder<Rollup> builder)
        {
            builder.ToTable("usage_rollups").HasKey(rollup => new
            {
                rollup.TenantId, rollup.Kind, rollup.Grain, rollup.BucketStart, rollup.Subject, rollup.Provider, rollup.Model, rollup.Status,
            });
            foreach (var name in new[] { nameof(TenantId), nameof(Subject), nameof(Provider), nameof(Model) })
                builder.Property(name).UseCollation("C");
            builder.Property(rollup => rollup.Cost).HasPrecision(38, 12);
            builder.HasAnnotation("Npgsql:StorageParameter:fillfactor", 80);
            builder.ComplexProperty(rollup => rollup.Tokens, tokens =>
            {
                foreach (var bucket in TokenCounts.Buckets)
                    tokens.Property<long>(bucket.ToString()).HasColumnName(bucket.Column());
                tokens.Ignore(counts => counts.Total);
                tokens.Ignore(counts => counts.InputTotal);
                tokens.Ignore(counts => counts.OutputTotal);
            });
        }
    }
}
