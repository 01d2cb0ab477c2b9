using AgentConsole.Access.Audit;
using AgentConsole.Access.Keys;
using AgentConsole.Access.Members;
using AgentConsole.Access.Pages;
using AgentConsole.Jobs;
using AgentConsole.Access.SignIn;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace AgentConsole.Access;

/// <summary>Who may do what. Nothing is open that does not say so: the fallback policy refuses.</summary>
public static class AccessFeature
{
    /// <summary>The policy of pages: a member who is signed in. An API key opens none.</summary>
    public const string PagesPolicy = "pages";

    public static void AddAccess(this IHostApplicationBuilder builder, AccessOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<TenantQueries>();
        services.AddSingleton<ITenantChoices, TenantChoices>();
        services.AddAudit();
        services.AddKeys();
        services.AddScoped<CurrentCaller>();
        services.AddScoped<IVisitor>(static provider => provider.GetRequiredService<CurrentCaller>());
        // The default is the key's: a cookie is read where a policy asks for members by name, and nowhere else.
        services.AddSignIn(options, services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null));
        services.AddMemberPages();
        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(static context => context.Resource is HttpContext http && IsNothing(http)).Build())
            .AddPolicy(PagesPolicy, static policy => policy.AddAuthenticationSchemes(MemberCookies.Session).RequireAuthenticatedUser());
        foreach (var permission in Enum.GetValues<Permission>())
            authorization.AddPolicy(permission.Policy(), policy => policy.RequireAssertion(context => Caller.Of(context.User).CanSomewhere(permission)));
    }

    /// <summary>Jobs of keys, members and the audit.</summary>
    public static IReadOnlyList<ScheduledJob> Jobs => [AnchorAuditJob.Schedule, EndViewsJob.Schedule];

    /// <summary>Before authorisation: what is refused is told to the audit.</summary>
    public static void UseDenials(this IApplicationBuilder app) => app.UseMiddleware<NoteDenials>();

    /// <summary>After authorisation: who may see a page may not see it of every tenant.</summary>
    public static void UseReachOfPages(this IApplicationBuilder app) => app.UseMiddleware<HideForeignTenants>();

    /// <summary>The argument that, with an address behind it, prints a link for a new password and exits.</summary>
    public const string ResetLinkCommand = "reset-link";

    /// <summary>The way back in for whoever runs the process, when no operator is left who can make a link. The exit code.</summary>
    public static async Task<int> PrintResetLinkAsync(this WebApplication app, string email)
    {
        var made = await app.Services.GetRequiredService<MakeResetLink>().ExecuteAsync(email, CancellationToken.None);
        var address = app.Configuration["Urls"]?.Split(';')[0].TrimEnd('/');
        System.Console.WriteLine(made.Ok ? $"{address}/sign-in/reset?token={made.Value}" : made.Error.Message);
        await app.DisposeAsync();
        return made.Ok ? 0 : 1;
    }

    public static void MapAccess(this WebApplication app)
    {
        app.MapSignIn(app.Services.GetRequiredService<AccessOptions>());
        AuditEndpoints.Map(app);
        app.MapKeys();
    }

    /// <summary>Before the app listens: the first request finds the keys.</summary>
    public static Task LoadAccessAsync(this IServiceProvider services, CancellationToken cancellationToken) => services.GetRequiredService<FollowAccess>().RefreshAsync(cancellationToken);

    /// <summary>No route matched, or only the answer that the method does not fit: there is nothing to guard but a 404 or 405.</summary>
    private static bool IsNothing(HttpContext context) => context.GetEndpoint() is not RouteEndpoint;
}
