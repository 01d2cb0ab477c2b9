namespace AgentConsole.Usage.Pages;

/// <summary>How the requests of a provider ended.</summary>
public sealed record Outcome(string? Provider, long Requests, long Succeeded, long Failed, long Denied, long Cancelled, long Attempts)
{
    /// <summary>Share of 1; null without requests.</summary>
    public double? Share(long part) => Requests == 0 ? null : (double)part / Requests;

    /// <summary>Tries beyond the first of each request: retries and fallbacks.</summary>
    public long FurtherAttempts => Math.Max(0, Attempts - Requests);

    public static Outcome Of(string? provider, IEnumerable<BreakdownRow> rows, int statusAt)
    {
        var sums = rows.GroupBy(row => UsageStatuses.Parse(row.Group[statusAt])).ToDictionary(static group => group.Key ?? (UsageStatus)(-1), static group => group.Sum(static row => row.Measures.Requests));
        return new(
            provider, sums.Values.Sum(), sums.GetValueOrDefault(UsageStatus.Success), sums.GetValueOrDefault(UsageStatus.Failure), sums.GetValueOrDefault(UsageStatus.Denied), sums.GetValueOrDefault(UsageStatus.Cancelled),
            rows.Sum(static row => row.Measures.Attempts));
    }
}

/// <summary>How the platform serves its tenants in a range, and the same of the range before.</summary>
/// <param name="Providers">Most requests first.</param>
public sealed record FleetHealth(Period Period, Outcome Now, Outcome Before, IReadOnlyList<Outcome> Providers, Ingestion Ingestion)
{
    /// <param name="period">By provider, then by status.</param>
    public static FleetHealth Of(Period period, Ingestion ingestion) => new(
        period, Outcome.Of(null, period.Now.Rows, 1), Outcome.Of(null, period.Before.Rows, 1),
        [.. period.Now.Rows.GroupBy(static row => row.Group[0]).Select(static group => Outcome.Of(group.Key, group, 1)).OrderByDescending(static outcome => outcome.Requests).ThenBy(static outcome => outcome.Provider, StringComparer.Ordinal)],
        ingestion);
}
