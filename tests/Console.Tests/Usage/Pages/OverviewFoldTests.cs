using AgentConsole.Shell;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class OverviewFoldTests
{
    private static readonly TimeRange Range = TimeRange.Read(PageUrl.Parse("/?range=7d"), TimeZoneInfo.Utc, SampleUsage.Now);

    [Fact]
    public void Movers_LeadingAndOthers_SumToTheWholeChange()
    {
        var now = Enumerable.Range(0, 40).Select(static index => ($"m-{index}", (decimal)(index * index % 17)));
        var before = Enumerable.Range(20, 40).Select(static index => ($"m-{index}", (decimal)(index * 7 % 13)));
        var movers = Movers.Of(Period(now, before), Dimension.Model);

        Assert.Equal(Movers.Most, movers.Leading.Count);
        Assert.Equal(60 - Movers.Most, movers.OtherCount);
        Assert.Equal(movers.Total.Difference, movers.Leading.Sum(static mover => mover.Difference) + movers.Others!.Difference);
        Assert.Equal(now.Sum(static row => row.Item2) - before.Sum(static row => row.Item2), movers.Total.Difference);
        Assert.Equal(movers.Leading.Select(static mover => Math.Abs(mover.Difference)).OrderDescending(), movers.Leading.Select(static mover => Math.Abs(mover.Difference)));
    }

    [Fact]
    public void Movers_OneThatWentAway_AndOneThatIsNew_AreBothThere()
    {
        var movers = Movers.Of(Period([("new", 5)], [("gone", 3)]), Dimension.Model);

        Assert.Equal([("new", 5m), ("gone", -3m)], movers.Leading.Select(static mover => (mover.Group!, mover.Difference)));
        Assert.Null(movers.Others);
        Assert.Null(movers.Change(movers.Leading[0]).Percent);
    }

    [Fact]
    public void Deviations_AreAgainstTheMeanOfTheWeeksThatAreKnown()
    {
        var found = Deviations.Of(Answer([("steady", 10), ("wild", 40), ("quiet", 0)]), [Answer([("steady", 10), ("wild", 10), ("quiet", 6)]), Answer([("steady", 10), ("wild", 10)])], Dimension.User);

        Assert.Equal(["wild", "quiet"], found.Leading.Select(static one => one.Group));
        Assert.Equal((30m, 4d), (found.Leading[0].Difference, found.Leading[0].Times!.Value));
        Assert.Equal(-3m, found.Leading[1].Difference);
    }

    [Fact]
    public void Deviations_WithoutAWeekBefore_AreNone() => Assert.Empty(Deviations.Of(Answer([("a", 10)]), [], Dimension.User).Leading);

    [Fact]
    public void Deviation_OfSomebodyNew_IsNoMultiple() =>
        Assert.Null(Deviations.Of(Answer([("a", 10)]), [OfRows([])], Dimension.User).Leading[0].Times);

    [Fact]
    public void Health_ByProvider_SumsToTheWhole()
    {
        var rows = new BreakdownRow[] { Row(["openai", "success"], 90, 100), Row(["openai", "failure"], 6, 12), Row(["openai", "denied"], 4, 4), Row(["google", "success"], 10, 10), Row(["google", "cancelled"], 1, 1) };
        var health = FleetHealth.Of(new Period(Range, OfRows(rows), OfRows([]), new Comparison("none")), new Ingestion(null, null));

        Assert.Equal((111, 100, 6, 4, 1), (health.Now.Requests, health.Now.Succeeded, health.Now.Failed, health.Now.Denied, health.Now.Cancelled));
        Assert.Equal(16, health.Now.FurtherAttempts);
        Assert.Equal(["openai", "google"], health.Providers.Select(static provider => provider.Provider));
        Assert.Equal(health.Now.Requests, health.Providers.Sum(static provider => provider.Requests));
        Assert.Null(health.Before.Share(0));
    }

    private static Period Period(IEnumerable<(string, decimal)> now, IEnumerable<(string, decimal)> before) => new(Range, Answer(now), Answer(before), new Comparison(null));

    private static Breakdown Answer(IEnumerable<(string Group, decimal Cost)> groups) => OfRows([.. groups.Select(static group => new BreakdownRow(null, [group.Group], Measures.Zero with { Requests = 1, Cost = group.Cost }))]);

    private static Breakdown OfRows(IReadOnlyList<BreakdownRow> rows) =>
        new(new(Range.From, Range.To, Range.Zone, Grain.Total, [], UsageFilter.None), new(SampleUsage.Now, 0, 0), rows, Measures.Zero with { Requests = rows.Sum(static row => row.Measures.Requests) });

    private static BreakdownRow Row(string[] group, long requests, long attempts) => new(null, group, Measures.Zero with { Requests = requests, Attempts = attempts });
}
