using AgentConsole.Platform.Data;
using AgentConsole.Platform.Http;
using AgentConsole.Platform.Live;
using AgentConsole.Platform.Redis;

namespace AgentConsole.Platform;

/// <summary>The store, the change feed, health and telemetry: what every feature rests on.</summary>
public static class PlatformFeature
{
    public static void AddPlatform(this IHostApplicationBuilder builder, PlatformOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Database>();
        services.AddSingleton<Contexts>();
        services.AddSingleton<Health>();
        services.AddProblemDetails(static problems => problems.CustomizeProblemDetails = static context =>
            context.ProblemDetails.Extensions["traceId"] = Problems.TraceId(context.HttpContext));
        // Without servers: the one that was asked is named by a header that anyone may write.
        services.AddOpenApi("v1", static document => document.AddDocumentTransformer(static (api, _, _) =>
        {
            api.Servers?.Clear();
            return Task.CompletedTask;
        }));
        AddChangeFeed(services, options);
        builder.AddTelemetry();
    }

    public static void MapPlatform(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapGet("/health/live", static () => Results.Text("live")).AllowAnonymous().DisableRateLimiting().WithTags("Operations").WithSummary("The process runs.");
        app.MapGet("/health/ready", static async (Health health, CancellationToken cancellationToken) =>
            await health.ProblemsAsync(cancellationToken) is { Count: > 0 } problems
                ? Results.Json(new { status = "unavailable", problems }, statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Json(new { status = "ready" }))
            .AllowAnonymous().DisableRateLimiting().WithTags("Operations").WithSummary("The node can do its work; 503 names what is wrong.");
    }

    private static void AddChangeFeed(IServiceCollection services, PlatformOptions options)
    {
        services.AddSingleton<ChangeFeed>();
        if (options.Redis is null)
        {
            services.AddSingleton<IChangeFeed>(static provider => provider.GetRequiredService<ChangeFeed>());
            return;
        }
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<RedisChangeFeed>();
        services.AddSingleton<IChangeFeed>(static provider => provider.GetRequiredService<RedisChangeFeed>());
        services.AddHostedService(static provider => provider.GetRequiredService<RedisChangeFeed>());
    }
}
