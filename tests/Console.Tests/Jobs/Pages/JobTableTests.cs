using AgentConsole.Jobs;
using AgentConsole.Jobs.Pages;
using AgentConsole.Shell;
using AgentConsole.Tests.Usage.Pages;
using Bunit;

namespace AgentConsole.Tests.Jobs.Pages;

public sealed class JobTableTests : PagesContext
{
    private static readonly JobRow Reconcile = new(
        new(typeof(JobTableTests), "0 22 * * * ?", "Compares."), SampleUsage.Now.AddMinutes(4), null,
        new("JobTableTests", SampleUsage.Now.AddMinutes(-56), TimeSpan.FromMilliseconds(1840), JobOutcome.Succeeded, false, "node-1", null), new(41, 2, 0));

    [Fact]
    public void Table_Job_SaysWhenItRanAndWhenItRunsNext()
    {
        var text = Show(Reconcile).Find("tbody").TextContent;
        Assert.Contains("each hour at :22", text);
        Assert.Contains("succeeded", text);
        Assert.Contains("56 min ago", text);
        Assert.Contains("1.84 s", text);
    }

    [Fact]
    public void Table_NeverRan_SaysUnknownAndNotZero()
    {
        var table = Show(Reconcile with { Last = null, NextAt = null, Record = JobRecord.None });
        Assert.Contains("never ran", table.Markup);
        Assert.Equal(3, table.FindAll("td .muted").Count(static cell => cell.TextContent == Format.Unknown));
    }

    [Fact]
    public void Table_FailedInARow_SaysHowOften()
    {
        var status = Show(Reconcile with { Last = Reconcile.Last! with { Outcome = JobOutcome.Failed }, Record = new(41, 3, 3) }).Find(".status");
        Assert.Equal("failed 3 times", status.TextContent);
        Assert.Contains("critical", status.ClassList);
    }

    [Fact]
    public void Table_ReaderWhoMayNot_HasNoButton()
    {
        Assert.Empty(Show(Reconcile, may: false).FindAll("button"));
        string? asked = null;
        var table = Show(Reconcile, run: name => asked = name);
        table.Find("button").Click();
        Assert.Equal(Reconcile.Job.Name, asked);
    }

    [Fact]
    public void Table_Running_CannotBeRunAgain() => Assert.True(Show(Reconcile with { Running = new(SampleUsage.Now, "node-1") }).Find("button").HasAttribute("disabled"));

    [Theory]
    [InlineData("0 * * * * ?", "each minute")]
    [InlineData("0 7 * * * ?", "each hour at :07")]
    [InlineData("0 7 0 * * ?", "each day at 00:07 UTC")]
    [InlineData("0 0/5 * * * ?", "0 0/5 * * * ?")]
    public void Schedule_InWords_OrAsItIsWritten(string cron, string words) => Assert.Equal(words, JobWords.Schedule(cron));

    [Fact]
    public void Runs_None_SaysHowLongTheyAreKept() =>
        Assert.Contains("90 days", Render<RunTable>(parameters => parameters.Add(static table => table.Job, "X").Add(static table => table.Runs, new JobRuns([], false))
            .Add(static table => table.Url, PageUrl.Parse("/jobs?job=X")).Add(static table => table.Now, SampleUsage.Now).Add(static table => table.Zone, TimeZoneInfo.Utc)).Markup);

    private IRenderedComponent<JobTable> Show(JobRow row, bool may = true, Action<string>? run = null) => Render<JobTable>(parameters => parameters
        .Add(static table => table.Board, new JobBoard([row], [])).Add(static table => table.Url, PageUrl.Parse("/jobs")).Add(static table => table.Now, SampleUsage.Now)
        .Add(static table => table.Zone, TimeZoneInfo.Utc).Add(static table => table.MayRun, may).Add(static table => table.OnRun, run ?? (static _ => { })));
}
