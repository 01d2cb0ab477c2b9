using AgentConsole.Access;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;

namespace AgentConsole.Limits.Pages;

public static class LimitsPages
{
    /// <summary>The limits' place in the rail.</summary>
    public static IServiceCollection AddLimitsPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Control, 10, "Limits", Links.Limits, "limits", Permission.ReadLimits.Policy()))
        .AddSingleton(new SearchAction(22, "Set a limit", "new rate quota budget raise", "limits", Permission.ManageLimits.Policy(), static frame => LimitLinks.ToTab(frame.Url, LimitLinks.New).ToString()))
        .AddSingleton(new SearchAction(24, "Explain limits", "which limit binds why refused", "limits", Permission.ReadLimits.Policy(), static frame => frame.Url.To(Links.EffectiveLimits).ToString()))
        .AddSingleton(new SearchAction(26, "Stop a user, a key or a tenant", "kill switch block suspend runaway", "limits", Permission.ManageLimits.Policy(), static frame => LimitLinks.ToTab(frame.Url, LimitLinks.Stop).ToString()))
        .AddSingleton<LimitsReader>();
}
