using AgentConsole.Shell;

namespace AgentConsole.Tests.Shell;

public sealed class ChangeTests
{
    [Fact]
    public void Between_CostRose_SaysPercentAbsoluteAgainstWhatAndThatItIsWorse()
    {
        var change = Change.Between(150, 100, Format.Money, "the 7 days before", lowerIsBetter: true)!;

        Assert.Equal(("▲", "50%", "+$50.00", "the 7 days before", false), (change.Arrow, change.Percent, change.Absolute, change.Against, change.Better!.Value));
    }

    [Fact]
    public void Between_NeitherIsBetter_HasNoTone() => Assert.Null(Change.Between(1, 2, Format.Money, "before")!.Better);

    [Fact]
    public void Between_FromZero_HasNoPercent() => Assert.Null(Change.Between(1, 0, Format.Money, "before")!.Percent);

    [Fact]
    public void Between_UnknownSide_IsNoChange()
    {
        Assert.Null(Change.Between(null, 1, Format.Money, "before"));
        Assert.Null(Change.Between(1, null, Format.Money, "before"));
    }

    [Fact]
    public void Between_Equal_IsNeitherUpNorDown() => Assert.Equal(ChangeDirection.None, Change.Between(2, 2, Format.Money, "before", true)!.Direction);
}
