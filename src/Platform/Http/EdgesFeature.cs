using Microsoft.AspNetCore.HttpOverrides;

namespace AgentConsole.Platform.Http;

/// <summary>Where the app meets the network: how much comes in and from whom, what every answer says to a browser, and which calls go out.</summary>
public static class EdgesFeature
{
    /// <summary>Of every answer; a page says more of its own.</summary>
    private const string NothingToLoad = "default-src 'none'; frame-ancestors 'none'";

    public static void AddEdges(this IHostApplicationBuilder builder, EdgeOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<INameResolver, SystemNames>();
        services.AddSingleton<OutboundGuard>();
        services.AddHttpClient();
        // Whoever takes a client from the factory calls through the guard, and need not think of it.
        services.ConfigureHttpClientDefaults(static client => client.ConfigurePrimaryHttpMessageHandler(static provider => provider.GetRequiredService<OutboundGuard>().CreateHandler()));
        services.AddHsts(static hsts => hsts.MaxAge = TimeSpan.FromDays(365));
        services.AddRateLimiter(limiter => RequestRates.Configure(limiter, options));
    }

    /// <summary>Before everything: who is at the other end, and what no answer may be used for.</summary>
    public static void UseEdges(this WebApplication app)
    {
        if (app.Services.GetRequiredService<EdgeOptions>() is { TrustedProxies.Count: > 0 } options) app.UseForwardedHeaders(Forwarded(options));
        if (!app.Environment.IsDevelopment()) app.UseHsts();
        app.Use(static (context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = NothingToLoad;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            if (IsHost(context.Request.Host)) return next(context);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        });
    }

    /// <summary>The server takes more than a page's address can be made of. HTTP/1.0 needs none.</summary>
    private static bool IsHost(HostString host) => !host.HasValue || (Uri.TryCreate($"http://{host.Value}/", UriKind.Absolute, out var address) && address.UserInfo.Length == 0 && address.AbsolutePath == "/");

    private static ForwardedHeadersOptions Forwarded(EdgeOptions options)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.TrustedProxies) forwarded.KnownIPNetworks.Add(network);
        return forwarded;
    }
}
