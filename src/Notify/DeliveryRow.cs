using System.Text.Json;

namespace AgentConsole.Notify;

/// <param name="Before">The last of the page before.</param>
public sealed record DeliveryQuery(DeliveryState? State = null, Guid? Channel = null, Guid? Before = null, int Limit = 100);

/// <param name="Next">Where the next page goes on; null at the end.</param>
public sealed record DeliveryPage(IReadOnlyList<DeliveryRow> Items, Guid? Next);

/// <summary>A message on its way to a channel, or at the end of it.</summary>
/// <param name="WebhookId">What the receiver knows it by; the same at every attempt.</param>
/// <param name="Kind">Null when the channel was gone before the message was written.</param>
/// <param name="NextAt">When it is tried next; null when it is at its end.</param>
/// <param name="Log">The last attempts, the newest last.</param>
public sealed record DeliveryRow(
    string Tenant, Guid Id, string WebhookId, Guid Channel, string ChannelName, ChannelKind? Kind, string Type, string Title, Message Message, DeliveryState State, int Attempts,
    DateTimeOffset? NextAt, DateTimeOffset CreatedAt, DateTimeOffset? SettledAt, IReadOnlyList<DeliveryAttempt> Log)
{
    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? LastError => Log.Count > 0 ? Log[^1].Error : null;

    internal static string WebhookIdOf(Guid id) => $"msg_{id:N}";

    internal static DeliveryRow Of(Delivery delivery) => new(
        delivery.TenantId, delivery.DeliveryId, WebhookIdOf(delivery.DeliveryId), delivery.ChannelId, delivery.ChannelName, delivery.Kind, delivery.MessageType, delivery.Title, Message.Parse(delivery.Message),
        delivery.State, delivery.Attempts, delivery.State == DeliveryState.Waiting ? delivery.NextAt : null, delivery.CreatedAt, delivery.SettledAt,
        JsonSerializer.Deserialize<DeliveryAttempt[]>(delivery.Log, JsonSerializerOptions.Web)!);
}

/// <param name="Status">What the receiver answered, if it did: of HTTP, or of SMTP.</param>
/// <param name="Error">A sentence; null when it was taken.</param>
public sealed record DeliveryAttempt(DateTimeOffset? At, int? Ms, int? Status, string? Error);
