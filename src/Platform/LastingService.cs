namespace AgentConsole.Platform;

/// <summary>
/// Work beside the requests, for as long as the app runs. The host takes a background service that ends by an exception for broken and stops the app; the cancellation of one
/// that is stopped by itself is such an exception, too. So none of ours ends that way: stopped, it ends quietly; whatever else it meets is logged, and it begins anew.
/// </summary>
public abstract partial class LastingService(ILogger logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected ILogger Log { get; } = logger;

    /// <summary>Not before it has begun: what is stopped earlier ends as canceled.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (ExecuteTask is { } executing) await ((Task)Task.WhenAny(_begun.Task, executing).WaitAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    /// <summary>Returns when there is nothing more to do, or when it is stopped; begun anew after an exception.</summary>
    protected abstract Task WorkAsync(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _begun.TrySetResult();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WorkAsync(stoppingToken);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogBroken(Log, error, GetType().Name);
                await Task.Delay(Pause, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Service} failed; it begins anew in a second")]
    private static partial void LogBroken(ILogger logger, Exception error, string service);
}
