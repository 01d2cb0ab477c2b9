using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
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

    /// <summary>Before authentication: what a page may load, and a page for what is not found.</summary>
    public static void UseShell(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute(Links.NotFound, createScopeForStatusCodePages: true);
        app.Use(static (context, next) =>
        {
            if (IsPage(context))
                ContentPolicy.Apply(context);
            else
                context.Features.GetRequiredFeature<IStatusCodePagesFeature>().Enabled = false;
            return next(context);
        });
    }

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
        HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api") &&
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
