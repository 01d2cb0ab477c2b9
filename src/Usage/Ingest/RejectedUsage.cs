using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Usage.Ingest;

/// <summary>An item refused at the door, kept so that its sender's mistake can be seen and mended.</summary>
internal sealed class RejectedUsage
{
    /// <summary>Bytes of an item that are kept.</summary>
    public const int MaxPayloadLength = 4096;

    public required string TenantId { get; init; }
    public required Guid RejectionId { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
    public required string Source { get; init; }
    public string? EventId { get; init; }
    public required string Error { get; init; }
    public string? Payload { get; init; }

    /// <summary>The beginning of an item as text that the store takes, whatever bytes it is made of.</summary>
    public static string Excerpt(ReadOnlySpan<byte> item)
    {
        var text = Encoding.UTF8.GetString(item[..Math.Min(item.Length, MaxPayloadLength)]);
        return text.Replace("\0", "", StringComparison.Ordinal);
    }

    private sealed class Mapping : IEntityTypeConfiguration<RejectedUsage>
    {
        public void Configure(EntityTypeBuilder<RejectedUsage> builder)
        {
            builder.ToTable("usage_rejections").HasKey(rejected => new { rejected.TenantId, rejected.ReceivedAt, rejected.RejectionId });
            builder.Property(rejected => rejected.TenantId).UseCollation("C");
        }
    }
}
