using System.Net;
using AgentConsole.Access.Keys;
using AgentConsole.Access.Pages;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace AgentConsole.Access;

/// <summary>Who may do what. Nothing is open that does not say so: the fallback policy refuses.</summary>
public static class AccessFeature
{
    /// <summary>The policy of pages: until members sign in, only a browser on this machine sees them.</summary>
    public const string PagesPolicy = "pages";

    public static void AddAccess(this IHostApplicationBuilder builder, AccessOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<TenantQueries>();
        services.AddSingleton<ITenantChoices, TenantChoices>();
        services.AddSingleton<SaveTenant>();
        services.AddSingleton<AuditLog>();
        services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(static context => context.Resource is HttpContext http && IsNothing(http)).Build())
            .AddPolicy(PagesPolicy, static policy => policy.RequireAssertion(static context => context.Resource is HttpContext http && IsLocal(http)));
        foreach (var scope in Scopes.All)
            authorization.AddPolicy(scope, policy => policy.RequireClaim(Scopes.ScopeClaim, scope));
    }

    /// <summary>No route matched, or only the answer that the method does not fit: there is nothing to guard but a 404 or 405.</summary>
    private static bool IsNothing(HttpContext context) => context.GetEndpoint() is not RouteEndpoint;

    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);
}
