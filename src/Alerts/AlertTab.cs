namespace AgentConsole.Alerts;

/// <summary>A further tab of the alerts page; the feature whose it is registers it, so that alerts know nothing of what raises them.</summary>
/// <param name="Name">The value of <c>tab</c> in the address.</param>
/// <param name="Component">Shown under the tabs; it reads the page's address by itself.</param>
public sealed record AlertTab(int Order, string Name, string Label, Type Component);
