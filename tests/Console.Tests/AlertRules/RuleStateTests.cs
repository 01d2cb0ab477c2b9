using AgentConsole.AlertRules;
using AgentConsole.AlertRules.Evaluation;
using AgentConsole.Alerts;
using AgentConsole.Usage;

namespace AgentConsole.Tests.AlertRules;

public sealed class RuleStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    internal static RuleDefinition Rule(RuleCondition condition = RuleCondition.Above, decimal threshold = 10, Measure measure = Measure.Requests, int forMinutes = 0, int recoverMinutes = 0, Dimension? each = null, params SubjectThreshold[] own) => new(
        "a rule", measure, new Dictionary<string, string>(), each, condition, threshold, RuleWindow.Hour, RuleBaseline.Previous, forMinutes, recoverMinutes, own, [], AlertSeverity.Warning, [], true);

    [Fact]
    public void State_WrongForLessThanAsked_IsPending_ThenFires_AndEndsAfterItsRecovery()
    {
        var rule = Rule(forMinutes: 5, recoverMinutes: 3);
        var seen = new List<string>();
        var state = SubjectState.Well;
        foreach (var (minute, isWrong) in new[] { (0, true), (4, true), (5, true), (6, false), (8, false), (9, false), (10, true) })
        {
            state = state.Next(isWrong, Start.AddMinutes(minute), rule);
            seen.Add(state.IsFiring ? "firing" : state.IsWell ? "well" : "pending");
        }
        Assert.Equal(["pending", "pending", "firing", "firing", "firing", "well", "pending"], seen);
    }

    [Fact]
    public void State_WellInBetween_BeginsAnew()
    {
        var rule = Rule(forMinutes: 5);
        var state = SubjectState.Well.Next(true, Start, rule).Next(false, Start.AddMinutes(3), rule).Next(true, Start.AddMinutes(4), rule);
        Assert.False(state.Next(true, Start.AddMinutes(8), rule).IsFiring);
        Assert.True(state.Next(true, Start.AddMinutes(9), rule).IsFiring);
    }

    [Fact]
    public void State_WrongAgainWhileRecovering_StaysAndIsToldNoSecondTime()
    {
        var rule = Rule(recoverMinutes: 10);
        var state = (SubjectState.Well.Next(true, Start, rule) with { IsTold = true }).Next(false, Start.AddMinutes(1), rule).Next(true, Start.AddMinutes(2), rule);
        Assert.Equal((true, true, (DateTimeOffset?)null), (state.IsFiring, state.IsTold, state.WellSince));
    }

    [Theory]
    [InlineData(RuleCondition.Above, 11, true)]
    [InlineData(RuleCondition.Above, 10, false)]
    [InlineData(RuleCondition.Below, 9, true)]
    [InlineData(RuleCondition.Below, 10, false)]
    [InlineData(RuleCondition.Below, 0, true)]
    [InlineData(RuleCondition.NoData, 0, true)]
    [InlineData(RuleCondition.NoData, 1, false)]
    public void Test_OfRequests_IsAgainstTheThreshold(RuleCondition condition, int requests, bool isWrong) =>
        Assert.Equal(isWrong, RuleTest.Of(Rule(condition), "", requests == 0 ? null : Of(requests), null).IsWrong);

    [Theory]
    [InlineData(RuleCondition.Rises, 150, 100, true, "50")]
    [InlineData(RuleCondition.Rises, 109, 100, false, "9")]
    [InlineData(RuleCondition.Falls, 80, 100, true, "-20")]
    [InlineData(RuleCondition.Falls, 95, 100, false, "-5")]
    [InlineData(RuleCondition.Rises, 5, 0, false, null)]
    public void Test_OfAChange_IsInPercent_AndFromNothingIsNone(RuleCondition condition, int now, int before, bool isWrong, string? value)
    {
        var test = RuleTest.Of(Rule(condition), "", Of(now), before == 0 ? null : Of(before));
        Assert.Equal((isWrong, value is null ? null : (decimal?)decimal.Parse(value)), (test.IsWrong, test.Value));
    }

    /// <summary>Unknown is not wrong: that there is no data is a rule of its own.</summary>
    [Fact]
    public void Test_OfAShareWithoutRequests_IsNotKnown()
    {
        foreach (var condition in new[] { RuleCondition.Above, RuleCondition.Below }) Assert.Equal(new RuleTest(null, false), RuleTest.Of(Rule(condition, measure: Measure.FailureRate), "", null, null));
    }

    [Fact]
    public void Threshold_OfASubject_GoesBeforeTheRules()
    {
        var rule = Rule(each: Dimension.User, own: new SubjectThreshold("u-1", 100));
        Assert.False(RuleTest.Of(rule, "u-1", Of(50), null).IsWrong);
        Assert.True(RuleTest.Of(rule, "u-2", Of(50), null).IsWrong);
    }

    [Theory]
    [InlineData("2026-11-20T23:00", true)] // Friday night
    [InlineData("2026-11-21T05:59", true)]
    [InlineData("2026-11-21T06:00", false)]
    [InlineData("2026-11-21T23:00", false)] // Saturday night
    [InlineData("2026-11-20T05:00", false)]
    public void Mute_OverMidnight_IsOfTheDayOnWhichItBegins(string local, bool covers) =>
        Assert.Equal(covers, new MuteWindow(new(22, 0), new(6, 0), [5]).Covers(new(DateTime.Parse(local), TimeSpan.Zero)));

    [Fact]
    public void Definition_AsJson_ComesBackAsItWas()
    {
        var rule = Rule(each: Dimension.User, own: new SubjectThreshold("u-1", 1.5m)) with { Filter = new Dictionary<string, string> { ["model"] = "gpt-5" }, Mutes = [new(new(22, 0), new(6, 30), [6, 7])], Channels = [Guid.NewGuid()] };
        Assert.Equal(rule.ToJson(), RuleDefinition.Parse(rule.ToJson()).ToJson());
        Assert.Contains("\"measure\":\"requests\"", rule.ToJson(), StringComparison.Ordinal);
    }

    private static Measures Of(int requests) => Measures.Zero with { Requests = requests };
}
