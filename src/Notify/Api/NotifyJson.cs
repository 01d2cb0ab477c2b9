namespace AgentConsole.Notify.Api;

/// <param name="Target">The host of an address, or a masked e-mail address: the whole is never given out.</param>
/// <param name="Secret">Only in the answer that made it.</param>
/// <param name="OldSecretUntil">While two secrets sign.</param>
internal sealed record ChannelJson(Guid Id, string Tenant, string Name, string Kind, string Target, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? OldSecretUntil, string? Secret)
{
    public static ChannelJson Of(ChannelRow channel, string? secret = null) =>
        new(channel.Id, channel.Tenant, channel.Name, channel.Kind.Name(), channel.Shown, channel.CreatedAt, channel.CreatedBy, channel.OldSecretUntil, secret);
}

internal sealed record ChannelListJson(IReadOnlyList<ChannelJson> Items, string? NextCursor);

internal sealed record AttemptJson(DateTimeOffset? At, int? DurationMs, int? Status, string? Error);

/// <param name="WebhookId">The same at every attempt.</param>
/// <param name="State">waiting, delivered or givenUp.</param>
internal sealed record DeliveryJson(
    Guid Id, string Tenant, string WebhookId, Guid Channel, string ChannelName, string Type, string Title, string State, int Attempts, DateTimeOffset? NextAt, DateTimeOffset CreatedAt, DateTimeOffset? SettledAt,
    IReadOnlyList<AttemptJson> Log)
{
    public static DeliveryJson Of(DeliveryRow delivery) => new(
        delivery.Id, delivery.Tenant, delivery.WebhookId, delivery.Channel, delivery.ChannelName, delivery.Type, delivery.Title, delivery.State.Name(), delivery.Attempts, delivery.NextAt, delivery.CreatedAt,
        delivery.SettledAt, [.. delivery.Log.Select(static attempt => new AttemptJson(attempt.At, attempt.Ms, attempt.Status, attempt.Error))]);
}

internal sealed record DeliveryListJson(IReadOnlyList<DeliveryJson> Items, string? NextCursor);

internal sealed record AskedDeliveryJson(Guid Delivery);
