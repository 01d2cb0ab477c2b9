using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>The line above the list is of the very requests that the list pages through.</summary>
public sealed class RequestTableTests : PagesContext
{
    [Fact]
    public void Summary_NoFlawAsked_IsRequestsAndCost() =>
        Assert.StartsWith("1,234 requests from 2026-11-14 00:00:00 to 2026-11-20 18:20:00, $5.00 without 2 unpriced, newest first", Summary("/requests", new(1234, 5, 2)));

    [Fact]
    public void Summary_Conflicts_CountsThoseAlone() =>
        Assert.StartsWith("1 request with numbers that contradict each other from 2026-11-14 00:00:00 to 2026-11-20 18:20:00, $0.50, newest first", Summary("/requests?conflict=any", new(1, 0.5m, 0)));

    [Fact]
    public void Summary_Unpriced_HasNoCost() =>
        Assert.StartsWith("7 requests without a price from 2026-11-14 00:00:00 to 2026-11-20 18:20:00, cost —, newest first", Summary("/requests?unpriced=true", new(7, 0, 7)));

    [Fact]
    public void Summary_TakesTooLong_IsUnknownAndSaysWhatToDo() =>
        Assert.EndsWith("cost —, newest first The total takes more than 3 s to read: choose a shorter range to see it.", Summary("/requests?unpriced=true", null));

    private string Summary(string url, RequestTotal? total)
    {
        var frame = AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), [], Reach.Platform);
        var list = new RequestList(frame.Range(SampleUsage.Now), RequestSort.OccurredAt, new([], null), total, new(SampleUsage.Now, 0, 0), null, true, RequestFlaws.Read(frame.Url));
        var table = Render<RequestTable>(parameters => parameters.Add(table => table.List, list).Add(table => table.Url, frame.Url).Add(table => table.Zone, TimeZoneInfo.Utc));
        return string.Join(' ', table.Find(".summary").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace(" ,", ",", StringComparison.Ordinal);
    }
}
