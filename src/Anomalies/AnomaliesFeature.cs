using AgentConsole.Access;
using AgentConsole.Anomalies.Api;
using AgentConsole.Anomalies.Detection;
using AgentConsole.Anomalies.Pages;
using AgentConsole.Jobs;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Usage;

namespace AgentConsole.Anomalies;

/// <summary>Unusual costs, found by the console and looked into by people.</summary>
public static class AnomaliesFeature
{
    public static IReadOnlyList<ScheduledJob> Jobs => [DetectAnomaliesJob.Schedule];

    public static void AddAnomalies(this IHostApplicationBuilder builder, AnomaliesOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<CaseQueries>();
        services.AddSingleton<ExplainCase>();
        services.AddSingleton<CaseEvidence>();
        services.AddSingleton<CaseChanges>();
        services.AddSingleton(static provider => new TakeCase(provider.GetRequiredService<CaseChanges>()));
        services.AddSingleton(static provider => new NoteCase(provider.GetRequiredService<CaseChanges>()));
        services.AddSingleton(static provider => new CloseCase(provider.GetRequiredService<CaseChanges>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new ReopenCase(provider.GetRequiredService<CaseChanges>()));
        services.AddSingleton<ReadIncidents>();
        services.AddSingleton<KeepCases>();
        services.AddSingleton(static provider => new DetectAnomalies(
            provider.GetRequiredService<TenantQueries>(), provider.GetRequiredService<UsageQueries>(), provider.GetRequiredService<Contexts>(), provider.GetRequiredService<ReadIncidents>(), provider.GetRequiredService<KeepCases>(),
            provider.GetRequiredService<AnomaliesOptions>(), provider.GetRequiredService<IChangeFeed>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DetectAnomalies>>()));
        services.AddAnomaliesPages();
    }

    public static void MapAnomalies(this IEndpointRouteBuilder app) => CaseEndpoints.Map(app);
}
