namespace AgentConsole.Budgets.Evaluation;

/// <summary>What of a budget is crossed by a subject.</summary>
/// <param name="Mark">The highest percentage that is reached; null when none is.</param>
/// <param name="Reached">All of them, ascending.</param>
/// <param name="IsForecast">Whether the forecast is above the amount, which is not used up yet.</param>
internal sealed record BudgetMarks(SubjectStanding Standing, IReadOnlyList<int> Reached, bool IsForecast)
{
    public int? Mark => Reached.Count == 0 ? null : Reached[^1];

    public static BudgetMarks Of(BudgetRow budget, SubjectStanding standing) => new(
        standing, [.. budget.Thresholds.Where(threshold => standing.Spent >= budget.Amount * threshold / 100)],
        standing.Forecast > budget.Amount && standing.Spent < budget.Amount);

    /// <summary>As they are kept.</summary>
    public IEnumerable<int> Crossings => IsForecast ? Reached.Append(BudgetCrossing.ForecastMark) : Reached;
}
