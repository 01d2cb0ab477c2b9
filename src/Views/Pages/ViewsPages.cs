using AgentConsole.Access;
using AgentConsole.Shell;

namespace AgentConsole.Views.Pages;

public static class ViewsPages
{
    /// <summary>The dashboards' place in the rail.</summary>
    public static IServiceCollection AddViewsPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Spend, 15, "Dashboards", Links.Dashboards, "dashboards", Permission.ReadUsage.Policy()));
}
