using AgentConsole.Platform.Http;
using AgentConsole.Shell.Search;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Radzen;

namespace AgentConsole.Shell;

/// <summary>The frame around the pages: document, navigation, theme, live updates, static files.</summary>
public static class ShellFeature
{
    /// <summary>From a browser to its circuit; a file comes in pieces of less.</summary>
    internal const int MaxMessageBytes = 32 * 1024;

    /// <summary>Circuits whose browser is away, kept for its return.</summary>
    private const int MaxLostCircuits = 100;

    public static IServiceCollection AddShell(this IServiceCollection services, SearchOptions search)
    {
        services.AddRazorComponents()
            .AddInteractiveServerComponents(static circuits =>
            {
                circuits.DetailedErrors = false;
                circuits.DisconnectedCircuitMaxRetained = MaxLostCircuits;
            })
            .AddHubOptions(static hub =>
            {
                hub.EnableDetailedErrors = false;
                hub.MaximumReceiveMessageSize = MaxMessageBytes;
            });
        services.AddFrugalScript();
        services.AddSingleton<CircuitSeats>();
        services.AddScoped<CircuitName>();
        services.AddScoped<CircuitHandler>(static provider => provider.GetRequiredService<CircuitName>());
        services.AddRadzenComponents();
        services.AddScoped<LiveState>();
        services.AddScoped<AlertWatch>();
        services.AddScoped<SeriesColours>();
        services.AddSingleton(search);
        services.AddScoped<SearchEverywhere>();
        foreach (var action in ShellActions.All) services.AddSingleton(action);
        return services;
    }

    /// <summary>Before authentication: what a page may load, a page for what cannot be shown, and no circuit for another site's script.</summary>
    public static void UseShell(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute(Links.Problem, createScopeForStatusCodePages: true);
        app.Use(static (context, next) =>
        {
            if (Problems.WantsPage(context))
                ContentPolicy.Apply(context);
            // A form cannot be answered by another page: that one has no such form.
            if (!Problems.WantsPage(context) || !HttpMethods.IsGet(context.Request.Method))
                context.Features.GetRequiredFeature<IStatusCodePagesFeature>().Enabled = false;
            return next(context);
        });
        app.UseMiddleware<CircuitOrigin>();
    }

    /// <summary>After authentication and authorisation.</summary>
    /// <param name="pagesPolicy">Who may see pages. Static files are for everyone.</param>
    public static void MapShell(this WebApplication app, string pagesPolicy)
    {
        app.UseAntiforgery();
        app.UseMiddleware<CircuitDoor>();
        app.MapStaticAssets().AllowAnonymous().DisableRateLimiting();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(static options => options.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization(pagesPolicy);
    }
}
