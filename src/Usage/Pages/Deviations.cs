namespace AgentConsole.Usage.Pages;

/// <summary>How far someone's last 24 hours are from the same hours of the weeks before. USD.</summary>
/// <param name="Usual">The mean of the weeks before; a week without a request counts as nothing.</param>
public sealed record Deviation(string? Group, decimal Now, decimal Usual)
{
    public decimal Difference => Now - Usual;

    /// <summary>How many times the usual it is; null when nothing is usual.</summary>
    public double? Times => Usual > 0 ? (double)(Now / Usual) : null;
}

/// <summary>Whose last day is not like their own weekday: those with the largest differences in money.</summary>
/// <param name="Weeks">That were compared with; none when the data is younger than a week.</param>
public sealed record Deviations(DateTimeOffset From, DateTimeOffset To, Dimension By, int Weeks, IReadOnlyList<Deviation> Leading)
{
    public const int MostWeeks = 4;
    public const int Most = 7;

    public const string Method = "The cost of the last 24 full hours against the mean of the same 24 hours one to four weeks before, of each alone. Largest differences first; no statistics beyond that.";

    /// <param name="before">The same hours of each week before that is known.</param>
    public static Deviations Of(Breakdown now, IReadOnlyList<Breakdown> before, Dimension by)
    {
        var costs = now.Rows.ToDictionary(static row => row.Group[0] ?? "", static row => row.Measures.Cost);
        var usual = before.SelectMany(static week => week.Rows).GroupBy(static row => row.Group[0] ?? "").ToDictionary(static group => group.Key, group => group.Sum(static row => row.Measures.Cost) / before.Count);
        var all = before.Count == 0 ? [] : costs.Keys.Union(usual.Keys).Select(name => new Deviation(name.Length == 0 ? null : name, costs.GetValueOrDefault(name), usual.GetValueOrDefault(name)));
        return new(now.Query.From, now.Query.To, by, before.Count, [.. all.Where(static one => one.Difference != 0).OrderByDescending(static one => Math.Abs(one.Difference)).ThenBy(static one => one.Group, StringComparer.Ordinal).Take(Most)]);
    }
}
