namespace AgentConsole.Shell;

/// <summary>A page in the left rail. Each feature registers its own as singletons, so only pages that exist are shown.</summary>
/// <param name="Order">Within the group, ascending.</param>
/// <param name="Icon">A name of <see cref="Widgets.Icon"/>.</param>
/// <param name="Policy">That of the page: it is shown to whoever has it somewhere.</param>
public sealed record NavEntry(NavGroup Group, int Order, string Label, string Href, string Icon, string Policy);

/// <summary>What a person comes for, in the order of the rail.</summary>
public enum NavGroup { Spend, Control, Platform, Admin }
