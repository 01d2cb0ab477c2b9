using System.Globalization;
using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;

namespace AgentConsole.Usage.Pages;

/// <summary>Turns an exploration into charts.</summary>
public static class ExplorerCharts
{
    private const string OtherKey = "other";
    private const string AllKey = "all";
    private const char Between = '\u001f';
    private const int MostTiles = 16;

    private static readonly MadeOnce<Exploration, ChartModel> Drawn = new();
    private static readonly string[] Weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    public static ChartModel Build(ExplorerData data, Exploration now, SeriesColours colours) => data.View.Chart switch
    {
        ExplorerChart.HeatMap => Heat(data.View, now),
        ExplorerChart.Treemap => Tree(data.View, now, colours),
        _ => OverTime(data, now, colours),
    };

    /// <summary>The question that the chart answers.</summary>
    public static string Title(ExplorerView view) =>
        view.Chart == ExplorerChart.HeatMap ? $"{view.Measure.Label()} by hour and weekday" : $"{view.Measure.Question(view.GroupBy.Words())}{(view.IsOverTime ? $", per {view.Grain.Label()}" : "")}?";

    /// <summary>What a click means: the requests of that series in that bucket. "Other" has no filter of its own.</summary>
    public static PageUrl Drill(ExplorerView view, Exploration now, PageUrl url, ChartPoint point)
    {
        var group = now.Groups.FirstOrDefault(group => Key(group.Group) == point.Key)?.Group;
        var link = group is null ? UsageLinks.Requests(url, view) : UsageLinks.Requests(url, view, group);
        if (!view.IsOverTime || point.Bucket >= now.Buckets.Count) return link;
        var (from, to) = Stretch(view, now, new(point.Bucket, point.Bucket));
        return UsageLinks.Between(link, from, to);
    }

    /// <summary>The range of the buckets that were dragged over, within the range shown.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Stretch(ExplorerView view, Exploration now, ChartStretch stretch)
    {
        var (from, to) = (now.Buckets[stretch.First], stretch.Last + 1 < now.Buckets.Count ? now.Buckets[stretch.Last + 1] : view.Range.To);
        return (from < view.Range.From ? view.Range.From : from, to > view.Range.To ? view.Range.To : to);
    }

    /// <summary>Starts of the rows' colours, the same as in the chart; those beyond have the colour of "other".</summary>
    public static IReadOnlyDictionary<string, string> Colours(ExplorerView view, Exploration now, SeriesColours colours)
    {
        var leading = now.Groups.Take(now.GroupCount <= ExplorerView.Top + 1 ? ExplorerView.Top + 1 : ExplorerView.Top).Select(static group => group.Group).ToList();
        var names = colours.Assign(view.GroupByName, [.. leading.Select(static group => group.Count == 1 ? group[0] : Key(group))]);
        return leading.Select(Key).Zip(names).ToDictionary(static pair => pair.First, static pair => pair.Second, StringComparer.Ordinal);
    }

    public static string Key(IReadOnlyList<string?> group) => string.Join(Between, group.Select(static value => value is null ? "none" : $"is:{value}"));

    private static ChartModel OverTime(ExplorerData data, Exploration now, SeriesColours colours)
    {
        var (view, measure) = (data.View, data.View.Measure);
        var starts = now.Buckets.TakeWhile(start => start < view.Range.End).ToList();
        var painted = Colours(view, now, colours);
        var partial = starts.Count > 0 && TimeBuckets.Next(starts[^1], view.Range.Zone, view.Grain) > view.Range.Now ? starts.Count - 1 : (int?)null;
        var alike = (measure, view.Chart, view.Compare, view.Range.Zone.Id, starts.Count, partial, data.FirstUse, data.Comparison, data.Before, string.Join(' ', now.Series.Select(one => one.Group is { } group ? painted[Key(group)] : "")));
        return Drawn.Of(now, alike, Draw);

        ChartModel Draw()
        {
            var series = now.Series.Select(one => one.Group is { } group
                ? new ChartSeries(Key(group), view.GroupBy.Values(group), painted[Key(group)], Values(one.Over))
                : new ChartSeries(OtherKey, $"other ({Format.Count(one.Folded)})", OtherKey, Values(one.Over))).ToList();
            if (!measure.IsAdditive() && series.Count > 1) series.Add(new(AllKey, "all together", "unknown", Values(now.Over)));
            return new(TimeBuckets.Label(starts, view.Range.Zone, view.Grain), series, Unit(measure), partial)
            {
                Kind = view.Chart switch { ExplorerChart.Area => ChartKind.Area, ExplorerChart.Bar => ChartKind.Bar, _ => ChartKind.Line },
                Stacked = measure.IsAdditive() && view.Chart != ExplorerChart.Line,
                Before = Before(data, now, starts),
            };
        }

        double?[] Values(IReadOnlyList<Measures?> over) => [.. starts.Select((start, at) => Value(measure, over[at], IsKnown(data, now, at)))];
    }

    /// <summary>What was before the first event is not zero: nothing is known of it.</summary>
    private static bool IsKnown(ExplorerData data, Exploration now, int bucket) =>
        data.FirstUse is { } first && (bucket + 1 < now.Buckets.Count ? now.Buckets[bucket + 1] : data.View.Range.To) > first;

    /// <summary>By place where a period is compared with the one before it; by local time where weekdays are.</summary>
    private static ChartSeries? Before(ExplorerData data, Exploration now, List<DateTimeOffset> starts)
    {
        if (data.Before is not { } before || !data.Comparison.IsKnown || data.View.Against() is not { } against) return null;
        var values = before.Buckets.Select((_, at) => Value(data.View.Measure, before.Over[at], known: true)).ToList();
        if (data.View.Compare == ExplorerCompare.Previous)
            return new("before", against.Words, "other", [.. starts.Select((_, at) => at < values.Count ? values[at] : null)]);
        var byTime = before.Buckets.Select((start, at) => (start.DateTime, at)).GroupBy(static bucket => bucket.DateTime).ToDictionary(static time => time.Key, static time => time.First().at);
        return new("before", against.Words, "other", [.. starts.Select(start => byTime.TryGetValue(data.View.Back(start.DateTime), out var at) ? values[at] : null)]);
    }

    private static ChartModel Heat(ExplorerView view, Exploration now)
    {
        var hours = Enumerable.Range(0, 24).Select(static hour => new ChartBucket(hour.ToString("00", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{hour:00}:00–{hour:00}:59"))).ToList();
        return new(hours, [.. Weekdays.Select((day, at) => new ChartSeries(day, day, "8", [.. now.Over.Skip(at * 24).Take(24).Select(cell => Value(view.Measure, cell, known: false))]))], Unit(view.Measure), null)
        {
            Kind = ChartKind.HeatMap,
            Stacked = view.Measure.IsAdditive(),
        };
    }

    private static ChartModel Tree(ExplorerView view, Exploration now, SeriesColours colours)
    {
        var painted = Colours(view, now, colours);
        var tiles = now.Groups.Take(MostTiles)
            .Select(group => new ChartSeries(Key(group.Group), view.GroupBy.Values(group.Group), painted.GetValueOrDefault(Key(group.Group), SeriesColours.Other), [Value(view.Measure, group.Measures, known: true)])).ToList();
        if (now.GroupCount > MostTiles)
            tiles.Add(new(OtherKey, $"other ({Format.Count(now.GroupCount - MostTiles)})", OtherKey, [now.Groups.Skip(MostTiles).Select(static group => group.Measures).Append(now.Rest ?? Measures.Zero).Sum(measures => Value(view.Measure, measures, known: true))]));
        return new([new("", "The whole range")], tiles, Unit(view.Measure), null) { Kind = ChartKind.Treemap };
    }

    /// <summary>Without a request nothing was used, which is known of what adds up, if anything is; a share or a percentile of nothing is a gap.</summary>
    private static double? Value(Measure measure, Measures? measures, bool known) =>
        measures is null ? known && measure.IsAdditive() ? 0 : null : (double?)measure.Of(measures);

    private static ChartUnit Unit(Measure measure) => measure.Unit() switch
    {
        MeasureUnit.Usd => ChartUnit.Usd,
        MeasureUnit.Tokens => ChartUnit.Tokens,
        MeasureUnit.Count => ChartUnit.Count,
        MeasureUnit.Share => ChartUnit.Share,
        MeasureUnit.Milliseconds => ChartUnit.Milliseconds,
        MeasureUnit.TokensPerSecond => ChartUnit.TokensPerSecond,
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };
}
