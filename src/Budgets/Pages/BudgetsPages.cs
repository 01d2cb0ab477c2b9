using AgentConsole.Access;
using AgentConsole.Shell;

namespace AgentConsole.Budgets.Pages;

public static class BudgetsPages
{
    /// <summary>The budgets page's place in the rail.</summary>
    public static IServiceCollection AddBudgetsPages(this IServiceCollection services) =>
        services.AddSingleton(new NavEntry(NavGroup.Control, 20, "Budgets", Links.Budgets, "budgets", Permission.ReadBudgets.Policy()));
}
