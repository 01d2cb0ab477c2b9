using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>The requests of a range, newest, dearest or slowest first, and those refused at the door.</summary>
public sealed partial class RequestsPage
{
    private const int MostRejected = 200;

    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private SharedBreakdowns Shared { get; set; } = null!;

    private bool InRejected => Url["tab"] == RequestList.RejectedTab;

    protected override bool Owns(PageUrl url) => url.Path == Links.Requests;

    protected override DateTimeOffset? CompleteTo(RequestList data) => data.Summary.Freshness.CompleteTo;

    protected override async Task<RequestList> PullAsync(CancellationToken cancellationToken)
    {
        var (url, tenant) = (Url, Frame.Tenant);
        var view = UsageView.Read(Frame, Clock.GetUtcNow(), Dimension.Model);
        var sort = RequestList.ReadSort(url["sort"]);
        var summary = await Shared.ReadAsync(view.Ask(Grain.Total), ChangedAt, cancellationToken);
        var flaws = RequestFlaws.Read(url);
        if (url["tab"] == RequestList.RejectedTab)
            return new(view.Range, sort, new([], null), summary, await Queries.ListRejectedAsync(view.Range.From, view.Range.To, tenant, MostRejected, cancellationToken), true, flaws);
        var page = await Queries.ListRequestsAsync(new(view.Range.From, view.Range.To, view.Filter, sort, url.Text("cursor"), RequestList.PageSize, flaws.Conflicts, flaws.Unpriced), cancellationToken);
        var any = page.Items.Count > 0 || await Queries.HasEventsAsync(tenant, cancellationToken);
        return new(view.Range, sort, page, summary, null, any, flaws);
    }

    private Task<IReadOnlyList<string>> ReadValuesAsync(Dimension dimension, int limit) =>
        Queries.ListValuesAsync(dimension, Frame.Tenant, limit, CancellationToken.None);
}
