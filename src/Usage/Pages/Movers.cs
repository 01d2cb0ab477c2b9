using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>How the cost of one group moved. USD.</summary>
/// <param name="Group">Null means that the events have none.</param>
public sealed record Mover(string? Group, decimal Now, decimal Before)
{
    public decimal Difference => Now - Before;
}

/// <summary>What moved the cost of a range against the one before: those that moved it most, and all others together, which sum to the whole change.</summary>
/// <param name="Others">Null when there are none.</param>
public sealed record Movers(Period Period, Dimension By, IReadOnlyList<Mover> Leading, Mover? Others, int OtherCount, Mover Total)
{
    public const int Most = 6;

    public static Movers Of(Period period, Dimension by)
    {
        var before = period.Before.Rows.ToDictionary(static row => row.Group[0] ?? "", static row => row.Measures.Cost);
        var now = period.Now.Rows.ToDictionary(static row => row.Group[0] ?? "", static row => row.Measures.Cost);
        var all = now.Keys.Union(before.Keys)
            .Select(name => new Mover(name.Length == 0 ? null : name, now.GetValueOrDefault(name), before.GetValueOrDefault(name)))
            .OrderByDescending(static mover => Math.Abs(mover.Difference)).ThenBy(static mover => mover.Group, StringComparer.Ordinal).ToList();
        var leading = all.Count <= Most + 1 ? all.Count : Most;
        return new(period, by, [.. all.Take(leading)], all.Count > leading ? Sum(all.Skip(leading)) : null, all.Count - leading, Sum(all));
    }

    public Change Change(Mover mover) => AgentConsole.Shell.Change.Between(mover.Now, mover.Before, Format.Money, Period.Range.PreviousWords, lowerIsBetter: true)!;

    private static Mover Sum(IEnumerable<Mover> movers) => movers.Aggregate(new Mover(null, 0, 0), static (sum, mover) => sum with { Now = sum.Now + mover.Now, Before = sum.Before + mover.Before });
}
