using System.Diagnostics;
using System.Security.Claims;
using AgentConsole.Platform.Data;

namespace AgentConsole.Access;

/// <summary>
/// Who asks, and what that one may do and see: an immutable reading of the claims of a member's session or an API key. Every handler asks it again,
/// whatever the page or endpoint in front of it has asked.
/// </summary>
public sealed class Caller
{
    /// <summary>What a claim of the platform says in the place of a tenant.</summary>
    internal const string PlatformMark = "*";

    private readonly Permission _onPlatform;
    /// <summary>Of each request another is made: nothing here costs more to build than it saves in being asked once or twice.</summary>
    private readonly Dictionary<string, Permission> _inTenants;
    private string? _address;
    private string? _traceId;
    private string? _onBehalfOf;
    private Denials? _denials;
    private IReadOnlyCollection<string>? _scopes;

    private Caller(string name, Permission onPlatform, Dictionary<string, Permission> inTenants)
    {
        (Name, _onPlatform, _inTenants) = (name, onPlatform, inTenants);
        Reach = onPlatform != Permission.None ? Reach.Platform : Reach.Of(_inTenants.Keys);
    }

    /// <summary>May nothing and sees nothing.</summary>
    public static Caller Nobody { get; } = new("nobody", Permission.None, []);

    /// <summary>What the console does by itself.</summary>
    public static Caller System { get; } = new("system", Permissions.All, []);

    /// <summary>Such as <c>key:bootstrap</c> or <c>member:ada@example.test</c>.</summary>
    public string Name { get; }

    public Reach Reach { get; }

    /// <summary>What the audit keeps of it: who, from where, and the trace under way.</summary>
    public Actor Actor => new(Name, _address, Activity.Current?.TraceId.ToString() ?? _traceId, _onBehalfOf);

    /// <summary>The one place whose log tells of what it was denied: its tenant, or the platform if it has none or several.</summary>
    internal string Home => Reach.Only ?? Denials.Platform;

    /// <summary>Where it may: in every tenant, in some, or nowhere. What it asks for is read with this reach and no other.</summary>
    public Reach ReachOf(Permission permission) =>
        Has(_onPlatform, permission) ? Reach.Platform : Reach.Of(_inTenants.Where(own => Has(own.Value, permission)).Select(static own => own.Key));

    /// <summary>Whether it may in that tenant.</summary>
    public bool Can(Permission permission, string tenant) =>
        Has(_onPlatform, permission) || (_inTenants.TryGetValue(tenant, out var own) && Has(own, permission));

    /// <summary>Whether it may in every tenant, and in what belongs to none.</summary>
    public bool CanOnPlatform(Permission permission) => Has(_onPlatform, permission);

    /// <summary>Whether there is any place where it may: enough to show a page, never enough to act.</summary>
    public bool CanSomewhere(Permission permission) => !ReachOf(permission).IsNone;

    /// <summary>What a handler answers when it may not: the refusal is in the audit where no answer to a request tells of it.</summary>
    /// <param name="what">What was asked for, as in <c>prices.add</c>.</param>
    public NotAllowed Refuse(string what)
    {
        _denials?.Note(this, what);
        return new();
    }

    /// <summary>The same, with what it is refused told to the audit.</summary>
    internal Caller Reporting(Denials denials) => new(Name, _onPlatform, _inTenants) { _address = _address, _traceId = _traceId, _onBehalfOf = _onBehalfOf, _denials = denials };

    /// <summary>Someone with these roles; a staff role holds on the platform, any other in its tenant.</summary>
    public static Caller Member(string name, IEnumerable<(Role Role, string? Tenant)> roles)
    {
        var onPlatform = Permission.None;
        var inTenants = new Dictionary<string, Permission>(StringComparer.Ordinal);
        foreach (var (role, tenant) in roles)
        {
            if (role.IsStaff()) onPlatform |= Permissions.Of(role);
            else if (tenant is not null) inTenants[tenant] = inTenants.GetValueOrDefault(tenant) | Permissions.Of(role);
        }
        return new(name, onPlatform, inTenants);
    }

    /// <param name="tenant">The key's tenant; null for a key of the platform, which whoever makes the key says on purpose.</param>
    public static Caller Key(string name, string? tenant, IReadOnlyCollection<string> scopes)
    {
        var permissions = scopes.Aggregate(Permission.None, (all, scope) => all | Permissions.OfScope(scope, tenant is null));
        return tenant is null ? new(name, permissions, []) { _scopes = scopes } : new(name, Permission.None, In(tenant, permissions)) { _scopes = scopes };
    }

    /// <summary>Whether it may make a key with that scope: a key no scope that it lacks itself, a member none that stands for more than the own role.</summary>
    /// <param name="tenant">Null for a key of the platform.</param>
    public bool MayGive(string scope, string? tenant)
    {
        if (_scopes is not null && !_scopes.Contains(scope)) return false;
        return tenant is null ? CanOnPlatform(Permission.ManageKeys | Permissions.OfScope(scope, isPlatformKey: true)) : Can(Permission.ManageKeys | Permissions.NeededToGive(scope), tenant);
    }

    /// <summary>Who sent a request.</summary>
    public static Caller Of(HttpContext context)
    {
        var caller = Of(context.User);
        return new(caller.Name, caller._onPlatform, caller._inTenants)
        {
            _address = context.Connection.RemoteIpAddress?.ToString(),
            _traceId = context.TraceIdentifier,
            _onBehalfOf = caller._onBehalfOf,
            _scopes = caller._scopes,
        };
    }

    /// <summary>Reads the claims of a key or of a member's session. No claim means no right.</summary>
    public static Caller Of(ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue(ClaimTypes.NameIdentifier) is not { Length: > 0 } name) return Nobody;
        if (principal.FindFirstValue(Scopes.TenantClaim) is { } tenant)
            return Key(name, tenant == PlatformMark ? null : tenant, [.. principal.FindAll(Scopes.ScopeClaim).Select(static claim => claim.Value)]);
        var member = Member(name, principal.FindAll(RoleClaim).Select(static claim => Parse(claim.Value)).OfType<(Role, string?)>());
        member._address = principal.FindFirstValue(AddressClaim);
        if (principal.FindFirstValue(ViewClaim) is not { } view) return member;
        return Parse(view) is (var role, { } tenantViewed) ? member.ViewingAs(tenantViewed, role) : Nobody;
    }

    /// <summary>As whom, and where, a session looks at the console: a role as <see cref="RoleAsClaim"/> writes it. Only the store says so.</summary>
    internal const string ViewClaim = "console-view";

    /// <summary>Where the session of a member began.</summary>
    internal const string AddressClaim = "console-address";

    internal const string RoleClaim = "console-role";

    /// <summary>A key's claims; <paramref name="tenant"/> null for a key of the platform.</summary>
    internal static IEnumerable<Claim> KeyAsClaims(string name, string? tenant, IEnumerable<string> scopes) =>
        [new(ClaimTypes.NameIdentifier, name), new(Scopes.TenantClaim, tenant ?? PlatformMark), .. scopes.Select(static scope => new Claim(Scopes.ScopeClaim, scope))];

    /// <summary>A role as a claim: <c>TenantAdmin:acme</c>, or <c>Operator:*</c>.</summary>
    internal static Claim RoleAsClaim(Role role, string? tenant) => new(RoleClaim, $"{role}:{(role.IsStaff() ? PlatformMark : tenant)}");

    /// <summary>Itself as one of a tenant's members sees the console: in that tenant only, and only looking. Who may not look so is nobody.</summary>
    public Caller ViewingAs(string tenant, Role role = Role.TenantAdmin) => Can(Permission.ViewAs, tenant) && !role.IsStaff() ? new(Name, Permission.None, In(tenant, Permissions.Of(role) & Permissions.ReadOnly))
    {
        _address = _address,
        _traceId = _traceId,
        _onBehalfOf = tenant,
        _denials = _denials,
    } : Nobody;

    private static Dictionary<string, Permission> In(string tenant, Permission permissions) => new(StringComparer.Ordinal) { [tenant] = permissions };

    private static (Role, string?)? Parse(string claim)
    {
        var colon = claim.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || !Enum.TryParse<Role>(claim.AsSpan(0, colon), out var role) || !claim.StartsWith($"{role}:", StringComparison.Ordinal)) return null;
        var tenant = claim[(colon + 1)..];
        return role.IsStaff() == (tenant == PlatformMark) ? (role, tenant) : null;
    }

    private static bool Has(Permission granted, Permission asked) => asked != Permission.None && (granted & asked) == asked;
}
