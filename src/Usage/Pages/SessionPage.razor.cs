using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>One session: what it cost and how that came about, whether it repeats itself, and its requests in order.</summary>
public sealed partial class SessionPage
{
    /// <summary>A larger one is not read anew with every event of its tenant.</summary>
    private const int MostFollowed = 5_000;

    /// <param name="Session">Null when there is no such session, or none within reach.</param>
    /// <param name="Open">The request in the side panel; null when none is.</param>
    public sealed record Found(UsageSession? Session, RequestScroll? Scroll, ChartModel Curve, RequestDetail? Open);

    private static readonly RequestColumn[] Usual =
        [RequestColumn.Status, RequestColumn.Model, RequestColumn.Agent, RequestColumn.Tool, RequestColumn.Input, RequestColumn.Output, RequestColumn.Cost, RequestColumn.Latency, RequestColumn.Tries];

    [Parameter] public string Tenant { get; set; } = "";
    [Parameter] public string Id { get; set; } = "";

    [Inject] private SessionQueries Sessions { get; set; } = null!;
    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private CurrentPrices Prices { get; set; } = null!;

    private string Name => Links.Value(Id);

    private string Address => Navigation.ToAbsoluteUri(Links.Session(Tenant, Name)).ToString();

    private IReadOnlyList<RequestColumn> Columns => Url.Text(RequestColumns.Parameter) is null ? Usual : RequestColumns.Read(Url, severalTenants: false);

    protected override IReadOnlyList<string> ListensTo => Topics.Usage(Frame.Reach.Within(Tenant));

    protected override bool Owns(PageUrl url) => Links.Owns(url, Links.Session(Tenant, Name));

    protected override async Task<Found> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach) = (Url, Frame.Reach);
        if (ChangedAt is not null && Data is { Session.Requests: > MostFollowed } held) return held;
        if (await Sessions.FindAsync(reach, Tenant, Name, cancellationToken) is not { } session) return new(null, null, SessionCurve.Draw(null, Frame.Zone), null);
        var curve = Data is { Session: { } drawn } && drawn.Curve.SequenceEqual(session.Curve) ? Data.Curve : SessionCurve.Draw(session, Frame.Zone);
        return new(session, await ScrollAsync(reach, url, session, cancellationToken), curve, await OpenAsync(reach, url, cancellationToken));
    }

    /// <summary>Kept while the session has no further request.</summary>
    private async Task<RequestScroll> ScrollAsync(Reach reach, PageUrl url, UsageSession session, CancellationToken cancellationToken)
    {
        var (sort, ascending) = RequestQueries.ReadSort(url["sort"] ?? "occurredAt");
        var query = new RequestQuery(session.First, session.Last.AddMilliseconds(1), UsageFilter.None.With(Dimension.Tenant, Tenant), sort, url.Text("cursor"), RequestScroll.PageSize)
        {
            Where = new() { Sessions = [Name] }, Ascending = ascending,
        };
        var key = $"{Tenant}/{Name} {url["sort"]}";
        if (Data is { Session: { } before, Scroll: { } held } && held.Key == key && held.Has(query.Cursor) && before.Requests == session.Requests) return held;
        var scroll = new RequestScroll((page, cancel) => Queries.ListRequestsAsync(reach, page, cancel), (page, rows, cancel) => Queries.SkipRequestsAsync(reach, page, rows, cancel), query) { Key = key };
        await scroll.ShowAsync(0, 0, cancellationToken);
        scroll.Expect(session.Requests);
        return scroll;
    }

    private async Task<RequestDetail?> OpenAsync(Reach reach, PageUrl url, CancellationToken cancellationToken)
    {
        if (OpenRequest.Read(url) is not { } open) return null;
        if (ChangedAt is not null && Data?.Open?.Event is { } shown && (shown.TenantId, shown.Id) == (open.Tenant, open.Id)) return Data.Open;
        return RequestDetail.Of(await Queries.FindRequestAsync(reach, open.Tenant, open.Id, open.Source, cancellationToken), Prices.Book);
    }
}
