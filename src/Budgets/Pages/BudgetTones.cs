namespace AgentConsole.Budgets.Pages;

/// <summary>How a budget is, in one word and its colour.</summary>
internal static class BudgetTones
{
    public static (string Word, string Tone) Of(BudgetRow budget, SubjectStanding standing) =>
        standing.Spent >= budget.Amount ? ("used up", "critical")
        : budget.Thresholds.Any(threshold => standing.Spent >= budget.Amount * threshold / 100) ? ("threshold crossed", "warning")
        : standing.Forecast > budget.Amount ? ("will not last", "warning")
        : ("in budget", "ok");
}
