using System.Net.Mail;
using AgentConsole.Platform;
using AgentConsole.Platform.Http;

namespace AgentConsole.Notify;

/// <summary>Where a channel leads, checked.</summary>
/// <param name="Text">What is sealed: an address to call, or e-mail addresses by comma.</param>
/// <param name="Shown">As much as anyone may see: paths and queries of hooks are often their password.</param>
internal sealed record ChannelTarget(string Text, string Shown)
{
    private const int MaxLength = 2000;
    private const int MaxAddresses = 20;

    /// <summary>Fails with <see cref="InvalidChannel"/>, <see cref="ForbiddenAddress"/> or <see cref="EmailIsNotSetUp"/>.</summary>
    public static async Task<Result<ChannelTarget>> ReadAsync(ChannelKind kind, string text, OutboundGuard guard, NotifyOptions options, CancellationToken cancellationToken)
    {
        text = text.Trim();
        if (text.Length is 0 or > MaxLength || text.Any(char.IsControl)) return new InvalidChannel([$"target is 1 to {MaxLength} characters on one line."]);
        if (kind == ChannelKind.Email) return options.HasEmail ? ReadAddresses(text) : new EmailIsNotSetUp();
        var checkedUri = await guard.CheckAsync(text, cancellationToken);
        return checkedUri.Ok ? new ChannelTarget(checkedUri.Value.AbsoluteUri, $"{checkedUri.Value.Scheme}://{checkedUri.Value.Authority}/…") : checkedUri.Error;
    }

    private static Result<ChannelTarget> ReadAddresses(string text)
    {
        string[] addresses = [.. text.Split([',', ';', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (addresses.Length is 0 or > MaxAddresses) return new InvalidChannel([$"target is 1 to {MaxAddresses} e-mail addresses, by comma."]);
        foreach (var address in addresses)
            if (!MailAddress.TryCreate(address, out var parsed) || parsed.Address != address) return new InvalidChannel(["target has something that is no e-mail address."]);
        return new ChannelTarget(string.Join(',', addresses), Mask(addresses[0]) + (addresses.Length > 1 ? $" and {addresses.Length - 1} more" : ""));
    }

    private static string Mask(string address) => $"{address[0]}…{address[address.LastIndexOf('@')..]}";
}
