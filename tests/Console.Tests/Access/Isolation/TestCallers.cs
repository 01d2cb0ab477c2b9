using System.Security.Claims;
using System.Text.Encodings.Web;
using AgentConsole.Access;
using AgentConsole.Access.SignIn;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>Someone with the claims that a session or a key of such a one has.</summary>
internal sealed record TestCaller(string Name, params Claim[] Claims)
{
    public static readonly TestCaller Viewer = Member("viewer", (Role.TenantViewer, TwoTenants.Own));
    public static readonly TestCaller Admin = Member("admin", (Role.TenantAdmin, TwoTenants.Own));
    /// <summary>Staff who look at the console as the own tenant's admin does: no more than that admin sees.</summary>
    public static readonly TestCaller Viewing = new("viewing", [
        new(ClaimTypes.NameIdentifier, "viewing"), Caller.RoleAsClaim(Role.Operator, null), new(Caller.ViewClaim, $"{Role.TenantAdmin}:{TwoTenants.Own}"), new(MemberClaims.ViewUntilClaim, "2026-11-20T19:00:00Z")]);
    public static readonly TestCaller Support = Member("support", (Role.Support, null));
    public static readonly TestCaller Operator = Member("operator", (Role.Operator, null));
    public static readonly TestCaller PlatformKey = Key("platform-key", null, Scopes.All);
    public static readonly TestCaller WithoutRights = Member("without-rights");

    /// <summary>Every kind that may see one tenant only, or nothing.</summary>
    public static readonly IReadOnlyList<TestCaller> Confined =
        [Viewer, Admin, Viewing, Key("full-key", TwoTenants.Own, Scopes.All), .. Scopes.All.Select(static scope => Key($"{scope}-key", TwoTenants.Own, [scope])), WithoutRights, ForgedPlatform, Nobody];

    public static readonly IReadOnlyList<TestCaller> All = [.. Confined, Support, Operator, PlatformKey];

    public ClaimsPrincipal Principal => Claims.Length == 0 ? new() : new(new ClaimsIdentity(Claims, "test"));

    public Caller Caller => Caller.Of(Principal);

    /// <summary>Not signed in.</summary>
    public static TestCaller Nobody => new("nobody");

    /// <summary>Claims that no sign-in and no key has: a staff role in a tenant, a tenant's role on the platform, and no tenant at all.</summary>
    private static TestCaller ForgedPlatform => new(
        "forged", new(ClaimTypes.NameIdentifier, "forged"), new("console-role", $"Operator:{TwoTenants.Own}"), new("console-role", "TenantAdmin:*"), new("console-role", "9:*"), new("scope", "admin"));

    public override string ToString() => Name;

    private static TestCaller Member(string name, params (Role Role, string? Tenant)[] roles) =>
        new(name, [new(ClaimTypes.NameIdentifier, name), .. roles.Select(static role => Caller.RoleAsClaim(role.Role, role.Tenant))]);

    private static TestCaller Key(string name, string? tenant, string[] scopes) => new(name, [.. Caller.KeyAsClaims(name, tenant, scopes)]);
}

/// <summary>Takes the caller that a request names, in the place of every scheme that the app signs in with.</summary>
internal sealed class TestSignIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const string Header = "X-Test-Caller";

    public static void Register(IServiceCollection services) => services.PostConfigure<AuthenticationOptions>(static authentication =>
    {
        foreach (var scheme in authentication.Schemes) scheme.HandlerType = typeof(TestSignIn);
    });

    public static HttpClient Client(ConsoleApp app, TestCaller caller)
    {
        var client = app.Client(null);
        client.DefaultRequestHeaders.Add(Header, caller.Name);
        return client;
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var caller = TestCaller.All.FirstOrDefault(caller => caller.Name == Request.Headers[Header]);
        return Task.FromResult(caller is null || caller.Claims.Length == 0 ? AuthenticateResult.NoResult() : AuthenticateResult.Success(new(caller.Principal, Scheme.Name)));
    }
}
