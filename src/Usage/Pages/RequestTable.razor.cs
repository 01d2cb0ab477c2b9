using System.Diagnostics;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentConsole.Usage.Pages;

/// <summary>Draws the rows that are looked at and some around them; the browser says which those are. Keyed by the scroll's key: another list begins at its top.</summary>
public sealed partial class RequestTable : IAsyncDisposable
{
    /// <summary>Rows drawn beyond what is seen, at either end: as far as one scrolls before the next ones are there.</summary>
    private const int Margin = 15;
    private const int MostVisible = 150;
    private const int VisibleAtFirst = 30;

    private readonly CancellationTokenSource gone = new();
    private ElementReference box;
    private IJSObjectReference? module;
    private IJSObjectReference? watch;
    private DotNetObjectReference<RequestTable>? self;
    private RequestScroll? shown;
    private int first;
    private int visible = VisibleAtFirst;
    private int top;
    private int bottom;
    private string? failedTrace;

    [Parameter, EditorRequired] public required RequestScroll Scroll { get; set; }
    [Parameter, EditorRequired] public required PageUrl Url { get; set; }
    [Parameter, EditorRequired] public required TimeZoneInfo Zone { get; set; }
    [Parameter, EditorRequired] public required string Label { get; set; }
    [Parameter, EditorRequired] public required IReadOnlyList<RequestColumn> Columns { get; set; }
    [Parameter, EditorRequired] public required TimeSpan Range { get; set; }
    [Parameter] public bool Sortable { get; set; } = true;
    [Parameter] public RenderFragment? Header { get; set; }
    /// <summary>The request in the panel; null when none is open.</summary>
    [Parameter] public RequestDetail? Detail { get; set; }
    /// <summary>Told which row is the first that is seen.</summary>
    [Parameter] public Action<int>? Looked { get; set; }

    [Inject] private IJSRuntime Script { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private ILogger<RequestTable> Log { get; set; } = null!;

    private OpenRequest? Open => OpenRequest.Read(Url);

    private RequestRow?[] Window => [.. Enumerable.Range(top, bottom - top).Select(index => Scroll[index])];

    /// <summary>Called by the browser: the first row that is seen, and how many are.</summary>
    [JSInvokable]
    public Task LookAsync(int at, int rows)
    {
        (first, visible) = (Math.Max(0, at), Math.Clamp(rows, 1, MostVisible));
        Looked?.Invoke(first);
        return ShowAsync();
    }

    /// <summary>Called by the browser: the focus went to this row by keyboard, and the panel follows. One step of many: going back leads to where the panel was opened, not through all of them.</summary>
    [JSInvokable]
    public Task OpenAsync(int at)
    {
        if (Detail is not null && Scroll[at] is { } row) Navigation.NavigateTo(OpenRequest.Of(row).In(Url).ToString(), replace: true);
        return Task.CompletedTask;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (!ReferenceEquals(shown, Scroll))
        {
            shown = Scroll;
            Measure();
        }
        if (!IsHeld()) await ShowAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        self = DotNetObjectReference.Create(this);
        module = await Script.InvokeAsync<IJSObjectReference>("import", "./src/Usage/Pages/RequestTable.razor.js");
        if (!gone.IsCancellationRequested)
            watch = await module.InvokeAsync<IJSObjectReference>("watch", box, self);
    }

    /// <summary>Reads what is looked at and is not held; what is on the page stays meanwhile.</summary>
    private async Task ShowAsync()
    {
        var scroll = Scroll;
        using var activity = LiveTrace.Source.StartActivity("requests.show");
        try
        {
            Measure();
            StateHasChanged();
            await scroll.ShowAsync(top, Math.Max(top, bottom - 1), gone.Token);
            failedTrace = null;
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            failedTrace = (activity?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString();
            LogFailed(Log, exception, failedTrace);
        }
        Measure();
        StateHasChanged();
    }

    private void Measure()
    {
        top = Math.Clamp(first - Margin, 0, Math.Max(0, Scroll.Count - 1));
        bottom = Math.Clamp(first + visible + Margin, top, Scroll.Count);
    }

    private bool IsHeld()
    {
        for (var index = top; index < bottom; index++)
            if (Scroll[index] is null)
                return false;
        return true;
    }

    private int? Place() => Open is { } open ? Scroll.IndexOf(row => OpenRequest.Of(row) == open) : null;

    private string? Neighbour(int step) => Place() is { } at && Scroll[at + step] is { } row ? OpenRequest.Of(row).In(Url).ToString() : null;

    public async ValueTask DisposeAsync()
    {
        await gone.CancelAsync();
        try
        {
            if (watch is not null)
            {
                await watch.InvokeVoidAsync("dispose");
                await watch.DisposeAsync();
            }
            if (module is not null)
                await module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and the scroll with it.
        }
        self?.Dispose();
        gone.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Further requests could not be read, trace {TraceId}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string traceId);
}
