using System.Net.Mail;
using AgentConsole.Platform;

namespace AgentConsole.Notify;

/// <summary>How people are told outside of the console.</summary>
public sealed record NotifyOptions
{
    /// <summary><c>Notify__ConsoleAddress</c>: where the links of messages lead; default: the first of <c>Urls</c>.</summary>
    public Uri ConsoleAddress { get; init; } = new("http://localhost:5080");
    /// <summary><c>Notify__DeliveriesKeptDays</c>: days that what was delivered, or given up, stays in the log; default 90.</summary>
    public int DeliveriesKeptDays { get; init; } = 90;
    /// <summary><c>Notify__Smtp__Host</c>: the mail server; absent: there are no channels by e-mail.</summary>
    public string? SmtpHost { get; init; }
    /// <summary><c>Notify__Smtp__Port</c>: default 587.</summary>
    public int SmtpPort { get; init; } = 587;
    /// <summary><c>Notify__Smtp__User</c> and <c>__Password</c>: default none.</summary>
    public string? SmtpUser { get; init; }
    public string? SmtpPassword { get; init; }
    /// <summary><c>Notify__Smtp__From</c>: whom e-mails are from; needed with a host.</summary>
    public string SmtpFrom { get; init; } = "";
    /// <summary><c>Notify__Smtp__Tls</c>: whether the connection must turn to TLS (STARTTLS) before anything is sent; default true.</summary>
    public bool SmtpTls { get; init; } = true;

    public bool HasEmail => SmtpHost is not null;

    public static NotifyOptions Read(Settings settings)
    {
        var defaults = new NotifyOptions();
        var (host, from) = (settings.Text("Notify:Smtp:Host"), settings.Text("Notify:Smtp:From"));
        if (host is not null && !MailAddress.TryCreate(from, out _)) settings.Fail("Notify:Smtp:From", "is not the address that e-mails are from, which Notify__Smtp__Host needs");
        return new()
        {
            ConsoleAddress = ReadAddress(settings) ?? defaults.ConsoleAddress,
            DeliveriesKeptDays = settings.Number("Notify:DeliveriesKeptDays", defaults.DeliveriesKeptDays, 1, 3650),
            SmtpHost = host,
            SmtpPort = settings.Number("Notify:Smtp:Port", defaults.SmtpPort, 1, 65535),
            SmtpUser = settings.Text("Notify:Smtp:User"),
            SmtpPassword = settings.Text("Notify:Smtp:Password"),
            SmtpFrom = from ?? "",
            SmtpTls = settings.Flag("Notify:Smtp:Tls", defaults.SmtpTls),
        };
    }

    /// <summary>An address to listen on may be every address, which nobody can follow.</summary>
    private static Uri? ReadAddress(Settings settings)
    {
        if (settings.Text("Notify:ConsoleAddress") is { } text)
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var said) && said.Scheme is "http" or "https") return said;
            settings.Fail("Notify:ConsoleAddress", $"\"{text}\" is not an address such as https://console.example.com");
            return null;
        }
        var listened = settings.Text("Urls")?.Split(';')[0].Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal).Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal).Replace("://[::]", "://localhost", StringComparison.Ordinal);
        return Uri.TryCreate(listened, UriKind.Absolute, out var address) ? address : null;
    }
}
