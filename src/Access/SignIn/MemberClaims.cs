using System.Globalization;
using System.Security.Claims;
using AgentConsole.Platform;

namespace AgentConsole.Access.SignIn;

/// <summary>What a member's session says beside what <see cref="Caller"/> reads.</summary>
internal static class MemberClaims
{
    private const string MemberClaim = "console-member";
    private const string SessionClaim = "console-session";
    internal const string ViewUntilClaim = "console-view-until";

    public static ClaimsPrincipal Principal(Guid member, string email, string name, byte[] session, string? address, IEnumerable<(Role Role, string Tenant)> roles, View? view = null)
    {
        var claims = new List<Claim>
        {
            new(ClaimTypes.NameIdentifier, $"member:{email}"),
            new(ClaimTypes.Name, name),
            new(ClaimTypes.Email, email),
            new(MemberClaim, member.ToString()),
            new(SessionClaim, Convert.ToHexString(session)),
        };
        if (address is not null) claims.Add(new(Caller.AddressClaim, address));
        claims.AddRange(roles.Select(static held => Caller.RoleAsClaim(held.Role, held.Tenant)));
        if (view is not null) claims.AddRange([new(Caller.ViewClaim, Caller.RoleAsClaim(view.Role, view.Tenant).Value), new(ViewUntilClaim, view.Until.ToString("O", CultureInfo.InvariantCulture))]);
        return new(new ClaimsIdentity(claims, MemberCookies.Session));
    }

    public static Guid? MemberId(this ClaimsPrincipal principal) => Guid.TryParse(principal.FindFirstValue(MemberClaim), out var id) ? id : null;

    public static byte[]? Session(this ClaimsPrincipal principal) => principal.FindFirstValue(SessionClaim) is { } hex ? Convert.FromHexString(hex) : null;

    /// <summary>The roles, each with its tenant; none for a role of the platform.</summary>
    public static IReadOnlyList<(Role Role, string? Tenant)> Roles(ClaimsPrincipal principal) =>
        [.. principal.FindAll(Caller.RoleClaim).Select(static claim => claim.Value.Split(':', 2)).Select(static parts => (Enum.Parse<Role>(parts[0]), parts[1] == Caller.PlatformMark ? null : parts[1]))];

    /// <summary>As whom the session looks at the console; null: as the member.</summary>
    public static View? View(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(Caller.ViewClaim)?.Split(':', 2) is [var role, var tenant] && principal.FindFirstValue(ViewUntilClaim) is { } until
            ? new(tenant, Enum.Parse<Role>(role), DateTimeOffset.Parse(until, CultureInfo.InvariantCulture))
            : null;

    /// <summary>What is refused to whoever only looks, also in what is the member's own; it is in the audit. Null: it may go on.</summary>
    public static Error? RefuseWhileViewing(this ClaimsPrincipal principal, Denials denials, string what)
    {
        if (!principal.HasClaim(static claim => claim.Type == Caller.ViewClaim)) return null;
        Caller.Of(principal).Reporting(denials).Refuse(what);
        return new OnlyLooking();
    }

    /// <summary>Whether both say the same of a member.</summary>
    public static bool SameAs(this ClaimsPrincipal one, ClaimsPrincipal other) => Texts(one).SetEquals(Texts(other));

    private static HashSet<string> Texts(ClaimsPrincipal principal) => [.. principal.Claims.Select(static claim => $"{claim.Type}={claim.Value}")];
}
