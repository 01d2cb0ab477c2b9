using AgentConsole.Alerts.Pages;

namespace AgentConsole.Alerts;

/// <summary>What is wrong, told to people: raised and closed by whoever watches, acknowledged by a person, in sight on every page until then.</summary>
public static class AlertsFeature
{
    public static void AddAlerts(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<RaiseAlerts>();
        services.AddSingleton<CloseAlerts>();
        services.AddSingleton<AcknowledgeAlert>();
        services.AddSingleton<AlertQueries>();
        services.AddAlertsPages();
    }
}
