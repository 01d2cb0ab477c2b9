using AgentConsole.Access;
using AgentConsole.Shell;

namespace AgentConsole.Budgets.Pages;

public static class BudgetsPages
{
    /// <summary>The budgets page's place in the rail, and a tenant's budgets on its overview.</summary>
    public static IServiceCollection AddBudgetsPages(this IServiceCollection services) => services
        .AddSingleton(new NavEntry(NavGroup.Control, 20, "Budgets", Links.Budgets, "budgets", Permission.ReadBudgets.Policy()))
        .AddSingleton(new OverviewCard(OverviewOf.OneTenant, 25, typeof(BudgetsCard), Permission.ReadBudgets.Policy()));
}
