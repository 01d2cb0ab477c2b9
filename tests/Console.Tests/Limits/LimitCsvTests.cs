using AgentConsole.Limits;

namespace AgentConsole.Tests.Limits;

public sealed class LimitCsvTests
{
    [Theory]
    [InlineData("user,measure,max,window\nu-1,cost,25.00,day")]
    [InlineData("\uFEFFUser;Measure;Max;Window\r\nu-1;cost;$25.00;day\r\n")]
    [InlineData("measure\tmax\twindow\tuser\ncost\t25\tday\tu-1\n\n")]
    [InlineData("user,measure,max,window,reason\n\"u-1\",cost,25,day,\"\"")]
    public void Table_OfWhateverSeparator_IsRead(string text)
    {
        var line = Assert.Single(LimitCsv.Read(text, "acme").Value!);
        Assert.Equal(new LimitDraft(new("acme", User: "u-1"), LimitMeasure.Cost, 25m, LimitWindow.Day), line.Draft);
        Assert.Equal(2, line.Number);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("user,measure,max", "nothing below")]
    [InlineData("user,max\nu,1", "lacks measure")]
    [InlineData("user,measure,max,colour\nu,cost,1,red", "“colour”")]
    [InlineData("user,user,measure,max\nu,u,cost,1", "twice")]
    public void Table_ThatCannotBeRead_SaysWhy(string text, string why) => Assert.Contains(why, LimitCsv.Read(text, "acme").Error!.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("cost,25.00,fortnight,", "window is one of")]
    [InlineData("money,25.00,day,", "measure is one of")]
    [InlineData("cost,\"1,000\",day,", "max is a number")]
    [InlineData("cost,25.00,day,tomorrow", "expiresAt is an ISO")]
    public void Line_ThatIsWrong_SaysWhat_AndTheOthersStand(string cells, string why)
    {
        var lines = LimitCsv.Read($"measure,max,window,expiresAt\ncost,1,day,\n{cells}\n", "acme").Value!;
        Assert.Empty(lines[0].Reasons);
        Assert.Contains(why, Assert.Single(lines[1].Reasons), StringComparison.Ordinal);
        Assert.Equal(3, lines[1].Number);
    }

    [Fact]
    public void Table_OfTooManyLines_IsRefused() =>
        Assert.IsType<TooManyLines>(LimitCsv.Read("measure,max,window,user\n" + string.Concat(Enumerable.Range(0, SaveLimits.MostLines + 1).Select(static index => $"cost,1,day,u-{index}\n")), "acme").Error);
}
