using System.Net;
using AgentConsole.Access.Keys;
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
        services.AddSingleton<SaveTenant>();
        services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(static _ => false).Build())
            .AddPolicy(PagesPolicy, static policy => policy.RequireAssertion(static context => context.Resource is HttpContext http && IsLocal(http)));
        foreach (var scope in Scopes.All)
            authorization.AddPolicy(scope, policy => policy.RequireClaim(Scopes.ScopeClaim, scope));
    }

    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);
}
