namespace AgentConsole.Pricing;

public enum PriceChangeKind { Added, Changed }

/// <summary>What an import does to one price.</summary>
/// <param name="Before">What priced until now; null when nothing did.</param>
/// <param name="After">What prices from now on; null when the catalogue no longer announces it.</param>
public sealed record PriceChange(PriceChangeKind Kind, PriceRow? Before, PriceRow? After)
{
    public PriceRow Row => After ?? Before!;
}

/// <summary>The changes that lead from the stored prices to those of a catalogue.</summary>
/// <param name="Retired">Rows that price no more, because another took their very place.</param>
internal sealed record PricePlan(IReadOnlyList<PriceChange> Changes, int Unchanged, IReadOnlyList<Guid> Retired)
{
    public IReadOnlyList<PriceRow> Added { get; } = [.. Changes.Select(static change => change.After).OfType<PriceRow>()];
}

/// <summary>
/// Compares a catalogue with what the store has of it, series by series: a series is one provider, model, tier, input size and hours, through all dates.
/// 1. A row that is there already is unchanged, and so is a first row that says what holds at its start anyway. 2. A row with another's key takes its place.
/// 3. Any other row is new, and is a change when something priced before it. 4. A later date that the catalogue no longer names is withdrawn.
/// </summary>
internal static class PriceDiff
{
    public static PricePlan Compare(IEnumerable<ActivePrice> stored, IEnumerable<PriceRow> incoming, DateTimeOffset now)
    {
        var known = stored.GroupBy(static price => Series(price.Row)).ToDictionary(static group => group.Key, static group => group.OrderBy(static price => Start(price.Row)).ToList());
        var changes = new List<PriceChange>();
        var retired = new List<Guid>();
        var unchanged = 0;
        foreach (var series in incoming.GroupBy(Series))
        {
            List<PriceRow> rows = [.. series.OrderBy(Start)];
            var have = known.TryGetValue(series.Key, out var found) ? found : [];
            unchanged += Compare(have, rows, now, changes, retired);
        }
        return new(changes, unchanged, retired);
    }

    private static int Compare(List<ActivePrice> have, List<PriceRow> rows, DateTimeOffset now, List<PriceChange> changes, List<Guid> retired)
    {
        // A catalogue without dates says what holds today; it does not undo the dates of what held before.
        if (rows is [{ ValidFrom: null } only] && InForce(have, now) is { } today && SaysTheSame(today.Row, only)) return 1;
        var unchanged = 0;
        var kept = new HashSet<Guid>();
        foreach (var row in rows)
        {
            var place = have.Find(price => Start(price.Row) == Start(row));
            var before = place ?? InForce(have, Start(row));
            if (before is not null && SaysTheSame(before.Row, row) && (place is not null || ReferenceEquals(row, rows[0])))
            {
                kept.Add(before.RowId);
                unchanged++;
                continue;
            }
            if (place is not null && kept.Add(place.RowId)) retired.Add(place.RowId);
            changes.Add(new(before is null ? PriceChangeKind.Added : PriceChangeKind.Changed, before?.Row, row));
        }
        foreach (var withdrawn in have.Where(price => Start(price.Row) > Start(rows[0]) && !kept.Contains(price.RowId)))
        {
            retired.Add(withdrawn.RowId);
            changes.Add(new(PriceChangeKind.Changed, withdrawn.Row, null));
        }
        return unchanged;
    }

    private static ActivePrice? InForce(List<ActivePrice> have, DateTimeOffset at) => have.FindLast(price => Start(price.Row) <= at);

    private static DateTimeOffset Start(PriceRow row) => row.ValidFrom ?? DateTimeOffset.MinValue;

    private static string Series(PriceRow row) => (row with { ValidFrom = null }).Key;

    /// <summary>The mark of the content, but for where it starts.</summary>
    private static bool SaysTheSame(PriceRow a, PriceRow b) =>
        (a with { ValidFrom = null }).Id == (b with { ValidFrom = null }).Id;
}
