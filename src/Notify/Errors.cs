using AgentConsole.Platform;

namespace AgentConsole.Notify;

/// <summary>All that is wrong with it, not the first thing only.</summary>
public sealed record InvalidChannel(IReadOnlyList<string> Reasons) : Error("invalid_channel", string.Join(' ', Reasons));

/// <summary>There is none, or none within the caller's reach: nobody learns which.</summary>
public sealed record UnknownChannel(Guid Id) : Error("not_found", $"There is no channel {Id}.");

/// <summary>As <see cref="UnknownChannel"/>.</summary>
public sealed record UnknownDelivery(Guid Id) : Error("not_found", $"There is no delivery {Id}.");

public sealed record TooManyChannels(int Most) : Error("too_many_channels", $"A tenant has at most {Most} channels.");

public sealed record EmailIsNotSetUp() : Error("email_not_set_up", "E-mail is not set up here: an operator names the mail server in Notify__Smtp__Host.");

/// <summary>Only a signed webhook has a secret of ours.</summary>
public sealed record ChannelHasNoSecret(Guid Id) : Error("no_secret", $"The channel {Id} has no secret: only webhooks are signed.");

public sealed record DeliveryIsUnderWay(Guid Id) : Error("under_way", $"The delivery {Id} has not come to its end: it is tried again by itself.");
