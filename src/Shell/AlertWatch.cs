using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;

namespace AgentConsole.Shell;

/// <summary>Follows the open alerts that one visitor may see, for as long as the visit lasts: a pause of live updates does not hold it up.</summary>
public sealed partial class AlertWatch(IOpenAlerts alerts, IVisitor visitor, IChangeFeed feed, TimeProvider clock, ILogger<AlertWatch> log) : IDisposable
{
    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(1);
    /// <summary>A node that raises an alert may not share a change feed with this one.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource gone = new();
    private readonly List<IDisposable> signals = [];
    private IReadOnlyList<string> topics = [];
    private Func<Func<Task>, Task>? dispatch;
    private Action? changed;
    private ITimer? ticks;

    public OpenAlerts Open { get; private set; } = OpenAlerts.None;

    /// <summary>The last read failed: what was known stays, and that it may be old is said.</summary>
    public bool Unreadable { get; private set; }

    /// <param name="renderer">Runs work on the visitor's own renderer.</param>
    /// <param name="onChange">Draws the frame anew; called on the renderer.</param>
    public void Start(Func<Func<Task>, Task> renderer, Action onChange)
    {
        (dispatch, changed) = (renderer, onChange);
        ticks?.Dispose();
        ticks = clock.CreateTimer(_ => _ = FollowAsync(CancellationToken.None), null, TimeSpan.Zero, Tick);
    }

    public async Task ReadAsync()
    {
        if (gone.IsCancellationRequested) return;
        var before = (Open, Unreadable);
        try
        {
            var reach = await visitor.ReachAsync(alerts.Policy);
            Listen(reach);
            (Open, Unreadable) = (reach.IsNone ? OpenAlerts.None : await alerts.ReadAsync(reach, gone.Token), false);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            Unreadable = true;
            LogFailed(log, exception);
        }
        if (before != (Open, Unreadable)) changed?.Invoke();
    }

    public void Dispose()
    {
        gone.Cancel();
        ticks?.Dispose();
        foreach (var signal in signals) signal.Dispose();
        gone.Dispose();
    }

    private void Listen(Reach reach)
    {
        if (Topics.AlertsOf(reach) is var wanted && wanted.SequenceEqual(topics)) return;
        foreach (var signal in signals) signal.Dispose();
        signals.Clear();
        topics = wanted;
        signals.AddRange(topics.Select(topic => feed.Subscribe(topic, Throttle, FollowAsync)));
    }

    /// <summary>Never throws: its callers are the feed and a timer.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (dispatch is null || gone.IsCancellationRequested || cancellationToken.IsCancellationRequested) return;
        try
        {
            await dispatch(ReadAsync);
        }
        catch (ObjectDisposedException)
        {
            // The circuit ended between the check and the call.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The open alerts could not be read")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
