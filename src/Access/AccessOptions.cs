using AgentConsole.Platform;

namespace AgentConsole.Access;

public sealed record AccessOptions
{
    /// <summary><c>Access__BootstrapKey</c>: a platform-wide API key with every scope, for automation; at least 16 characters; absent: no key is accepted.</summary>
    public string? BootstrapKey { get; init; }

    public static AccessOptions Read(Settings settings)
    {
        var key = settings.Text("Access:BootstrapKey");
        if (key is { Length: < 16 }) settings.Fail("Access:BootstrapKey", "is shorter than 16 characters");
        return new() { BootstrapKey = key };
    }
}
