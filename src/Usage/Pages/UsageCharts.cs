using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>Turns a board into charts: the top groups, and the rest as "other", which is the whole less the top.</summary>
public static class UsageCharts
{
    private const string OtherKey = "other";
    private const string ValuePrefix = "is:";

    private static readonly MadeOnce<Breakdown, ChartModel> Drawn = new();
    private static readonly MadeOnce<Breakdown, MarkupString> Sparks = new();

    public static ChartModel Cost(UsageBoard board, SeriesColours colours) =>
        Build(board, colours, ChartUnit.Usd, static measures => measures.CostKnown ? (double)measures.Cost : null);

    public static ChartModel Tokens(UsageBoard board, SeriesColours colours) =>
        Build(board, colours, ChartUnit.Tokens, static measures => measures.Tokens.Total);

    /// <summary>The whole per bucket, for a tile.</summary>
    /// <param name="measure">The same delegate for the same measure.</param>
    public static MarkupString Spark(UsageBoard board, Func<Measures, double> measure)
    {
        var starts = Starts(board);
        return Sparks.Of(board.Over, (measure, starts.Count), () => Sparkline.Of(Whole(board, starts, measure)));
    }

    private static double[] Whole(UsageBoard board, IReadOnlyList<DateTimeOffset> starts, Func<Measures, double> measure)
    {
        var index = Index(starts);
        var values = new double[starts.Count];
        foreach (var row in board.Over.Rows)
            if (row.Bucket is { } bucket && index.TryGetValue(bucket.UtcTicks, out var at))
                values[at] = measure(row.Measures);
        return values;
    }

    /// <summary>What a click on the chart means: the requests of that series in that bucket. "Other" has no filter of its own.</summary>
    public static PageUrl Drill(UsageBoard board, PageUrl url, ChartPoint point)
    {
        var view = board.View;
        var start = Starts(board)[point.Bucket];
        var end = TimeBuckets.Next(start, view.Range.Zone, view.Grain);
        var from = start < view.Range.From ? view.Range.From : start;
        var link = UsageLinks.Between(UsageLinks.Same(url, Links.Requests), from, end < view.Range.To ? end : view.Range.To);
        return point.Key is null or OtherKey ? link : link.With(view.GroupBy.Name(), point.Key.StartsWith(ValuePrefix, StringComparison.Ordinal) ? point.Key[ValuePrefix.Length..] : "");
    }

    /// <param name="measure">The same delegate for the same measure.</param>
    private static ChartModel Build(UsageBoard board, SeriesColours colours, ChartUnit unit, Func<Measures, double?> measure)
    {
        var view = board.View;
        var starts = Starts(board);
        var index = Index(starts);
        var names = colours.Assign(view.GroupBy.Name(), board.Top);
        var now = starts.TakeWhile(start => TimeBuckets.Next(start, view.Range.Zone, view.Grain) <= view.Range.Now).Count();
        return Drawn.Of(board.Leading, (measure, board.Over, board.Groups, view.Range.Zone.Id, starts.Count, now, string.Join(' ', names)), Draw);

        ChartModel Draw()
        {
            var series = board.Top.Select((value, at) => new ChartSeries(
                value is null ? "none" : ValuePrefix + value,
                view.GroupBy.Value(value),
                names[at],
                Values(board.Leading.Rows.Where(row => row.Group[0] == value), index, measure))).ToList();
            if (board.Groups.Rows.Count > board.Top.Count)
                series.Add(new(OtherKey, $"other ({Format.Count(board.Groups.Rows.Count - board.Top.Count)})", OtherKey, Rest(board, series, index, measure)));
            return new(TimeBuckets.Label(starts, view.Range.Zone, view.Grain), series, unit, now < starts.Count ? now : null);
        }
    }

    private static double?[] Values(IEnumerable<BreakdownRow> rows, Dictionary<long, int> index, Func<Measures, double?> measure)
    {
        var values = new double?[index.Count];
        Array.Fill(values, 0);
        foreach (var row in rows)
            if (row.Bucket is { } bucket && index.TryGetValue(bucket.UtcTicks, out var at))
                values[at] = measure(row.Measures);
        return values;
    }

    /// <summary>Never below zero: under ingestion the two reads may be an instant apart.</summary>
    private static double?[] Rest(UsageBoard board, List<ChartSeries> shown, Dictionary<long, int> index, Func<Measures, double?> measure)
    {
        var rest = Values(board.Over.Rows, index, measure);
        for (var at = 0; at < rest.Length; at++)
            rest[at] = rest[at] is not { } whole ? null : Math.Max(0, whole - shown.Sum(series => series.Values[at] ?? 0));
        return rest;
    }

    /// <summary>What has not begun is not drawn: it would look like a fall to nothing.</summary>
    private static IReadOnlyList<DateTimeOffset> Starts(UsageBoard board) =>
        TimeBuckets.Between(board.View.Range.From, board.View.Range.End, board.View.Range.Zone, board.View.Grain);

    private static Dictionary<long, int> Index(IReadOnlyList<DateTimeOffset> starts) =>
        starts.Select(static (start, at) => (start.UtcTicks, at)).ToDictionary(static pair => pair.UtcTicks, static pair => pair.at);
}
