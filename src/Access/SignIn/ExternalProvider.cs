using AgentConsole.Platform;

namespace AgentConsole.Access.SignIn;

/// <summary>Who in a provider's group is what here.</summary>
/// <param name="Tenant">Null for a staff role.</param>
public sealed record GroupRole(string Group, Role Role, string? Tenant);

/// <summary>An authorization server at which members may sign in: OAuth 2 authorization code with PKCE, and its userinfo endpoint.</summary>
public sealed record ExternalProvider
{
    private const string Section = "Access:OAuth";

    /// <summary><c>Access__OAuth__Name</c>: in addresses and in the store, so never changed; small letters, digits and dashes; default <c>oauth</c>.</summary>
    public required string Name { get; init; }
    /// <summary><c>Access__OAuth__DisplayName</c>: on the button; default the name.</summary>
    public required string DisplayName { get; init; }
    public required Uri AuthorizationEndpoint { get; init; }
    public required Uri TokenEndpoint { get; init; }
    public required Uri UserInformationEndpoint { get; init; }
    public required string ClientId { get; init; }
    public required string ClientSecret { get; init; }
    /// <summary><c>Access__OAuth__Scopes</c>: separated by spaces; default <c>openid profile email</c>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }
    /// <summary><c>Access__OAuth__GroupsClaim</c>: the field of userinfo with the person's groups; default <c>groups</c>.</summary>
    public required string GroupsClaim { get; init; }
    /// <summary><c>Access__OAuth__GroupRoles__0__Group</c>, <c>__Role</c>, <c>__Tenant</c>.</summary>
    public required IReadOnlyList<GroupRole> GroupRoles { get; init; }

    /// <summary>Null when no client id is set.</summary>
    internal static ExternalProvider? Read(Settings settings)
    {
        if (settings.Text($"{Section}:ClientId") is not { } clientId) return null;
        var name = settings.Text($"{Section}:Name") ?? "oauth";
        if (name.Length > 32 || !name.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-'))
            settings.Fail($"{Section}:Name", "is not a name of at most 32 small letters, digits and dashes");
        return new()
        {
            Name = name,
            DisplayName = settings.Text($"{Section}:DisplayName") ?? name,
            AuthorizationEndpoint = Endpoint(settings, "AuthorizationEndpoint"),
            TokenEndpoint = Endpoint(settings, "TokenEndpoint"),
            UserInformationEndpoint = Endpoint(settings, "UserInformationEndpoint"),
            ClientId = clientId,
            ClientSecret = settings.Text($"{Section}:ClientSecret") ?? Missing(settings, "ClientSecret"),
            Scopes = (settings.Text($"{Section}:Scopes") ?? "openid profile email").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            GroupsClaim = settings.Text($"{Section}:GroupsClaim") ?? "groups",
            GroupRoles = [.. settings.Children($"{Section}:GroupRoles").Select(entry => ReadGroup(settings, entry)).OfType<GroupRole>()],
        };
    }

    private static GroupRole? ReadGroup(Settings settings, IConfigurationSection entry)
    {
        var isRole = Enum.TryParse<Role>(entry["Role"], ignoreCase: true, out var role) && Enum.IsDefined(role);
        if (!isRole) settings.Fail($"{entry.Path}:Role", $"\"{entry["Role"]}\" is not one of {string.Join(", ", Enum.GetNames<Role>())}");
        if (entry["Group"] is not { Length: > 0 } group)
        {
            settings.Fail($"{entry.Path}:Group", "is missing");
            return null;
        }
        var tenant = entry["Tenant"] is { Length: > 0 } named ? named : null;
        if (isRole && role.IsStaff() != (tenant is null)) settings.Fail($"{entry.Path}:Tenant", role.IsStaff() ? $"is not for {role}, a role of the platform" : $"is missing: {role} is a role in one tenant");
        else if (tenant is not null && !Access.Tenant.IsValidId(tenant)) settings.Fail($"{entry.Path}:Tenant", $"\"{tenant}\" is not a tenant id");
        return isRole ? new(group, role, tenant) : null;
    }

    /// <summary>Https, but for a server on this machine.</summary>
    private static Uri Endpoint(Settings settings, string name)
    {
        if (settings.Text($"{Section}:{name}") is not { } text) Missing(settings, name);
        else if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))) return uri;
        else settings.Fail($"{Section}:{name}", "is not an https address");
        return new("https://invalid.invalid");
    }

    private static string Missing(Settings settings, string name)
    {
        settings.Fail($"{Section}:{name}", "is missing");
        return "";
    }
}
