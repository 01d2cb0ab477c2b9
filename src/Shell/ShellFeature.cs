using Radzen;

namespace AgentConsole.Shell;

/// <summary>The frame around the pages: document, navigation, theme, live updates, static files.</summary>
public static class ShellFeature
{
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddScoped<LiveState>();
        services.AddScoped<SeriesColours>();
        return services;
    }

    /// <summary>Before authentication: pages for failures, and what a page may load.</summary>
    public static void UseShell(this WebApplication app) =>
        app.UseWhen(IsPage, static pages =>
        {
            pages.UseExceptionHandler(Links.Error, createScopeForErrors: true);
            pages.UseStatusCodePagesWithReExecute(Links.NotFound, createScopeForStatusCodePages: true);
            pages.Use(ContentPolicy.Apply);
        });

    /// <summary>After authentication and authorisation.</summary>
    /// <param name="pagesPolicy">Who may see pages. Static files are for everyone.</param>
    public static void MapShell(this WebApplication app, string pagesPolicy)
    {
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(static options => options.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization(pagesPolicy);
    }

    /// <summary>A browser asking for a document; the API answers with problem details instead.</summary>
    private static bool IsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
