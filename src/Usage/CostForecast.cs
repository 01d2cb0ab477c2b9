namespace AgentConsole.Usage;

/// <summary>USD of a whole period of the calendar, a month unless said, of which a part has passed.</summary>
/// <param name="Spent">Up to now.</param>
/// <param name="Expected">At the end of the period.</param>
/// <param name="Low">Four of five end above this…</param>
/// <param name="High">… and below this, if days go on differing from their weekday's mean as they did.</param>
public sealed record CostForecast(decimal Spent, decimal Expected, decimal Low, decimal High)
{
    /// <summary>Full days that it is made from: four of each weekday.</summary>
    public const int Days = 28;

    public const string Method = "Seasonal mean: each day to come costs what its weekday did on average in the last 4 weeks. The band holds 80 %, from how much days differed from their weekday's mean.";

    private const int Weeks = Days / 7;

    /// <summary>Student's t for 80 %, of 28 days less 7 means.</summary>
    private const double Band = 1.323;

    /// <param name="costs">USD of each of the last 28 full days, oldest first.</param>
    /// <param name="today">The day that goes on.</param>
    /// <param name="passed">The share of it that has passed, 0 to 1.</param>
    /// <param name="spent">USD of the month up to now, today included.</param>
    public static CostForecast Of(IReadOnlyList<decimal> costs, DateOnly today, double passed, decimal spent) =>
        Of(costs, today, new DateOnly(today.Year, today.Month, 1).AddMonths(1), passed, spent);

    /// <param name="end">The first day after the period.</param>
    public static CostForecast Of(IReadOnlyList<decimal> costs, DateOnly today, DateOnly end, double passed, decimal spent)
    {
        var means = Means(costs);
        var variance = costs.Select((cost, index) => Math.Pow((double)(cost - means[index % 7]), 2)).Sum() / (Days - 7);
        var ahead = new double[7];
        ahead[0] = 1 - Math.Clamp(passed, 0, 1);
        for (var day = today.AddDays(1); day < end; day = day.AddDays(1)) ahead[(day.DayNumber - today.DayNumber) % 7]++;
        var rest = means.Select((mean, weekday) => mean * (decimal)ahead[weekday]).Sum();
        // Each day differs by itself, and all days of a weekday by the error of its mean.
        var spread = Band * Math.Sqrt(variance * ahead.Sum(static days => days + days * days / Weeks));
        var expected = spent + rest;
        return new(spent, expected, Math.Max(spent, expected - (decimal)spread), expected + (decimal)spread);
    }

    /// <summary>When so much is expected to be spent: a day, and the share of it that has passed by then. Null when not before the end.</summary>
    public static (DateOnly Day, double Passed)? Reaches(decimal amount, IReadOnlyList<decimal> costs, DateOnly today, DateOnly end, double passed, decimal spent)
    {
        var means = Means(costs);
        for (var (day, begin) = (today, Math.Clamp(passed, 0, 1)); day < end; (day, begin) = (day.AddDays(1), 0))
        {
            var mean = means[(day.DayNumber - today.DayNumber) % 7];
            var rest = mean * (decimal)(1 - begin);
            if (spent + rest >= amount && rest > 0) return (day, begin + (double)((amount - spent) / mean));
            spent += rest;
        }
        return null;
    }

    /// <summary>By weekday, from that of today on. The last of the costs is yesterday: index 0 is four weeks before today, the same weekday.</summary>
    private static decimal[] Means(IReadOnlyList<decimal> costs)
    {
        if (costs.Count != Days) throw new ArgumentException($"Not {Days} days.", nameof(costs));
        return [.. Enumerable.Range(0, 7).Select(weekday => Enumerable.Range(0, Weeks).Average(week => costs[week * 7 + weekday]))];
    }
}
