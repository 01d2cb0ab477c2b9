using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Usage.Ingest;

/// <summary>An item refused at the door, kept so that its sender's mistake can be seen and mended.</summary>
internal sealed class RejectedUsage
{
    public const int MaxPayloadLength = 4096;

    public required string TenantId { get; init; }
    public required Guid RejectionId { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
    public required string Source { get; init; }
    public string? EventId { get; init; }
    public required string Error { get; init; }
    public string? Payload { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<RejectedUsage>
    {
        public void Configure(EntityTypeBuilder<RejectedUsage> builder)
        {
            builder.ToTable("usage_rejections").HasKey(rejected => new { rejected.TenantId, rejected.ReceivedAt, rejected.RejectionId });
            builder.Property(rejected => rejected.TenantId).UseCollation("C");
        }
    }
}
