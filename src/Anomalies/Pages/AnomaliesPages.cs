using AgentConsole.Access;
using AgentConsole.Anomalies.Search;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;

namespace AgentConsole.Anomalies.Pages;

public static class AnomaliesPages
{
    /// <summary>The cases' place in the rail and on the overview, and how they are found.</summary>
    public static IServiceCollection AddAnomaliesPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Spend, 34, "Cases", Links.Cases, "cases", Permission.ReadUsage.Policy()))
        .AddSingleton(new OverviewCard(OverviewOf.Any, 32, typeof(CasesCard), Permission.ManageLimits.Policy()))
        .AddSingleton<ISearchSource, SearchCases>();
}
