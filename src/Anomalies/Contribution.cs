using AgentConsole.Usage;

namespace AgentConsole.Anomalies;

/// <param name="Name">Null: the requests name none. Of others together it is nothing.</param>
/// <param name="Expected">USD; null where nothing can be expected of it, such as of a session.</param>
public sealed record Contribution(string? Name, decimal Requests, decimal Cost, decimal? Expected)
{
    public decimal Excess => Cost - (Expected ?? 0);
}

/// <summary>What a cost and its excess are made of, by one dimension; the list and the others sum to the whole.</summary>
/// <param name="By">A dimension's name, or <c>session</c>.</param>
/// <param name="Leading">Those with the largest excess first.</param>
/// <param name="Others">All beyond those; null when there are none.</param>
public sealed record Contributions(string By, IReadOnlyList<Contribution> Leading, Contribution? Others, int OtherCount)
{
    public const int Most = 8;

    public static Contributions Of(string by, IEnumerable<Contribution> all)
    {
        var ordered = all.OrderByDescending(static one => Math.Abs(one.Excess)).ThenByDescending(static one => one.Cost).ThenBy(static one => one.Name, StringComparer.Ordinal).ToList();
        var rest = ordered.Skip(Most).ToList();
        return new(by, [.. ordered.Take(Most)], rest.Count == 0 ? null : Sum(rest), rest.Count);
    }

    /// <param name="expected">Stretches whose mean is expected.</param>
    /// <param name="group">Which value of a row's group it is by.</param>
    public static Contributions Of(Dimension by, Breakdown now, IReadOnlyList<Breakdown> expected, int group = 0)
    {
        var usual = expected.SelectMany(static stretch => stretch.Rows).GroupBy(row => row.Group[group] ?? "").ToDictionary(static rows => rows.Key, rows => rows.Sum(static row => row.Measures.Cost) / expected.Count);
        var costs = now.Rows.GroupBy(row => row.Group[group] ?? "").ToDictionary(static rows => rows.Key, static rows => (Requests: rows.Sum(static row => row.Measures.Requests), Cost: rows.Sum(static row => row.Measures.Cost)));
        return Of(by.Name(), costs.Keys.Union(usual.Keys).Select(name =>
        {
            var (requests, cost) = costs.GetValueOrDefault(name);
            return new Contribution(name.Length == 0 ? null : name, requests, cost, usual.GetValueOrDefault(name));
        }));
    }

    private static Contribution Sum(List<Contribution> rest) => new(null, rest.Sum(static one => one.Requests), rest.Sum(static one => one.Cost), rest.All(static one => one.Expected is null) ? null : rest.Sum(static one => one.Expected ?? 0));
}
