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

    /// <summary>After authentication, before nothing: pages are the last to be mapped.</summary>
    public static WebApplication MapShell(this WebApplication app)
    {
        app.UseWhen(IsPage, static pages =>
        {
            pages.UseExceptionHandler(Links.Error, createScopeForErrors: true);
            pages.UseStatusCodePagesWithReExecute(Links.NotFound, createScopeForStatusCodePages: true);
            pages.Use(ContentPolicy.Apply);
        });
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(static options => options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }

    /// <summary>A browser asking for a document; the API answers with problem details instead.</summary>
    private static bool IsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
