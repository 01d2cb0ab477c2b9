using AgentConsole.Alerts.Pages;
using AgentConsole.Jobs;

namespace AgentConsole.Alerts;

/// <summary>What is wrong, told to people: raised and closed by whoever watches, acknowledged by a person, in sight on every page until then.</summary>
public static class AlertsFeature
{
    public static IReadOnlyList<ScheduledJob> Jobs => [ExpireAlertsJob.Schedule];

    public static void AddAlerts(this IHostApplicationBuilder builder, AlertsOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<RaiseAlerts>();
        services.AddSingleton<CloseAlerts>();
        services.AddSingleton<AcknowledgeAlert>();
        services.AddSingleton<AlertQueries>();
        services.AddAlertsPages();
    }
}
