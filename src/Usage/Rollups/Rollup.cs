using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Usage.Rollups;

/// <summary>What a rollup is about, stored by number. The first three know provider, model and status; the last two leave them out, so that many users stay few rows.</summary>
internal enum RollupKind : short { Model = 1, User = 2, Key = 3, UserTotal = 4, KeyTotal = 5 }

/// <summary>The width of a rollup's bucket, UTC, weeks from Monday; stored by number.</summary>
internal enum RollupGrain : short { QuarterHour = 1, Hour = 2, Day = 3, SixHours = 4, Week = 5 }

/// <summary>The sums of a bucket of events that share a tenant and, by kind, other names. The empty string stands for "none" and for "left out".</summary>
internal sealed class Rollup
{
    public const UsageStatus AnyStatus = (UsageStatus)(-1);

    public required string TenantId { get; init; }
    public RollupKind Kind { get; init; }
    public RollupGrain Grain { get; init; }
    public DateTimeOffset BucketStart { get; init; }
    /// <summary>The user or key; empty in the model rollup.</summary>
    public required string Subject { get; init; }
    public required string Provider { get; init; }
    public required string Model { get; init; }
    /// <summary><see cref="AnyStatus"/> where a kind leaves it out.</summary>
    public UsageStatus Status { get; init; }

    public long Requests { get; init; }
    public long Failures { get; init; }
    public long Attempts { get; init; }
    public long Unpriced { get; init; }
    public TokenCounts Tokens { get; init; }
    public decimal Cost { get; init; }
    /// <summary>See <see cref="LatencyHistogram"/>.</summary>
    public byte[] Latency { get; init; } = [];

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
            builder.HasIndex(rollup => new { rollup.TenantId, rollup.Kind, rollup.Grain, rollup.Subject, rollup.BucketStart })
                .HasDatabaseName("IX_usage_rollups_subject").HasFilter("kind > 1");
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
