using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>It is 20 November, 18:20; the days are the 18th to the 20th.</summary>
public sealed class ExplorerChartsTests
{
    private const string Url = "/usage?from=2026-11-18&to=2026-11-21&grain=day&groupBy=user";

    [Fact]
    public void OverTime_Groups_AreSeriesWithTheirColoursAndOtherLast()
    {
        var chart = Build(Url);

        Assert.Equal(["u-1", "no user", "other (3)"], chart.Series.Select(static series => series.Label));
        Assert.Equal([5.0, 0, 7], chart.Series[0].Values);
        Assert.Equal("other", chart.Series[2].Colour);
        Assert.Equal((2, true, ChartKind.Bar), (chart.PartialFrom, chart.Stacked, chart.Kind));
    }

    [Fact]
    public void OverTime_BeforeTheFirstEvent_IsAGapAndNotZero()
    {
        var chart = Build(Url, firstUse: new DateTimeOffset(2026, 11, 19, 3, 0, 0, TimeSpan.Zero), gap: true);

        Assert.Equal([null, 0.0, 7], chart.Series[0].Values);
    }

    [Fact]
    public void OverTime_WhatDoesNotAddUp_IsLinesWithTheWholeAndGaps()
    {
        var chart = Build($"{Url}&measure=failureRate");

        Assert.Equal((ChartKind.Line, false), (chart.Kind, chart.Stacked));
        Assert.Equal("all together", chart.Series[^1].Label);
        Assert.Null(chart.Series[0].Values[1]);
    }

    [Fact]
    public void OverTime_SameWeekdays_AreAlignedByLocalTime()
    {
        var view = ExplorerViewTests.View($"{Url}&compare=weekday");
        var before = Explore(view, [11, 12, 13], view.Against()!.Value.Range);

        var chart = ExplorerCharts.Build(Data(view, Explore(view, [5, null, 7]), before, SampleUsage.Now.AddDays(-90)), Explore(view, [5, null, 7]), new SeriesColours());

        Assert.Equal([11.0, 12, 13], chart.Before!.Values);
        Assert.Equal("the same weekdays a week before", chart.Before.Label);
    }

    [Fact]
    public void Stretch_DraggedOver_IsFromTheFirstToTheEndOfTheLastWithinTheRange()
    {
        var view = ExplorerViewTests.View("/usage?from=2026-11-18T06:00Z&to=2026-11-20T12:00Z&grain=day&groupBy=user");
        var now = Explore(view, [1, 2, 3]);

        Assert.Equal((view.Range.From, new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero)), ExplorerCharts.Stretch(view, now, new(0, 1)));
        Assert.Equal((new DateTimeOffset(2026, 11, 19, 0, 0, 0, TimeSpan.Zero), view.Range.To), ExplorerCharts.Stretch(view, now, new(1, 2)));
    }

    [Fact]
    public void Drill_SeriesInABucket_IsItsRequests()
    {
        var view = ExplorerViewTests.View(Url);
        var now = Explore(view, [1, 2, 3]);

        Assert.Equal("/requests?user=u-1&from=2026-11-19T00:00:00Z&to=2026-11-20T00:00:00Z", ExplorerCharts.Drill(view, now, PageUrl.Parse(Url), new("is:u-1", 1)).ToString());
        Assert.Equal("/requests?user=&from=2026-11-18T00:00:00Z&to=2026-11-19T00:00:00Z", ExplorerCharts.Drill(view, now, PageUrl.Parse(Url), new("none", 0)).ToString());
        Assert.Null(ExplorerCharts.Drill(view, now, PageUrl.Parse(Url), new("other", 0))["user"]);
    }

    [Fact]
    public void Heat_HoursOfTheWeek_AreARowPerDayFromMonday()
    {
        var view = ExplorerViewTests.View("/usage?range=30d&chart=heatMap&measure=requests");
        var over = Enumerable.Range(0, Exploration.HoursOfWeek).Select(hour => hour == 25 ? null : Of(hour)).ToList();
        var now = Explore(view, []) with { Over = over, Buckets = [] };

        var chart = ExplorerCharts.Build(Data(view, now, null, null), now, new SeriesColours());

        Assert.Equal((7, 24, ChartKind.HeatMap), (chart.Series.Count, chart.Buckets.Count, chart.Kind));
        Assert.Equal(("Tuesday", null, 26.0), (chart.Series[1].Label, chart.Series[1].Values[1], chart.Series[1].Values[2]));
    }

    [Theory]
    [InlineData("name", "u-1")]
    [InlineData("-requests", "u-1")]
    [InlineData("cost", "u-1")]
    [InlineData("-latencyP95", "u-1")]
    [InlineData("nonsense", "u-1")]
    public void Order_UnknownLast_WhicheverWay(string sort, string first)
    {
        var unknown = new GroupMeasures(["u-0"], Measures.Zero with { Requests = 0, UnpricedRequests = 0 });
        GroupMeasures[] groups = [new(["u-1"], Of(3) with { LatencyMs = new(1, 2, 3) }), unknown with { Group = ["u-2"], Measures = unknown.Measures with { Requests = 1, UnpricedRequests = 1 } }];

        Assert.Equal(first, ExplorerOrder.Sort(groups, sort)[0].Group[0]);
    }

    private static ChartModel Build(string url, DateTimeOffset? firstUse = null, bool gap = false)
    {
        var view = ExplorerViewTests.View(url);
        var now = Explore(view, [gap ? null : 5, null, 7]);
        return ExplorerCharts.Build(Data(view, now, null, firstUse ?? SampleUsage.Now.AddDays(-90)), now, new SeriesColours());
    }

    private static ExplorerData Data(ExplorerView view, Exploration now, Exploration? before, DateTimeOffset? firstUse) =>
        new(PageUrl.Parse(Url), view, now, before, new Comparison(before is null ? "Nothing" : null), null, firstUse, true, null);

    private static Exploration Explore(ExplorerView view, decimal?[] costs, TimeRange? range = null)
    {
        var query = view.Ask(range ?? view.Range);
        var over = costs.Select(static cost => cost is { } known ? Of(known) : null).ToList();
        var starts = TimeBuckets.Between(query.Cut.From, query.Cut.To, query.Cut.Zone, Grain.Day);
        SeriesMeasures[] series = [new(["u-1"], 1, over), new([null], 1, over), new(null, 3, over)];
        return new(query, SampleUsage.Now, Of(36), [new(["u-1"], Of(12)), new([null], Of(12)), .. Enumerable.Range(2, 8).Select(static user => new GroupMeasures([$"u-{user}"], Of(1)))], null, 0, starts, over, series, null, default);
    }

    private static Measures Of(decimal cost) => new((long)cost, 0, (long)cost, default, cost, 0, null);
}
