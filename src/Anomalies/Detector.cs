namespace AgentConsole.Anomalies;

/// <summary>The cost of a subject hour by hour, and that of the same hours of weeks before. USD.</summary>
/// <param name="Costs">The last hour may still go on.</param>
/// <param name="Weeks">Each begins an hour earlier and ends an hour later than <paramref name="Costs"/>. None: there is no history.</param>
/// <param name="Whole">How many of the hours are over.</param>
public sealed record CostHours(DateTimeOffset From, IReadOnlyList<decimal> Costs, IReadOnlyList<IReadOnlyList<decimal>> Weeks, int Whole);

/// <summary>Hours on end that cost too much.</summary>
/// <param name="Expected">USD.</param>
/// <param name="GoesOn">It has not been quiet for long enough to be over.</param>
public sealed record HotStretch(DateTimeOffset From, DateTimeOffset To, decimal Cost, decimal Expected, bool GoesOn);

/// <summary>
/// Finds the hours that cost far more than the same hours of the weeks before, and joins them. Each hour is held, in each week, against the dearest of its own and the two beside
/// it, so that a habit that moves by an hour is none. An hour that still goes on counts as it is: it can only be too little.
/// </summary>
public static class Detector
{
    /// <summary>Quiet hours on end that make an end; fewer are a pause.</summary>
    public const int QuietHours = 2;

    public static IReadOnlyList<HotStretch> Find(CostHours hours, AnomaliesOptions options)
    {
        var found = new List<HotStretch>();
        var baselines = Enumerable.Range(0, hours.Costs.Count).Select(hour => Baseline.Of([.. hours.Weeks.Select(week => week.Skip(hour).Take(3).Max())])).ToList();
        for (int hour = 0, first = -1, last = -1; hour <= hours.Costs.Count; hour++)
        {
            if (hour < hours.Costs.Count && baselines[hour].IsUnusual(hours.Costs[hour], options)) (first, last) = (first < 0 ? hour : first, hour);
            else if (first >= 0 && (hour - last >= QuietHours || hour == hours.Costs.Count))
            {
                found.Add(Stretch(hours, baselines, first, last));
                first = -1;
            }
        }
        return found;
    }

    private static HotStretch Stretch(CostHours hours, List<Baseline> baselines, int first, int last) => new(
        hours.From.AddHours(first), hours.From.AddHours(last + 1), hours.Costs.Skip(first).Take(last - first + 1).Sum(), baselines.Skip(first).Take(last - first + 1).Sum(static one => one.Expected),
        GoesOn: hours.Whole - 1 - last < QuietHours);
}
