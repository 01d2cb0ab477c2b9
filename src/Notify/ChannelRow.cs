using System.Text.Json.Nodes;

namespace AgentConsole.Notify;

/// <summary>A channel as people see it: never where exactly it leads, and never its secret.</summary>
/// <param name="OldSecretUntil">Until then it is signed with two secrets; null when it is not being rotated.</param>
public sealed record ChannelRow(string Tenant, Guid Id, string Name, ChannelKind Kind, string Shown, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? OldSecretUntil)
{
    internal static ChannelRow Of(Channel channel) => new(channel.TenantId, channel.ChannelId, channel.Name, channel.Kind, channel.Shown, channel.CreatedAt, channel.CreatedBy, channel.OldSecretUntil);

    internal JsonNode ToJson() => new JsonObject { ["name"] = Name, ["kind"] = Kind.Name(), ["target"] = Shown };
}

/// <param name="Secret">What a webhook is signed with, told this once; null of other kinds.</param>
public sealed record NewChannel(ChannelRow Channel, string? Secret);
