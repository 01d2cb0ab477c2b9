namespace AgentConsole.Budgets.Pages;

/// <param name="Lines">Of a budget of each, the subject that has spent most; null where it could not be summed.</param>
/// <param name="Total">Budgets of the tenant.</param>
public sealed record BudgetsCardData(IReadOnlyList<(BudgetRow Budget, SubjectStanding? Standing)> Lines, int Total, DateTimeOffset At);
