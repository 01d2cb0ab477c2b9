using AgentConsole.Anomalies;

namespace AgentConsole.Tests.Anomalies;

/// <summary>What is usual, and which hours are not.</summary>
public sealed class BaselineTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly AnomaliesOptions Options = new();

    [Theory]
    [InlineData(new double[] { }, 0, 0.5)]
    [InlineData(new[] { 8.0 }, 8, 0.8)]
    [InlineData(new[] { 8.0, 8, 8, 8 }, 8, 0.8)]
    [InlineData(new[] { 8.0, 500, 9, 7 }, 8.5, 1.4826)]
    [InlineData(new[] { 0.0, 0, 0, 0 }, 0, 0.5)]
    public void Baseline_OfSamples_IsTheirMedianAndASpreadThatIsNeverNothing(double[] samples, double expected, double spread)
    {
        var baseline = Baseline.Of([.. samples.Select(static sample => (decimal)sample)]);
        Assert.Equal(((decimal)expected, (decimal)spread), (baseline.Expected, baseline.Spread));
    }

    [Fact]
    public void Baseline_OddWeek_MovesNothing() => Assert.Equal(Baseline.Of([10, 11, 9, 10, 10]).Expected, Baseline.Of([10, 11, 9, 10, 4000]).Expected);

    [Fact]
    public void Middle_MeanOfThose_IsTheMedian()
    {
        Assert.Equal([2], Baseline.Middle([5, 1, 3]));
        Assert.Equal([3, 0], Baseline.Middle([4, 9, 1, 3]));
        Assert.Empty(Baseline.Middle([]));
    }

    [Fact]
    public void Detector_LoopWithinAnHour_IsOneStretch_AndAPauseOfAnHourIsNoEnd()
    {
        var hours = Hours(usual: 1, 1, 1, 90, 1, 80, 1, 1, 1);
        var stretch = Assert.Single(Detector.Find(hours, Options));
        Assert.Equal((From.AddHours(2), From.AddHours(5), 171m, 3m, false), (stretch.From, stretch.To, stretch.Cost, stretch.Expected, stretch.GoesOn));
    }

    [Fact]
    public void Detector_UntilNow_GoesOn_AndAfterTwoQuietHoursIsOver()
    {
        Assert.True(Detector.Find(Hours(1, 1, 1, 90), Options)[0].GoesOn);
        Assert.True(Detector.Find(Hours(1, 1, 1, 90, 1), Options)[0].GoesOn);
        Assert.False(Detector.Find(Hours(1, 1, 1, 90, 1, 1), Options)[0].GoesOn);
        // The last hour is not over, so nobody knows whether it is quiet.
        Assert.True(Detector.Find(Hours(1, 1, 1, 90, 1, 0) with { Whole = 4 }, Options)[0].GoesOn);
    }

    [Fact]
    public void Detector_HabitThatMovesByAnHour_IsNoAnomaly()
    {
        var week = new decimal[] { 0, 0, 0, 60, 0, 0, 0, 0 };
        Assert.Empty(Detector.Find(new(From, [0, 0, 0, 60, 0, 0], [week, [0, 0, 0, 0, 60, 0, 0, 0], [0, 0, 0, 0, 60, 0, 0, 0], [0, 0, 0, 0, 0, 60, 0, 0]], 6), Options));
    }

    [Fact]
    public void Detector_TwoPauses_AreTwoStretches() => Assert.Equal(2, Detector.Find(Hours(1, 90, 1, 1, 90, 1, 1), Options).Count);

    [Fact]
    public void Detector_WithoutHistory_TakesWhateverCostsSomething() => Assert.Equal(95, Detector.Find(new(From, [0, 90, 5, 0, 0], [], 5), Options)[0].Cost);

    [Fact]
    public void Leading_UserWhoExplainsKeyAndTenant_IsTheOnlyCase()
    {
        var user = Incident(CaseOf.User, "u-1", 500);
        Assert.Equal([user], AgentConsole.Anomalies.Incident.Leading([Incident(CaseOf.Tenant, "", 540), user, Incident(CaseOf.Key, "k-1", 495)]));
    }

    [Fact]
    public void Leading_KeyOfManyUsers_AndTenantThatNobodyExplains_AreCases()
    {
        var (user, key, tenant) = (Incident(CaseOf.User, "u-1", 30), Incident(CaseOf.Key, "k-1", 200), Incident(CaseOf.Tenant, "", 900));
        Assert.Equal([user, key, tenant], AgentConsole.Anomalies.Incident.Leading([tenant, user, key]));
        // Not at the same time: it explains nothing.
        var earlier = user with { From = From.AddDays(-1), To = From.AddDays(-1).AddHours(1), Cost = 900 };
        Assert.Contains(tenant, AgentConsole.Anomalies.Incident.Leading([tenant, earlier]));
        // A user who spends far more than the key's excess does not do it by that key.
        Assert.Contains(key, AgentConsole.Anomalies.Incident.Leading([key, Incident(CaseOf.User, "u-2", 5000)]));
    }

    private static CostHours Hours(decimal usual, params decimal[] costs) => new(From, costs, [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Repeat(usual, costs.Length + 2).ToArray())], costs.Length);

    private static Incident Incident(CaseOf of, string name, decimal excess) => new(new("acme", of, name), From, From.AddHours(1), false, excess + 10, 10, 9, [1, 2], 4);
}
