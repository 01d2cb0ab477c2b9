namespace AgentConsole.Usage;

/// <summary>USD of a whole calendar month, of which a part has passed.</summary>
/// <param name="Spent">Up to now.</param>
/// <param name="Expected">At the end of the month.</param>
/// <param name="Low">Four of five months end above this…</param>
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
    public static CostForecast Of(IReadOnlyList<decimal> costs, DateOnly today, double passed, decimal spent)
    {
        if (costs.Count != Days) throw new ArgumentException($"Not {Days} days.", nameof(costs));
        // The last is yesterday: index 0 is four weeks before today, the same weekday.
        var means = Enumerable.Range(0, 7).Select(weekday => Enumerable.Range(0, Weeks).Average(week => costs[week * 7 + weekday])).ToArray();
        var variance = costs.Select((cost, index) => Math.Pow((double)(cost - means[index % 7]), 2)).Sum() / (Days - 7);
        var ahead = new double[7];
        ahead[0] = 1 - Math.Clamp(passed, 0, 1);
        for (var day = today.AddDays(1); day.Month == today.Month; day = day.AddDays(1)) ahead[(day.DayNumber - today.DayNumber) % 7]++;
        var rest = means.Select((mean, weekday) => mean * (decimal)ahead[weekday]).Sum();
        // Each day differs by itself, and all days of a weekday by the error of its mean.
        var spread = Band * Math.Sqrt(variance * ahead.Sum(static days => days + days * days / Weeks));
        var expected = spent + rest;
        return new(spent, expected, Math.Max(spent, expected - (decimal)spread), expected + (decimal)spread);
    }
}
