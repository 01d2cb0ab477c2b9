using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>The explorer: any measure by any dimension, and its whole state is the URL.</summary>
public sealed partial class UsagePage
{
    private ExplorerReader? reader;
    private Reach? readFor;
    private CancellationTokenSource? reading;
    private EventsRead? progress;
    private bool afresh;
    private IReadOnlyList<string>? tagKeys;

    [Inject] private ExplorerQueries Explorer { get; set; } = null!;
    [Inject] private SharedExplorations Explorations { get; set; } = null!;
    [Inject] private SharedBreakdowns Breakdowns { get; set; } = null!;
    [Inject] private MonthForecasts Forecasts { get; set; } = null!;
    [Inject] private UsageQueries Queries { get; set; } = null!;

    private ExplorerView View => ExplorerView.Read(Frame, Clock.GetUtcNow());

    protected override bool Owns(PageUrl url) => url.Path == Links.Usage;

    protected override DateTimeOffset? CompleteTo(ExplorerData data) => data.Now?.CompleteTo;

    /// <summary>What was refused or cancelled is not asked again because a request came in.</summary>
    protected override Task<ExplorerData> PullAsync(CancellationToken cancellationToken)
    {
        var (url, view) = (Url, View);
        if (ChangedAt is not null && Data is { Refused: not null } && Data.Url == url) return Task.FromResult(Data);
        if (reader is null || readFor != Frame.Reach) (reader, readFor, tagKeys) = (new(Explorations, Breakdowns, Forecasts, Queries, Frame.Reach), Frame.Reach, null);
        return view.Ask().ReadsEvents ? ReadEventsAsync(reader, url, view, cancellationToken) : reader.ReadAsync(url, view, ChangedAt, false, null, cancellationToken);
    }

    private async Task<ExplorerData> ReadEventsAsync(ExplorerReader from, PageUrl url, ExplorerView view, CancellationToken cancellationToken)
    {
        using var own = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        (reading, progress) = (own, null);
        try
        {
            return await from.ReadAsync(url, view, ChangedAt, afresh, new Progress<EventsRead>(Show), own.Token);
        }
        catch (OperationCanceledException) when (own.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return ExplorerData.Refuse(url, view, new ReadCancelled());
        }
        finally
        {
            afresh = false;
            if (reading == own) reading = null;
        }
    }

    /// <summary>Choosing from tags is worth a read of its own once there is something to choose for.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (tagKeys is not null || Data is not { HasEvents: true }) return;
        tagKeys = [];
        try
        {
            tagKeys = await Explorer.ListTagKeysAsync(Frame.Reach, CancellationToken.None);
        }
        catch (Exception)
        {
            // Without the list a tag can still be named in the URL.
        }
        StateHasChanged();
    }

    private void Show(EventsRead read)
    {
        if (reading is null) return;
        progress = read;
        StateHasChanged();
    }

    private void Cancel() => reading?.Cancel();

    private Task ReadAfreshAsync()
    {
        afresh = true;
        return ReloadAsync();
    }

    private Task<IReadOnlyList<string>> ReadValuesAsync(Dimension dimension, int limit) =>
        Breakdowns.ListValuesAsync(Frame.Reach, dimension, limit, CancellationToken.None);
}
