using AgentConsole.Access;
using AgentConsole.Shell;

namespace AgentConsole.Alerts.Pages;

public static class AlertsPages
{
    /// <summary>The alerts page's place in the rail and on the overview, and the alerts that every page shows.</summary>
    public static IServiceCollection AddAlertsPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Control, 30, "Alerts", Links.Alerts, "alerts", Permission.ReadBudgets.Policy()))
        .AddSingleton(new OverviewCard(OverviewOf.Any, 35, typeof(AlertsCard), Permission.ReadBudgets.Policy()))
        .AddSingleton<IOpenAlerts, CallingAlerts>();
}
