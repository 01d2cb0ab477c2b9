namespace AgentConsole.Notify.Sending;

/// <summary>A delivery that this node has taken on, with its channel as it is now.</summary>
/// <param name="Attempt">Which one this is: the number by which the node that took it on settles it, and no other.</param>
/// <param name="Tries">Those since it was asked for last, this one included.</param>
/// <param name="Target">Sealed; null when the channel is gone.</param>
/// <param name="Secrets">Sealed.</param>
internal sealed record Sealed(
    string Tenant, Guid Id, int Attempt, int Tries, ChannelKind? Kind, Message Message, DateTimeOffset CreatedAt, string? Target, IReadOnlyList<string> Secrets)
{
    public string WebhookId => DeliveryRow.WebhookIdOf(Id);
}
