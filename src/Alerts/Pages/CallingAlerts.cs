using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;

namespace AgentConsole.Alerts.Pages;

/// <summary>The alerts that every page shows.</summary>
public sealed class CallingAlerts(AlertQueries alerts) : IOpenAlerts
{
    public string Policy => Permission.ReadBudgets.Policy();

    public Task<OpenAlerts> ReadAsync(Reach reach, CancellationToken cancellationToken) => alerts.CountOpenAsync(reach, cancellationToken);
}
