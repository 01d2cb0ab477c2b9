using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class ExplorerViewTests
{
    [Fact]
    public void Read_NothingNamed_IsCostByModelAgainstThePeriodBefore()
    {
        var view = View("/usage");

        Assert.Equal((Measure.Cost, "model", ExplorerCompare.Previous, Grain.Hour), (view.Measure, view.GroupByName, view.Compare, view.Grain));
        Assert.Equal(ExplorerChart.Area, view.Chart);
    }

    [Theory]
    [InlineData("/usage?range=30d", ExplorerChart.Bar)]
    [InlineData("/usage?range=30d&measure=latencyP95", ExplorerChart.Line)]
    [InlineData("/usage?range=30d&measure=latencyP95&chart=area", ExplorerChart.Line)]
    [InlineData("/usage?range=30d&measure=latencyP95&chart=bar", ExplorerChart.Bar)]
    [InlineData("/usage?range=30d&measure=cacheSavings&chart=treemap", ExplorerChart.Table)]
    [InlineData("/usage?chart=heatMap", ExplorerChart.HeatMap)]
    [InlineData("/usage?from=2024-01-01&to=2026-01-01&chart=heatMap", ExplorerChart.Bar)]
    [InlineData("/usage?chart=pivot", ExplorerChart.Table)]
    [InlineData("/usage?chart=pivot&groupBy=model,user", ExplorerChart.Pivot)]
    [InlineData("/usage?range=30d&chart=nonsense", ExplorerChart.Bar)]
    public void Read_Chart_IsWhatTheMeasureCanBeDrawnAs(string url, ExplorerChart expected) => Assert.Equal(expected, View(url).Chart);

    [Theory]
    [InlineData("model,user", "model,user", false)]
    [InlineData("model,model,tag.env,key", "model,tag.env", true)]
    [InlineData("weather", "model", false)]
    [InlineData("team", "team", true)]
    [InlineData("user,key", "user,key", true)]
    public void Read_GroupBy_IsAtMostTwoAndTellsWhoKnowsThem(string groupBy, string expected, bool readsEvents)
    {
        var view = View($"/usage?groupBy={groupBy}");

        Assert.Equal((expected, readsEvents), (view.GroupByName, view.Ask().ReadsEvents));
        // What has to be read twice is compared only when it is asked for.
        Assert.Equal(readsEvents ? ExplorerCompare.None : ExplorerCompare.Previous, view.Compare);
    }

    [Fact]
    public void Read_TagFilter_IsReadFromEvents()
    {
        var view = View("/usage?tag.env=prod&tag.env=");

        Assert.Equal(["prod", null], view.Filter[Facet.OfTag("env")]);
        Assert.True(view.Ask().ReadsEvents);
    }

    /// <summary>It is Friday 20 November, 18:20.</summary>
    [Theory]
    [InlineData("range=24h", "2026-11-12T19:00Z", "2026-11-13T18:20Z", "the same weekdays a week before")]
    [InlineData("range=7d", "2026-11-07T00:00Z", "2026-11-13T18:20Z", "the same weekdays a week before")]
    [InlineData("range=30d", "2026-09-17T00:00Z", "2026-10-16T18:20Z", "the same weekdays 5 weeks before")]
    [InlineData("from=2026-11-02&to=2026-11-03", "2026-10-26T00:00Z", "2026-10-27T00:00Z", "the same weekdays a week before")]
    public void Against_Weekday_IsWholeWeeksBeforeUpToTheSameMoment(string range, string from, string to, string words)
    {
        var against = View($"/usage?{range}&compare=weekday").Against()!.Value;

        Assert.Equal((DateTimeOffset.Parse(from), DateTimeOffset.Parse(to), words), (against.Range.From, against.Range.To, against.Words));
    }

    [Fact]
    public void Against_WeekdayAcrossAChangeOfClocks_KeepsTheLocalTime()
    {
        var against = View("/usage?from=2026-11-02&to=2026-11-03&compare=weekday&tz=America/New_York").Against()!.Value;

        Assert.Equal(new DateTimeOffset(2026, 10, 26, 0, 0, 0, TimeSpan.FromHours(-4)), against.Range.From);
        Assert.Equal(TimeSpan.FromHours(24), against.Range.Length);
    }

    [Theory]
    [InlineData("/usage?range=24h&measure=ttftP95&groupBy=team", "grain=hour&groupBy=team&measures=ttftMs")]
    [InlineData("/usage?range=24h&groupBy=model,user&chart=pivot", "grain=total&groupBy=model,user")]
    [InlineData("/usage?range=24h&chart=heatMap", "grain=hour")]
    [InlineData("/usage?range=24h&tag.env=prod&user=", "grain=hour&groupBy=model&user=&tag.env=prod")]
    public void Export_OfAView_AsksForWhatIsShown(string url, string expected) =>
        Assert.EndsWith($"&tz=UTC&{expected}", UsageLinks.Export(View(url), "usage.csv"));

    [Fact]
    public void Links_ToAnotherPage_LeaveTheExplorersStateBehind() =>
        Assert.Equal("/requests?range=24h&model=x&user=", UsageLinks.Requests(PageUrl.Parse("/usage?range=24h&measure=tokens&chart=line&compare=none&groupBy=model,user"), View("/usage?groupBy=model,user"), ["x", null]).ToString());

    internal static ExplorerView View(string url) => ExplorerView.Read(AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), [], Reach.Platform), SampleUsage.Now);
}
