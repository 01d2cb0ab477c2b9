using AgentConsole.Platform.Live;
using AgentConsole.Shell;

namespace AgentConsole.Alerts;

public static class AlertSignals
{
    /// <summary>Tells open pages of alerts that changed, each tenant's readers of their own alone.</summary>
    public static void SignalAlerts(this IChangeFeed changes, params IEnumerable<AlertSubject> changed)
    {
        var tenants = changed.Select(static subject => subject.Tenant).ToHashSet();
        if (tenants.Count == 0) return;
        foreach (var tenant in tenants.OfType<string>()) changes.Signal(Topics.Alerts(tenant));
        changes.Signal(Topics.AllAlerts);
    }
}
