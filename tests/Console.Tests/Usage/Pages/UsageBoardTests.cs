using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class UsageBoardTests
{
    private static readonly PageUrl Url = PageUrl.Parse("/usage?range=24h&groupBy=user&model=gpt-5");

    [Fact]
    public async Task Read_ManyGroups_AsksOverTimeForTheTopOnly()
    {
        var usage = Many(40);

        var board = await usage.BoardAsync("/usage?range=24h&groupBy=user");

        Assert.Equal(UsageBoardReader.TopCount, board.Top.Count);
        Assert.Equal("u-39", board.Top[0]);
        Assert.Equal(board.Top, usage.Asked.Single(static query => query.Grain != Grain.Total && query.GroupBy.Count == 1).Filter[Dimension.User]);
    }

    [Fact]
    public async Task Charts_ManyGroups_SumToTheWholeInEveryBucket()
    {
        var board = await Many(40).BoardAsync("/usage?range=24h&groupBy=user");

        var chart = UsageCharts.Cost(board, new SeriesColours());

        Assert.Equal(UsageBoardReader.TopCount + 1, chart.Series.Count);
        Assert.Equal("other (33)", chart.Series[^1].Label);
        Assert.Equal((double)board.Total.Cost, chart.Series.Sum(static series => series.Values.Sum()!.Value), 9);
    }

    [Fact]
    public async Task Charts_Unpriced_AreUnknownNotZero()
    {
        var board = await new SampleUsage().Add(1, "u", "mystery", null).BoardAsync("/usage?range=24h");

        var chart = UsageCharts.Cost(board, new SeriesColours());

        Assert.Contains(null, chart.Series[0].Values);
        Assert.False(board.Total.CostKnown);
    }

    [Fact]
    public async Task Charts_RangeBeyondNow_EndWithTheBucketGoingOn()
    {
        var chart = UsageCharts.Cost(await Many(3).BoardAsync("/usage?range=7d&grain=day"), new SeriesColours());

        Assert.Equal((7, 6), (chart.Buckets.Count, chart.PartialFrom));
    }

    [Fact]
    public async Task Drill_SeriesInABucket_IsItsRequests()
    {
        var board = await Many(3).BoardAsync("/usage?range=24h&groupBy=user");

        var url = UsageCharts.Drill(board, Url, new ChartPoint("is:u-1", 22));

        Assert.Equal("/requests?model=gpt-5&from=2026-11-20T17:00:00Z&to=2026-11-20T18:00:00Z&user=u-1", url.ToString());
    }

    [Fact]
    public async Task Drill_NotSet_IsTheEmptyValue()
    {
        var board = await new SampleUsage().Add(1, null, "gpt-5", 1).BoardAsync("/usage?range=24h&groupBy=user");
        var chart = UsageCharts.Cost(board, new SeriesColours());

        var url = UsageCharts.Drill(board, Url, new ChartPoint(chart.Series[0].Key, 22));

        Assert.Equal("", url["user"]);
        Assert.Equal("no user", chart.Series[0].Label);
    }

    [Fact]
    public async Task Drill_Other_HasNoFilterOfItsOwn() =>
        Assert.Null(UsageCharts.Drill(await Many(40).BoardAsync("/usage?range=24h&groupBy=user"), Url, new ChartPoint("other", 0))["user"]);

    /// <summary>It is 20 November, 18:20.</summary>
    [Theory]
    [InlineData("7d", "2026-11-07T09:00Z", null)]
    [InlineData("7d", "2026-11-07T23:59Z", null)]
    [InlineData("7d", "2026-11-08T00:00Z", "The data begins on 2026-11-08: only a part is known of the 7 days before, which began on 2026-11-07")]
    [InlineData("30d", "2026-10-22T00:00Z", "The data begins on 2026-10-22: nothing is known of the 30 days before, which began on 2026-09-22")]
    [InlineData("24h", "2026-11-18T18:45Z", null)]
    [InlineData("24h", "2026-11-18T19:15Z", "The data begins on 2026-11-18: only a part is known of the 24 hours before, which began on 2026-11-18")]
    [InlineData("7d", null, "Nothing is known of the 7 days before")]
    public void Comparison_DataBeginsWithinThePeriodBefore_IsUnknown(string range, string? firstUse, string? reason)
    {
        var first = firstUse is null ? (DateTimeOffset?)null : DateTimeOffset.Parse(firstUse);
        Assert.Equal(reason, Comparison.Of(SampleUsage.View($"/?range={range}").Range, first, Measures.Zero with { Requests = 3 }).Reason);
    }

    [Fact]
    public void Comparison_KnownAndEmpty_SaysThatThereWasNoRequest() =>
        Assert.Equal("There was no request in the 7 days before", Comparison.Of(SampleUsage.View("/?range=7d").Range, SampleUsage.Now.AddDays(-300), Measures.Zero).Reason);

    [Theory]
    [InlineData("-cost", "u-2")]
    [InlineData("cost", "u-0")]
    [InlineData("name", "u-0")]
    [InlineData("-name", "u-2")]
    [InlineData("nonsense", "u-2")]
    public async Task Sort_ByTheUrl_PutsThatRowFirst(string sort, string first)
    {
        var board = await Many(3).BoardAsync("/usage?range=24h&groupBy=user");

        Assert.Equal(first, BreakdownOrder.Sort(board.Groups.Rows, sort)[0].Group[0]);
    }

    /// <summary>User n costs n + 1 dollars, spread over the hours.</summary>
    private static SampleUsage Many(int users)
    {
        var usage = new SampleUsage();
        for (var user = 0; user < users; user++)
            usage.Add(0.5 + user % 20, $"u-{user}", "gpt-5", user + 1);
        return usage;
    }
}
