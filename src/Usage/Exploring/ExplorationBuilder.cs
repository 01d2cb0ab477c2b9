using AgentConsole.Usage.Rollups;

namespace AgentConsole.Usage.Exploring;

/// <summary>Makes an answer of sums: every fold is made of sums, so that shares and percentiles of "other" and of totals are right, too.</summary>
internal static class ExplorationBuilder
{
    private const int MostPivotRows = 100;
    private const int MostPivotColumns = 12;

    public static Exploration Build(ExplorationQuery query, ExplorationSums sums, DateTimeOffset completeTo, TimeSpan took)
    {
        var shown = sums.Groups.Take(ExplorerQueries.MostGroups).Select(static group => new GroupMeasures(group.Key.Values, group.Measures)).ToList();
        var rest = sums.Groups.Skip(ExplorerQueries.MostGroups).Select(static group => group.Sums).ToList();
        return new(
            query, completeTo, Fold(sums.Groups.Select(static group => group.Sums), query.Cut.FromEvents).ToMeasures(), shown, rest.Count == 0 ? null : Fold(rest).ToMeasures(), rest.Count, sums.Buckets,
            query.Shape == ExplorationShape.Whole ? [] : [.. Enumerable.Range(0, sums.BucketCount).Select(bucket => sums.Whole.GetValueOrDefault(bucket)?.ToMeasures())],
            query.Shape == ExplorationShape.OverTime ? Series(query, sums) : [],
            query.Shape == ExplorationShape.Whole && query.Cut.GroupBy.Count == 2 ? Cross(query, sums.Groups) : null,
            took);
    }

    private static List<SeriesMeasures> Series(ExplorationQuery query, ExplorationSums sums)
    {
        var leading = ExplorationReader.Leading(query, sums.Groups);
        var series = leading.Select(group => new SeriesMeasures(
            group.Key.Values, 1, [.. Enumerable.Range(0, sums.BucketCount).Select(bucket => sums.Cells.GetValueOrDefault(group.Key with { Bucket = bucket })?.ToMeasures())])).ToList();
        if (sums.Groups.Count > leading.Count)
            series.Add(new(null, sums.Groups.Count - leading.Count, [.. Enumerable.Range(0, sums.BucketCount).Select(bucket => Others(bucket, leading, sums))]));
        return series;
    }

    /// <summary>The whole of a bucket without its leading groups.</summary>
    private static Measures? Others(int bucket, IReadOnlyList<(GroupKey Key, UsageSums Sums, Measures Measures)> leading, ExplorationSums sums)
    {
        if (!sums.Whole.TryGetValue(bucket, out var whole)) return null;
        var others = Fold([whole]);
        foreach (var group in leading)
            if (sums.Cells.TryGetValue(group.Key with { Bucket = bucket }, out var part)) others.Subtract(part);
        return others.Requests == 0 ? null : others.ToMeasures();
    }

    private static Pivot Cross(ExplorationQuery query, IReadOnlyList<(GroupKey Key, UsageSums Sums, Measures Measures)> groups)
    {
        var (rows, rowOf) = Heads(query, groups, 0, MostPivotRows);
        var (columns, columnOf) = Heads(query, groups, 1, MostPivotColumns);
        var cells = new UsageSums?[rows.Count, columns.Count];
        foreach (var group in groups)
            (cells[rowOf(group.Key.Values[0]), columnOf(group.Key.Values[1])] ??= new()).Add(group.Sums);
        return new(rows, columns, [.. Enumerable.Range(0, rows.Count).Select(row => Enumerable.Range(0, columns.Count).Select(column => cells[row, column]?.ToMeasures()).ToList())]);
    }

    /// <summary>The values of one of the dimensions by how much of the measure they have, and the place of each; those beyond the most are one head at the end.</summary>
    private static (List<PivotHead> Heads, Func<string?, int> PlaceOf) Heads(ExplorationQuery query, IReadOnlyList<(GroupKey Key, UsageSums Sums, Measures Measures)> groups, int axis, int most)
    {
        var ranked = groups.GroupBy(group => group.Key.Values[axis], group => group.Sums)
            .Select(static value => (Value: value.Key, Sums: Fold(value)))
            .Select(static value => (value.Value, value.Sums, Measures: value.Sums.ToMeasures()))
            .OrderByDescending(value => query.Measure.Rank(value.Measures)).ThenByDescending(static value => value.Measures.Requests).ThenBy(static value => value.Value, StringComparer.Ordinal)
            .ToList();
        var own = ranked.Count <= most ? ranked.Count : most - 1;
        var heads = ranked.Take(own).Select(static value => new PivotHead(value.Value, 0, value.Measures)).ToList();
        if (ranked.Count > own) heads.Add(new(null, ranked.Count - own, Fold(ranked.Skip(own).Select(static value => value.Sums)).ToMeasures()));
        var places = ranked.Take(own).Select(static (value, place) => (Name: value.Value ?? "", place)).ToDictionary(static value => value.Name, static value => value.place, StringComparer.Ordinal);
        return (heads, value => places.GetValueOrDefault(value ?? "", own));
    }

    private static UsageSums Fold(IEnumerable<UsageSums> sums, EventMeasures known = EventMeasures.None)
    {
        var all = new UsageSums(known);
        foreach (var one in sums) all.Add(one);
        return all;
    }
}
