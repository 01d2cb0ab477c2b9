using AgentConsole.Access;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using AgentConsole.Usage.Search;

namespace AgentConsole.Usage.Pages;

public static class UsagePages
{
    /// <summary>The usage pages' places in the rail, and how what they are about is found.</summary>
    public static IServiceCollection AddUsagePages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Spend, 10, "Overview", Links.Overview, "overview", Permission.ReadUsage.Policy()))
        .AddSingleton(new NavEntry(NavGroup.Spend, 20, "Usage", Links.Usage, "usage", Permission.ReadUsage.Policy()))
        .AddSingleton(new NavEntry(NavGroup.Spend, 30, "Requests", Links.Requests, "requests", Permission.ReadUsage.Policy()))
        .AddSingleton(new NavEntry(NavGroup.Spend, 32, "Live tail", Links.Tail, "tail", Permission.ReadUsage.Policy()))
        .AddSingleton(new NavEntry(NavGroup.Spend, 35, "Conflicts", Links.Conflicts, "warning", Permission.ReadUsage.Policy()))
        .AddSingleton(new NavEntry(NavGroup.Spend, 60, "Reconciliation", Links.Reconciliation, "reconciliation", Permission.ReadUsage.Policy()))
        .AddSingleton(new OverviewCard(OverviewOf.SeveralTenants, 10, typeof(HealthCard), Permission.ManagePlatform.Policy(), IsWide: true))
        .AddSingleton(new OverviewCard(OverviewOf.Any, 20, typeof(SpendCard), Permission.ReadUsage.Policy()))
        .AddSingleton(new OverviewCard(OverviewOf.Any, 30, typeof(MoversCard), Permission.ReadUsage.Policy()))
        .AddSingleton(new OverviewCard(OverviewOf.Any, 40, typeof(DeviationsCard), Permission.ViewAs.Policy()))
        .AddSingleton(new AddressTile(Links.Usage, typeof(UsageTile)))
        .AddSingleton<ISearchSource, SearchUsers>()
        .AddSingleton<ISearchSource, SearchRequests>()
        .AddSingleton<ISearchSource, SearchSessions>()
        .AddSingleton<ISearchSource, SearchVirtualKeys>();
}
