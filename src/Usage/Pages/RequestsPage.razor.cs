using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>The requests of a range, newest, dearest or slowest first, and those refused at the door.</summary>
public sealed partial class RequestsPage
{
    private const int MostRejected = 200;
    private static readonly TimeSpan SumsWithin = TimeSpan.FromSeconds(3);

    private PageUrl? tooLong;

    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private SharedBreakdowns Shared { get; set; } = null!;

    private bool InRejected => Url["tab"] == RequestList.RejectedTab;

    protected override bool Owns(PageUrl url) => url.Path == Links.Requests;

    protected override DateTimeOffset? CompleteTo(RequestList data) => data.Freshness.CompleteTo;

    protected override async Task<RequestList> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach) = (Url, Frame.Reach);
        var view = UsageView.Read(Frame, Clock.GetUtcNow(), Dimension.Model);
        var (sort, flaws) = (RequestList.ReadSort(url["sort"]), RequestFlaws.Read(url));
        var summary = await Shared.ReadAsync(reach, view.Ask(Grain.Total), ChangedAt, cancellationToken);
        var query = new RequestQuery(view.Range.From, view.Range.To, view.Filter, sort, url.Text("cursor"), RequestList.PageSize, flaws.Conflicts, flaws.Unpriced);
        var total = flaws.None ? RequestTotal.Of(summary.Total) : await SumAsync(reach, url, query, cancellationToken);
        if (url["tab"] == RequestList.RejectedTab)
            return new(view.Range, sort, new([], null), total, summary.Freshness, await Queries.ListRejectedAsync(reach, view.Range.From, view.Range.To, MostRejected, cancellationToken), true, flaws);
        var page = await Queries.ListRequestsAsync(reach, query, cancellationToken);
        var any = page.Items.Count > 0 || await Queries.HasEventsAsync(reach, cancellationToken);
        return new(view.Range, sort, page, total, summary.Freshness, null, any, flaws);
    }

    /// <summary>What took too long once is not asked again with every change, until another question is.</summary>
    private async Task<RequestTotal?> SumAsync(Reach reach, PageUrl url, RequestQuery query, CancellationToken cancellationToken)
    {
        if (url == tooLong && ChangedAt is not null) return null;
        var total = await Queries.SumRequestsAsync(reach, query, SumsWithin, cancellationToken);
        tooLong = total is null ? url : null;
        return total;
    }

    private Task<IReadOnlyList<string>> ReadValuesAsync(Dimension dimension, int limit) =>
        Queries.ListValuesAsync(Frame.Reach, dimension, limit, CancellationToken.None);
}
