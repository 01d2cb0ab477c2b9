using AgentConsole.Shell;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>The line above the list is of the very requests that the list scrolls through, and says how far it is known.</summary>
public sealed class RequestTotalsTests : PagesContext
{
    private TaskCompletionSource<RequestSum> answer = new();
    private IProgress<RequestSum> progress = null!;
    private CancellationToken stopped;
    private int reads;

    [Fact]
    public void Summary_KnownByRollups_IsRequestsAndCost() =>
        Assert.Equal("1,234 requests from 2026-11-14 00:00:00 to 2026-11-20 18:20:00, $5.00 without 2 unpriced, newest first", Text(Known("/requests", new(1234, 5, 2)), ".summary"));

    [Fact]
    public void Summary_Conflicts_CountsThoseAlone() =>
        Assert.Equal("1 request with numbers that contradict each other from 2026-11-14 00:00:00 to 2026-11-20 18:20:00, $0.50, cheapest first", Text(Known("/requests?conflict=any&sort=cost", new(1, 0.5m, 0)), ".summary"));

    [Fact]
    public void Summary_Unpriced_HasNoCost() =>
        Assert.Equal("7 requests without a price and that fell back from 2026-11-14 00:00:00 to 2026-11-20 18:20:00, cost \u2014, newest first", Text(Known("/requests?unpriced=true&fallback=true", new(7, 0, 7)), ".summary"));

    [Fact]
    public void Summary_StillCounting_TellsHowFarAndThenTheTotal()
    {
        var totals = Counting();
        Assert.StartsWith("\u2014 requests", Text(totals, ".summary"), StringComparison.Ordinal);

        progress.Report(new(new(40, 2, 0), 0.25));
        totals.WaitForAssertion(() => Assert.StartsWith("at least 40 requests", Text(totals, ".summary"), StringComparison.Ordinal));
        Assert.Equal("0.25", totals.Find("progress").GetAttribute("value"));
        Assert.Contains("Counting, 25% of the range.", Text(totals, ".counting"));

        answer.SetResult(new(new(90, 4, 0), 1));
        totals.WaitForAssertion(() => Assert.StartsWith("90 requests from", Text(totals, ".summary"), StringComparison.Ordinal));
        Assert.Empty(totals.FindAll("progress"));
    }

    [Fact]
    public void Summary_Stopped_CancelsAndKeepsWhatWasCounted()
    {
        var totals = Counting();
        progress.Report(new(new(40, 2, 0), 0.25));
        totals.WaitForElement("progress");

        totals.Find(".counting button").Click();

        Assert.True(stopped.IsCancellationRequested);
        Assert.Contains("Counting was stopped after 25% of the range.", Text(totals, ".counting"));
        Assert.StartsWith("at least 40 requests", Text(totals, ".summary"), StringComparison.Ordinal);
        answer = new();
        totals.Find(".counting button").Click();
        Assert.Equal(2, reads);
        Assert.False(stopped.IsCancellationRequested);
    }

    [Fact]
    public void Summary_CannotBeRead_SaysSoWithATraceAndOffersRetry()
    {
        var totals = Counting();
        answer.SetException(new InvalidOperationException("secret"));

        totals.WaitForElement("p.warning code");
        Assert.DoesNotContain("secret", totals.Markup);
        answer = new();
        totals.Find("p.warning button").Click();
        Assert.Equal(2, reads);
    }

    [Fact]
    public void Follow_SameQuestion_IsNotReadAgainUntilSomethingChanges()
    {
        using var total = Total();
        total.Follow("a", Ask("/requests"), isChange: false);
        answer.SetResult(new(new(1, 1, 0), 1));
        total.Follow("a", Ask("/requests?sort=cost"), isChange: false);
        Assert.Equal(1, reads);
        total.Follow("a", Ask("/requests"), isChange: true);
        Assert.Equal(2, reads);
        total.Follow("b", Ask("/requests"), isChange: false);
        Assert.Equal(3, reads);
    }

    private IRenderedComponent<RequestTotals> Counting()
    {
        var total = Total();
        total.Follow("a", Ask("/requests?fallback=true"), isChange: false);
        drawn = Show("/requests", total);
        return drawn;
    }

    private IRenderedComponent<RequestTotals>? drawn;

    private RunningTotal Total() => new(
        (_, told, cancel) =>
        {
            (progress, stopped) = (told, cancel);
            reads++;
            return answer.Task.WaitAsync(cancel);
        },
        () => drawn?.InvokeAsync(() => drawn.Render()) ?? Task.CompletedTask, new Testing.ManualTime(SampleUsage.Now), NullLogger.Instance);

    private IRenderedComponent<RequestTotals> Known(string url, RequestTotal known)
    {
        var total = Total();
        total.Know(known);
        return Show(url, total);
    }

    private IRenderedComponent<RequestTotals> Show(string url, RunningTotal total) => Render<RequestTotals>(parameters => parameters
        .Add(totals => totals.Total, total).Add(totals => totals.Query, Ask(url)).Add(totals => totals.Range, SampleUsage.View(url).Range).Add(totals => totals.Zone, TimeZoneInfo.Utc));

    private static RequestQuery Ask(string url) => RequestQueries.Read(PageUrl.Parse(url), SampleUsage.View(url));

    private static string Text(IRenderedComponent<RequestTotals> totals, string selector) =>
        string.Join(' ', totals.Find(selector).TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace(" ,", ",", StringComparison.Ordinal);
}
