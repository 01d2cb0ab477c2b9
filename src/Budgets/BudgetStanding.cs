namespace AgentConsole.Budgets;

/// <summary>How a budget stands in one of its periods.</summary>
/// <param name="Subjects">The most used up first; one without a name, unless the budget is of each.</param>
/// <param name="MoreSubjects">How many there are beyond those; they have used up less.</param>
public sealed record BudgetStanding(BudgetSpan Span, DateTimeOffset At, IReadOnlyList<SubjectStanding> Subjects, int MoreSubjects)
{
    /// <summary>The one that is furthest.</summary>
    public SubjectStanding Leading => Subjects[0];
}

/// <param name="Subject">Whose, of a budget of each; else empty.</param>
/// <param name="Spent">USD of what has a price.</param>
/// <param name="Unpriced">Requests that have none.</param>
/// <param name="Forecast">USD at the end of the period; null when it is not known.</param>
/// <param name="NoForecast">Why it is not.</param>
/// <param name="ExhaustedAt">When the amount was used up, to a quarter of an hour; or when it is expected to be. Null when it is not, or nothing is known.</param>
public sealed record SubjectStanding(string Subject, decimal Spent, long Unpriced, decimal? Forecast, string? NoForecast, DateTimeOffset? ExhaustedAt);

/// <summary>What a budget would have said of a period that is over.</summary>
/// <param name="Crossed">Percentages that were reached.</param>
public sealed record PastPeriod(BudgetSpan Span, decimal Spent, IReadOnlyList<int> Crossed);
