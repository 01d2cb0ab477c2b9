using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>What the live tail shows.</summary>
/// <param name="Key">Of the question.</param>
/// <param name="Open">The request in the side panel; null when none is.</param>
/// <param name="HasEvents">False until the first event ever.</param>
public sealed record TailData(string Key, TailWindow Window, RequestDetail? Open, bool HasEvents);

/// <summary>
/// Requests as they come in. It takes further ones only when the browser has drawn those before: a browser that is slow skips some, and is told how many. Its pause is the console's own, and in the address.
/// </summary>
public sealed partial class TailPage
{
    public const string PausedParameter = "paused";

    /// <summary>How often those who listen are told of the count.</summary>
    private static readonly TimeSpan Announces = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private IDisposable? toggles;
    /// <summary>Whether the address said to pause when it was last looked at.</summary>
    private bool said;
    private bool drawn = true;
    private string announced = "";
    private DateTimeOffset announcedAt;

    [Inject] private LiveTail Tail { get; set; } = null!;
    [Inject] private SharedBreakdowns Shared { get; set; } = null!;
    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private CurrentPrices Prices { get; set; } = null!;
    [Inject] private LiveState Visit { get; set; } = null!;

    private bool IsPaused => Url[PausedParameter] == "true";

    private IReadOnlyList<RequestColumn> Columns => RequestColumns.Read(Url, Frame.Tenant is null);

    protected override bool FollowsPaused => true;

    protected override bool Owns(PageUrl url) => url.Path == Links.Tail;

    protected override DateTimeOffset? CompleteTo(TailData data) => data.Window.CompleteTo;

    /// <summary>The address may say to pause; who comes here paused stays so.</summary>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        if (IsPaused && !Visit.Paused) Visit.Toggle();
        said = IsPaused;
        toggles = Visit.Subscribe(Follow);
        Follow();
    }

    protected override Task OnParametersSetAsync()
    {
        if (Owns(Url) && said != IsPaused)
        {
            said = IsPaused;
            if (said != Visit.Paused) Visit.Toggle();
        }
        return base.OnParametersSetAsync();
    }

    protected override async Task<TailData> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach, view) = (Url, Frame.Reach, UsageView.Read(Frame, Clock.GetUtcNow(), Dimension.Model));
        var query = new TailQuery(UsageLinks.FilterKey(url), view.Filter, RequestFilter.Read(url.Parameters).Filter);
        var key = $"{reach}|{query.Key}";
        var answer = await Tail.ReadAsync(reach, query, ChangedAt, cancellationToken);
        var window = Data is { } shown && shown.Key == key ? IsPaused || !drawn ? shown.Window.Hold(answer) : shown.Window.Take(answer) : TailWindow.Open(answer);
        var any = window.Rows.Count > 0 || Data is { HasEvents: true } || await Queries.HasEventsAsync(reach, cancellationToken);
        drawn = drawn && ReferenceEquals(window.Rows, Data?.Window.Rows);
        Announce(window);
        return new(key, window, await OpenAsync(reach, url, cancellationToken), any);
    }

    /// <summary>Comes when the browser has said that it drew, however long that took.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (drawn) return;
        drawn = true;
        if (IsPaused || Busy || Data is not { Window.Waiting: > 0 }) return;
        await ReloadAsync();
        StateHasChanged();
    }

    /// <summary>A request does not change but for its price, so that the one that is open is not read again with every event.</summary>
    private async Task<RequestDetail?> OpenAsync(Reach reach, PageUrl url, CancellationToken cancellationToken)
    {
        if (OpenRequest.Read(url) is not { } open) return null;
        if (Data?.Open?.Event is { } shown && (shown.TenantId, shown.Id) == (open.Tenant, open.Id)) return Data.Open;
        var found = await Queries.FindRequestAsync(reach, open.Tenant, open.Id, open.Source, cancellationToken) ?? await Queries.FindRequestAsync(reach, open.Tenant, open.Id, null, cancellationToken);
        return RequestDetail.Of(found, Prices.Book);
    }

    private void Announce(TailWindow window)
    {
        var now = Clock.GetUtcNow();
        if (now - announcedAt < Announces) return;
        (announcedAt, announced) = (now, IsPaused ? $"Paused. {Format.Count(window.Waiting)} came in meanwhile." : $"{Format.Count(window.Came)} requests came in since {Format.Time(window.Since, Frame.Zone)}.");
    }

    private void Toggle() => Visit.Toggle();

    /// <summary>The console's pause, wherever it was pressed, becomes the address's.</summary>
    private void Follow()
    {
        if (!Owns(Url) || IsPaused == Visit.Paused) return;
        announcedAt = default;
        Navigation.NavigateTo((Visit.Paused ? Url.With(PausedParameter, "true") : Url.Without(PausedParameter)).ToString(), replace: true);
    }

    private string? Neighbour(OpenRequest open, int step)
    {
        var rows = Data!.Window.Rows;
        for (var at = 0; at < rows.Count; at++)
            if (OpenRequest.Of(rows[at]) == open)
                return at + step >= 0 && at + step < rows.Count ? OpenRequest.Of(rows[at + step]).In(Url).ToString() : null;
        return null;
    }

    private Task<IReadOnlyList<string>> ReadValuesAsync(Dimension dimension, int limit) =>
        Shared.ListValuesAsync(Frame.Reach, dimension, limit, CancellationToken.None);

    public override void Dispose()
    {
        toggles?.Dispose();
        base.Dispose();
    }
}
