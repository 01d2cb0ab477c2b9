using AgentConsole.Alerts;

namespace AgentConsole.AlertRules.Pages;

public static class AlertRulesPages
{
    /// <summary>A tab of the alerts page.</summary>
    public static IServiceCollection AddAlertRulesPages(this IServiceCollection services) => services.AddSingleton(new AlertTab(30, RulesTab.Name, "Rules", typeof(RulesTab)));
}
