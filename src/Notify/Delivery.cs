using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Notify;

/// <summary>Stored by number, so the order is fixed.</summary>
public enum DeliveryState : short { Waiting = 1, Delivered = 2, GivenUp = 3 }

/// <summary>One message to one channel: written in the transaction of what it tells of, and then tried until it is there or given up.</summary>
internal sealed class Delivery
{
    public required string TenantId { get; init; }
    public required Guid DeliveryId { get; init; }
    public required Guid ChannelId { get; init; }
    /// <summary>As it was called then; channels can be removed.</summary>
    public required string ChannelName { get; init; }
    public ChannelKind? Kind { get; init; }
    /// <summary>What happened, in the form <c>noun.verb</c>.</summary>
    public required string MessageType { get; init; }
    public required string Title { get; init; }
    /// <summary>The message, as JSON.</summary>
    public required string Message { get; init; }
    public DeliveryState State { get; init; }
    /// <summary>Times it was tried; each counts before it begins, so a node that died in between has counted, too.</summary>
    public int Attempts { get; init; }
    /// <summary>Of those, since it was asked for last: the wait grows with them.</summary>
    public int Tries { get; init; }
    public DateTimeOffset NextAt { get; init; }
    /// <summary>Until then a node is at it; when that is over, it is anyone's again.</summary>
    public DateTimeOffset? LeasedUntil { get; init; }
    /// <summary>The last attempts as JSON: when, how long, and what came of it.</summary>
    public required string Log { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SettledAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Delivery>
    {
        public void Configure(EntityTypeBuilder<Delivery> builder)
        {
            builder.ToTable("deliveries").HasKey(delivery => new { delivery.TenantId, delivery.DeliveryId });
            builder.Property(delivery => delivery.TenantId).UseCollation("C");
            builder.Property(delivery => delivery.Log).HasColumnType("jsonb");
            builder.HasIndex(delivery => new { delivery.TenantId, delivery.CreatedAt });
            builder.HasIndex(delivery => delivery.NextAt).HasFilter("state = 1");
            builder.HasIndex(delivery => new { delivery.TenantId, delivery.ChannelId }).HasFilter("state = 1");
        }
    }
}

public static class DeliveryStates
{
    public static string Name(this DeliveryState state) => state switch
    {
        DeliveryState.Waiting => "waiting",
        DeliveryState.Delivered => "delivered",
        DeliveryState.GivenUp => "givenUp",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static DeliveryState? Parse(string? name) => name switch
    {
        "waiting" => DeliveryState.Waiting,
        "delivered" => DeliveryState.Delivered,
        "givenUp" => DeliveryState.GivenUp,
        _ => null,
    };
}
