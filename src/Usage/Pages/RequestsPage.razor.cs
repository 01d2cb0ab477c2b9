using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Shell;
using AgentConsole.Usage.Rollups;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>The requests of a range in any order, one of them open beside the list, and those refused at the door.</summary>
public sealed partial class RequestsPage
{
    private const int MostRejected = 200;
    /// <summary>Above this row the list shows what comes in; below it stands still.</summary>
    private const int NearTheTop = 12;
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(600);

    private RunningTotal total = null!;
    private ITimer? settling;
    private int looked;
    /// <summary>The place that the page itself put into the address: it leads nowhere else.</summary>
    private string? written;
    private bool gone;

    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private SharedBreakdowns Shared { get; set; } = null!;
    [Inject] private SharedRequests Beginnings { get; set; } = null!;
    [Inject] private CurrentPrices Prices { get; set; } = null!;
    [Inject] private ILogger<RequestsPage> Log { get; set; } = null!;

    private bool InRejected => Url["tab"] == RequestList.RejectedTab;

    private IReadOnlyList<RequestColumn> Columns => RequestColumns.Read(Url, Frame.Tenant is null);

    protected override bool Owns(PageUrl url) => url.Path == Links.Requests;

    protected override DateTimeOffset? CompleteTo(RequestList data) => data.Freshness.CompleteTo;

    protected override void OnInitialized()
    {
        base.OnInitialized();
        total = new((query, progress, cancel) => Queries.SumRequestsAsync(Frame.Reach, query, progress, cancel), DrawAsync, Clock, Log);
        settling = Clock.CreateTimer(_ => _ = SettleAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    protected override async Task<RequestList> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach) = (Url, Frame.Reach);
        var view = UsageView.Read(Frame, Clock.GetUtcNow(), Dimension.Model);
        var query = RequestQueries.Read(url, view);
        var summary = await SummaryAsync(reach, view, query, cancellationToken);
        if (url["tab"] == RequestList.RejectedTab)
            return new(view.Range, Scroll(reach, url, query), summary.Freshness, await Queries.ListRejectedAsync(reach, view.Range.From, view.Range.To, MostRejected, cancellationToken), true, null);
        var scroll = await ScrollAsync(reach, url, query, cancellationToken);
        var any = scroll.Count > 0 || await Queries.HasEventsAsync(reach, cancellationToken);
        return new(view.Range, scroll, summary.Freshness, null, any, await OpenAsync(reach, url, cancellationToken));
    }

    /// <summary>How fresh the page is; and the total, at once where the rollups know it, else from the events, in the background.</summary>
    private async Task<Breakdown> SummaryAsync(Reach reach, UsageView view, RequestQuery query, CancellationToken cancellationToken)
    {
        var isRolledUp = query.Where.IsNone && RollupCover.LevelsFor(view.Filter.Values.Keys).Length > 0;
        var filter = isRolledUp ? view.Filter : UsageFilter.None.With(Dimension.Tenant, [.. view.Filter[Dimension.Tenant]]);
        var asked = view.Ask(Grain.Total) with { Filter = filter[Dimension.Tenant].Count == 0 ? filter.Without(Dimension.Tenant) : filter, Percentiles = false };
        var summary = await Shared.ReadAsync(reach, asked, ChangedAt, cancellationToken);
        if (isRolledUp) total.Know(RequestTotal.Of(summary.Total));
        else total.Follow($"{Key(Url)}\n{query.From:O}\n{query.To:O}", query with { Cursor = null }, ChangedAt is not null);
        return summary;
    }

    /// <summary>The scroll that is on the page as long as it answers the question; read anew when something came in and its top is looked at.</summary>
    private async Task<RequestScroll> ScrollAsync(Reach reach, PageUrl url, RequestQuery query, CancellationToken cancellationToken)
    {
        var held = Data?.Scroll is { } shown && Data.Rejected is null && shown.Key == ScrollKey(url) && (shown.Has(query.Cursor) || (query.Cursor is not null && query.Cursor == written)) ? shown : null;
        var isMoving = ChangedAt is not null && looked < NearTheTop && query.Cursor is null;
        if (held is null) looked = 0;
        if (held is null || isMoving)
        {
            held = Scroll(reach, url, query);
            await held.ShowAsync(0, 0, cancellationToken);
        }
        if (total.Sum is { IsComplete: true } sum) held.Expect(sum.SoFar.Requests);
        return held;
    }

    private RequestScroll Scroll(Reach reach, PageUrl url, RequestQuery query) => new(
        (page, cancel) => page.Cursor is null ? Beginnings.ReadAsync(reach, ScrollKey(url), page, ChangedAt, cancel) : Queries.ListRequestsAsync(reach, page, cancel), (page, rows, cancel) => Queries.SkipRequestsAsync(reach, page, rows, cancel), query) { Key = ScrollKey(url) };

    /// <summary>A request does not change but for its price, so that the one that is open is not read again with every event.</summary>
    private async Task<RequestDetail?> OpenAsync(Reach reach, PageUrl url, CancellationToken cancellationToken)
    {
        if (OpenRequest.Read(url) is not { } open) return null;
        if (ChangedAt is not null && Data?.Open?.Event is { } shown && (shown.TenantId, shown.Id) == (open.Tenant, open.Id)) return Data.Open;
        var found = await Queries.FindRequestAsync(reach, open.Tenant, open.Id, open.Source, cancellationToken) ?? await Queries.FindRequestAsync(reach, open.Tenant, open.Id, null, cancellationToken);
        return RequestDetail.Of(found, Prices.Book);
    }

    /// <summary>A moment after the scrolling ends, the address says where it did.</summary>
    private void OnLooked(int row)
    {
        looked = row;
        settling?.Change(Settled, Timeout.InfiniteTimeSpan);
    }

    private async Task SettleAsync()
    {
        try
        {
            await InvokeAsync(Settle);
        }
        catch (ObjectDisposedException)
        {
            // The circuit ended between the timer and the call.
        }
    }

    private void Settle()
    {
        if (gone || Busy || Data is not { Rejected: null, Scroll: var scroll } || !Owns(Url) || scroll.Key != ScrollKey(Url)) return;
        var cursor = scroll.PlaceOf(looked);
        if (cursor == Url.Text("cursor")) return;
        written = cursor;
        Navigation.NavigateTo((cursor is null ? Url.Without("cursor") : Url.With("cursor", cursor)).ToString(), replace: true);
    }

    private async Task DrawAsync()
    {
        if (gone) return;
        await InvokeAsync(() =>
        {
            if (total.Sum is { IsComplete: true } sum) Data?.Scroll.Expect(sum.SoFar.Requests);
            StateHasChanged();
        });
    }

    /// <summary>The question without where in its answer one is, or what of it is shown.</summary>
    private static string Key(PageUrl url) => url.Without(["cursor", "sort", "tab", RequestColumns.Parameter, .. OpenRequest.Parameters]).ToString();

    private static string ScrollKey(PageUrl url) => $"{Key(url)} {url["sort"]}";

    private Task<IReadOnlyList<string>> ReadValuesAsync(Dimension dimension, int limit) =>
        Shared.ListValuesAsync(Frame.Reach, dimension, limit, CancellationToken.None);

    public override void Dispose()
    {
        gone = true;
        settling?.Dispose();
        total.Dispose();
        base.Dispose();
    }
}
