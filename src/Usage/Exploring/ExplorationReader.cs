using System.Runtime.InteropServices;
using AgentConsole.Usage.Rollups;
using Npgsql;

namespace AgentConsole.Usage.Exploring;

/// <summary>What one snapshot says about an exploration, still as sums.</summary>
/// <param name="Groups">Each group's sums over the range.</param>
/// <param name="Whole">By bucket.</param>
/// <param name="Cells">By bucket and group; at least those of the leading groups.</param>
internal sealed record ExplorationSums(
    IReadOnlyList<(GroupKey Key, UsageSums Sums, Measures Measures)> Groups, IReadOnlyDictionary<int, UsageSums> Whole, IReadOnlyDictionary<GroupKey, UsageSums> Cells, IReadOnlyList<DateTimeOffset> Buckets, int BucketCount);

/// <summary>
/// Reads an exploration. From rollups: 1. the groups over the whole range; 2. the whole over time; 3. the leading groups over time, for a dimension may have thousands. What is left of
/// 2 without 3 is "other", histograms included. From events: one scan by group and bucket, from which all three follow.
/// </summary>
internal static class ExplorationReader
{
    public static async Task<ExplorationSums> ReadAsync(NpgsqlConnection connection, KeptSums kept, ExplorationQuery query, string[] tenants, EventReading? reading, CancellationToken cancellationToken)
    {
        var timed = query.Cut with { Grain = GrainOf(query) };
        var buckets = BreakdownReader.Buckets(timed);
        var slots = query.Shape == ExplorationShape.HourOfWeek ? buckets.Select(static bucket => HourOfWeek(bucket.Label!.Value)).ToArray() : null;
        IReadOnlyList<DateTimeOffset> starts = query.Shape == ExplorationShape.OverTime ? [.. buckets.Select(static bucket => bucket.Label!.Value)] : [];
        var count = slots is null ? buckets.Count : Exploration.HoursOfWeek;
        if (reading is not null)
        {
            var cells = await BreakdownReader.SumAsync(connection, kept, timed, tenants, buckets, slots, reading, cancellationToken);
            return new(Rank(query, Merge(cells, static key => key with { Bucket = 0 })), Merge(cells, static key => key.Bucket), cells, starts, count);
        }
        var total = query.Cut with { Grain = Grain.Total };
        var groups = Rank(query, await BreakdownReader.SumAsync(connection, kept, total, tenants, BreakdownReader.Buckets(total), null, null, cancellationToken));
        var whole = query.Shape == ExplorationShape.Whole ? [] : await BreakdownReader.SumAsync(connection, kept, timed with { GroupBy = [] }, tenants, buckets, slots, null, cancellationToken);
        var leading = query.Shape != ExplorationShape.OverTime ? [] : await BreakdownReader.SumAsync(connection, kept, Narrow(timed, Leading(query, groups), groups.Count), tenants, buckets, null, null, cancellationToken);
        return new(groups, Merge(whole, static key => key.Bucket), leading, starts, count);
    }

    /// <summary>Those with a row of their own over time. "Other" is never one group alone.</summary>
    public static IReadOnlyList<(GroupKey Key, UsageSums Sums, Measures Measures)> Leading(ExplorationQuery query, IReadOnlyList<(GroupKey Key, UsageSums Sums, Measures Measures)> groups) =>
        groups.Count <= query.Top + 1 ? groups : [.. groups.Take(query.Top)];

    private static Grain GrainOf(ExplorationQuery query) => query.Shape switch
    {
        ExplorationShape.Whole => Grain.Total,
        ExplorationShape.OverTime => query.Cut.Grain,
        ExplorationShape.HourOfWeek => Grain.Hour,
        _ => throw new ArgumentOutOfRangeException(nameof(query)),
    };

    private static int HourOfWeek(DateTimeOffset local) => ((int)local.DayOfWeek + 6) % 7 * 24 + local.Hour;

    /// <summary>Of two dimensions, the values of each: more than the leading pairs, never less.</summary>
    private static BreakdownQuery Narrow(BreakdownQuery cut, IReadOnlyList<(GroupKey Key, UsageSums Sums, Measures Measures)> leading, int groups)
    {
        if (groups <= leading.Count) return cut;
        var filter = cut.Filter;
        for (var index = 0; index < cut.GroupBy.Count; index++)
            filter = filter.With(cut.GroupBy[index], [.. leading.Select(group => group.Key.Values[index]).Distinct()]);
        return cut with { Filter = filter };
    }

    private static List<(GroupKey Key, UsageSums Sums, Measures Measures)> Rank(ExplorationQuery query, Dictionary<GroupKey, UsageSums> groups) =>
        [.. groups.Select(static group => (group.Key, Sums: group.Value, Measures: group.Value.ToMeasures()))
            .OrderByDescending(group => query.Measure.Rank(group.Measures)).ThenByDescending(static group => group.Measures.Requests).ThenBy(static group => group.Key)];

    private static Dictionary<TKey, UsageSums> Merge<TKey>(Dictionary<GroupKey, UsageSums> cells, Func<GroupKey, TKey> keyOf) where TKey : notnull
    {
        var merged = new Dictionary<TKey, UsageSums>();
        foreach (var (key, sums) in cells)
            (CollectionsMarshal.GetValueRefOrAddDefault(merged, keyOf(key), out _) ??= new UsageSums()).Add(sums);
        return merged;
    }
}
