using AgentConsole.Access;
using AgentConsole.Notify;
using AgentConsole.Platform;
using AgentConsole.Shell;

namespace AgentConsole.Budgets.Pages;

/// <summary>What the budgets page shows.</summary>
/// <param name="Standings">Of the budgets on the page, in their order.</param>
/// <param name="Selected">The budget that the URL names; null when there is none, or none for the visitor.</param>
/// <param name="Places">Tenants that the visitor may make budgets of.</param>
/// <param name="Channels">Within the visitor's reach.</param>
public sealed record BudgetsView(
    BudgetPage Page, IReadOnlyList<Result<BudgetStanding>> Standings, BudgetSelection? Selected, IReadOnlyList<TenantChoice> Places, IReadOnlyList<ChannelRow> Channels, Caller Caller, DateTimeOffset Now)
{
    public bool MayCreate => Caller.CanSomewhere(Permission.ManageBudgets);

    public bool MayChange(BudgetRow budget) => Caller.Can(Permission.ManageBudgets, budget.Tenant);
}

/// <param name="Past">The newest first; fails as its sums do.</param>
public sealed record BudgetSelection(ZonedBudget Budget, Result<BudgetStanding> Standing, Result<PastPeriod[]> Past);

/// <summary>The budgets page's own parameters.</summary>
public static class BudgetLinks
{
    public const string Create = "create";
    public const string Edit = "edit";

    private static readonly string[] Own = ["tab", "budget", "cursor"];

    public static PageUrl ToList(PageUrl url) => url.Without(Own);

    public static PageUrl ToCreate(PageUrl url) => ToList(url).With("tab", Create);

    public static PageUrl ToBudget(PageUrl url, Guid id) => url.Without("tab").With("budget", id.ToString());

    public static PageUrl ToEdit(PageUrl url, Guid id) => ToBudget(url, id).With("tab", Edit);
}
