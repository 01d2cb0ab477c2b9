using AgentConsole.Access;
using AgentConsole.Limits.Counters;
using AgentConsole.Limits.Truth;
using AgentConsole.Shell;

namespace AgentConsole.Limits.Pages;

public static class LimitsPages
{
    /// <summary>The limits' place in the rail.</summary>
    public static IServiceCollection AddLimitsPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Control, 10, "Limits", Links.Limits, "limits", Permission.ReadLimits.Policy()))
        .AddSingleton<LimitsReader>();
}
