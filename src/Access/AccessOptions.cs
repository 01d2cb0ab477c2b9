using System.Net;
using AgentConsole.Access.Keys;
using AgentConsole.Access.SignIn;
using AgentConsole.Platform;

namespace AgentConsole.Access;

public sealed record AccessOptions
{
    private const int DefaultSessionIdleMinutes = 720;

    /// <summary><c>Access__BootstrapKey</c>: a platform-wide API key with every scope, for automation; at least 16 characters; absent: no key is accepted.</summary>
    public string? BootstrapKey { get; init; }
    /// <summary><c>Access__BootstrapAdmin__Email</c> and <c>__Password</c>: the operator that is made at the start when there is none.</summary>
    public BootstrapAdmin? BootstrapAdmin { get; init; }
    /// <summary><c>Access__SessionIdleMinutes</c>: a session that no page and no request has used for so long ends; 5 to 10080, default 720.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromMinutes(DefaultSessionIdleMinutes);
    /// <summary><c>Access__BreachRange</c>: the address, ending in a slash, of a service that answers ranges of breached passwords; absent: none is asked.</summary>
    public Uri? BreachRange { get; init; }
    /// <summary><c>Access__OAuth__…</c>; absent without a client id.</summary>
    public ExternalProvider? Provider { get; init; }

    public static AccessOptions Read(Settings settings)
    {
        var key = settings.Text("Access:BootstrapKey");
        if (key is { Length: < 16 }) settings.Fail("Access:BootstrapKey", "is shorter than 16 characters");
        return new()
        {
            BootstrapKey = key,
            BootstrapAdmin = BootstrapAdmin.Read(settings),
            SessionIdle = TimeSpan.FromMinutes(settings.Number("Access:SessionIdleMinutes", DefaultSessionIdleMinutes, 5, 10080)),
            BreachRange = ReadRange(settings),
            Provider = ExternalProvider.Read(settings),
        };
    }

    private static Uri? ReadRange(Settings settings)
    {
        if (settings.Text("Access:BreachRange") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && text.EndsWith('/')) return uri;
        settings.Fail("Access:BreachRange", "is not an address that ends in a slash, such as https://api.pwnedpasswords.com/range/");
        return null;
    }
}
