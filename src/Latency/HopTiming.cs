using AgentConsole.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Latency;

/// <summary>How long one stage of one run took: an agent, a tool, a workflow, or a named stage such as the planner. Its trace ties it to the requests it made.</summary>
public sealed class HopTiming
{
    public const int MaxNameLength = 200;

    public required string TenantId { get; init; }
    /// <summary>32 hex digits.</summary>
    public required string TraceId { get; init; }
    /// <summary>16 hex digits.</summary>
    public required string SpanId { get; init; }
    public string? ParentSpanId { get; init; }
    public required string Name { get; init; }
    public required HopKind Kind { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>Microseconds.</summary>
    public required long DurationUs { get; init; }
    public UsageStatus Status { get; init; }
    public string? Agent { get; init; }
    public string? Session { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<HopTiming>
    {
        public void Configure(EntityTypeBuilder<HopTiming> builder)
        {
            builder.ToTable("hop_timings").HasKey(hop => new { hop.TenantId, hop.TraceId, hop.SpanId });
            builder.HasIndex(hop => new { hop.TenantId, hop.StartedAt });
            foreach (var text in typeof(HopTiming).GetProperties().Where(static property => property.PropertyType == typeof(string)))
                builder.Property(text.Name).UseCollation("C");
        }
    }
}

/// <summary>What a hop is; stored by number, so the order is fixed.</summary>
public enum HopKind : short { Stage = 0, Agent = 1, Tool = 2, Workflow = 3 }

public static class HopKinds
{
    public static string Name(this HopKind kind) => kind switch
    {
        HopKind.Stage => "stage",
        HopKind.Agent => "agent",
        HopKind.Tool => "tool",
        HopKind.Workflow => "workflow",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
