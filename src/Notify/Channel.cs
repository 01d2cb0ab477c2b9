using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentConsole.Notify;

/// <summary>Stored by number, so the order is fixed.</summary>
public enum ChannelKind : short { Webhook = 1, Slack = 2, Email = 3 }

/// <summary>A way to tell a tenant's people something. Where it leads may be a secret itself, so it is sealed as the signing secret is.</summary>
internal sealed class Channel
{
    public required string TenantId { get; init; }
    public required Guid ChannelId { get; init; }
    public required string Name { get; set; }
    public ChannelKind Kind { get; init; }
    /// <summary>An address to call, or e-mail addresses; sealed.</summary>
    public required string Target { get; set; }
    /// <summary>As much of the target as anyone may see.</summary>
    public required string Shown { get; set; }
    /// <summary>What a webhook is signed with; sealed. Null of other kinds.</summary>
    public string? Secret { get; set; }
    /// <summary>The one before, which signs too until <see cref="OldSecretUntil"/>; sealed.</summary>
    public string? OldSecret { get; set; }
    public DateTimeOffset? OldSecretUntil { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Channel>
    {
        public void Configure(EntityTypeBuilder<Channel> builder)
        {
            builder.ToTable("channels").HasKey(channel => new { channel.TenantId, channel.ChannelId });
            builder.Property(channel => channel.TenantId).UseCollation("C");
            builder.HasIndex(channel => new { channel.TenantId, channel.Name }).IsUnique();
        }
    }
}

public static class ChannelKinds
{
    public static string Name(this ChannelKind kind) => kind switch
    {
        ChannelKind.Webhook => "webhook",
        ChannelKind.Slack => "slack",
        ChannelKind.Email => "email",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static ChannelKind? Parse(string? name) => name switch
    {
        "webhook" => ChannelKind.Webhook,
        "slack" => ChannelKind.Slack,
        "email" => ChannelKind.Email,
        _ => null,
    };
}
