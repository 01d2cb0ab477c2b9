using System.Diagnostics;
using AgentConsole.Platform.Live;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Shell;

/// <summary>A page that shows <typeparamref name="TData"/> and follows it: signal, throttle, pull. The signal carries nothing; the page reads what it shows.</summary>
/// <remarks>A failed pull keeps what is shown. A pull that is overtaken by a new URL is cancelled and never shown.</remarks>
public abstract class LivePage<TData> : ComponentBase, IDisposable where TData : class
{
    /// <summary>Relative ranges move and the clock runs even when no event comes.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    /// <summary>Those who only look are redrawn on half of the processors, one each: who clicks is not behind a queue of them.</summary>
    private static readonly SemaphoreSlim Redraws = new(Math.Max(1, Environment.ProcessorCount / 2));

    private Frame? shown;
    private IReadOnlyList<string> topics = [];
    private readonly List<IDisposable> signals = [];
    private IDisposable? pauses;
    private ITimer? ticks;
    private CancellationTokenSource? pulling;
    private bool disposed;
    private bool paused;
    /// <summary>A change came while a new URL was read.</summary>
    private bool missed;

    [CascadingParameter] public required Frame Frame { get; set; }

    [Inject] protected TimeProvider Clock { get; set; } = null!;
    [Inject] protected NavigationManager Navigation { get; set; } = null!;
    [Inject] private IChangeFeed Feed { get; set; } = null!;
    [Inject] private LiveState Live { get; set; } = null!;
    [Inject] private ILoggerFactory Loggers { get; set; } = null!;

    /// <summary>Null until the first pull succeeds.</summary>
    protected TData? Data { get; private set; }

    /// <summary>The trace id of the last pull when it failed.</summary>
    protected string? FailedTrace { get; private set; }

    /// <summary>The URL has changed and its data is not here yet.</summary>
    protected bool Busy { get; private set; }

    protected PageUrl Url => Frame.Url;

    /// <summary>When the change came that a pull follows; null when the page only opens or a reader asks again.</summary>
    protected DateTimeOffset? ChangedAt { get; private set; }

    /// <summary>Reads what the URL asks for; its own parameters are set.</summary>
    protected abstract Task<TData> PullAsync(CancellationToken cancellationToken);

    /// <summary>Whether the URL is this page's: the frame may move on before the page is gone.</summary>
    protected abstract bool Owns(PageUrl url);

    /// <summary>What the data is complete to, if it tells.</summary>
    protected virtual DateTimeOffset? CompleteTo(TData data) => null;

    /// <summary>What tells it to pull again.</summary>
    protected virtual IReadOnlyList<string> ListensTo => Topics.Usage(Frame.Reach);

    /// <summary>Whether signals make it pull again.</summary>
    protected virtual bool Follows => true;

    /// <summary>Whether they do so while the visitor has paused, because it tells of what it does not show.</summary>
    protected virtual bool FollowsPaused => false;

    /// <summary>Whether the frame says how fresh it is; of several on a page, one does.</summary>
    protected virtual bool Reports => true;

    /// <summary>It pulls no more often.</summary>
    protected virtual TimeSpan Throttle => TimeSpan.FromSeconds(1);

    protected override void OnInitialized()
    {
        if (!Follows)
            return;
        pauses = Live.Subscribe(OnPauseToggled);
        ticks = Clock.CreateTimer(_ => _ = FollowAsync(CancellationToken.None), null, Tick, Tick);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Frame == shown || !Owns(Url))
            return;
        shown = Frame;
        Listen();
        Busy = true;
        await ReloadAsync();
    }

    /// <summary>It stays open for long: what it drew before is not to be carried along.</summary>
    protected override void OnAfterRender(bool firstRender) => FormerFrames.Release(this);

    /// <summary>Pulls again for the same URL, as the retry button does.</summary>
    protected async Task ReloadAsync()
    {
        pulling?.Cancel();
        pulling?.Dispose();
        pulling = new();
        ChangedAt = null;
        var current = pulling.Token;
        await PullGuardedAsync(current);
        if (!missed || current.IsCancellationRequested)
            return;
        // What it opened with may be a second old, and so lack the change that came meanwhile.
        StateHasChanged();
        await RefreshAsync();
    }

    private async Task PullGuardedAsync(CancellationToken cancellationToken)
    {
        using var activity = LiveTrace.Source.StartActivity("page.pull");
        try
        {
            var data = await PullAsync(cancellationToken);
            if (cancellationToken.IsCancellationRequested)
                return;
            (Data, FailedTrace, Busy) = (data, null, false);
            if (Reports) Live.Report(CompleteTo(data), stale: false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // Whatever broke: the page stays, says so and offers a retry.
            (FailedTrace, Busy) = ((activity?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString(), false);
            LiveTrace.PullFailed(Loggers.CreateLogger(GetType()), exception, Url.Path, FailedTrace);
            if (Reports) Live.Report(Live.CompleteTo, stale: true);
        }
    }

    private void Listen()
    {
        if (!Follows || ListensTo.SequenceEqual(topics))
            return;
        StopListening();
        topics = ListensTo;
        signals.AddRange(topics.Select(topic => Feed.Subscribe(topic, Throttle, FollowAsync)));
    }

    private void StopListening()
    {
        foreach (var signal in signals)
            signal.Dispose();
        signals.Clear();
    }

    /// <summary>Never throws: its callers are the feed and a timer.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (disposed || (Live.Paused && !FollowsPaused) || cancellationToken.IsCancellationRequested)
            return;
        try
        {
            await InvokeAsync(RefreshAsync);
        }
        catch (ObjectDisposedException)
        {
            // The circuit ended between the check and the call.
        }
    }

    /// <summary>A pull for a new URL goes on undisturbed; this one comes after it.</summary>
    private async Task RefreshAsync()
    {
        missed = Busy;
        if (disposed || Busy || pulling is not { } current)
            return;
        ChangedAt = Clock.GetUtcNow();
        await PullGuardedAsync(current.Token);
        await Redraws.WaitAsync(CancellationToken.None);
        try
        {
            if (!disposed && !current.IsCancellationRequested)
                StateHasChanged();
        }
        finally
        {
            Redraws.Release();
        }
    }

    private void OnPauseToggled()
    {
        if (!Live.Paused && paused)
            _ = FollowAsync(CancellationToken.None);
        paused = Live.Paused;
    }

    public virtual void Dispose()
    {
        disposed = true;
        ticks?.Dispose();
        StopListening();
        pauses?.Dispose();
        pulling?.Cancel();
        pulling?.Dispose();
        pulling = null;
        if (Reports) Live.Report(null, stale: false);
        GC.SuppressFinalize(this);
    }
}

internal static partial class LiveTrace
{
    public static readonly ActivitySource Source = new("AgentConsole.Shell");

    [LoggerMessage(Level = LogLevel.Error, Message = "Page {Path} could not be read, trace {TraceId}")]
    public static partial void PullFailed(ILogger logger, Exception exception, string path, string traceId);
}
