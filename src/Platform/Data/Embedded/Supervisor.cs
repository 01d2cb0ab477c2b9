namespace AgentConsole.Platform.Data.Embedded;

/// <summary>Keeps the server running while the app lives, and its log within bounds.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private const long MaxLogBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    private readonly Server _server;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    private Supervisor(Server server, TimeProvider clock, ILogger logger)
    {
        (_server, _clock, _logger) = (server, clock, logger);
        _watching = Task.Run(WatchAsync);
    }

    public static Supervisor Start(Server server, TimeProvider clock, ILogger logger) => new(server, clock, logger);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            if (!_server.IsRunning)
                await RestartAsync();
            TrimLog();
        }
    }

    private async Task RestartAsync()
    {
        _logger.Died(_server.Cluster.Path);
        for (var backoff = Interval; !await TryRestartAsync(backoff); backoff = backoff * 2 < MaxBackoff ? backoff * 2 : MaxBackoff)
            await Task.Delay(backoff, _clock, _stop.Token);
    }

    private async Task<bool> TryRestartAsync(TimeSpan next)
    {
        try
        {
            await _server.RestartAsync(_stop.Token);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _logger.RestartFailed(_server.Cluster.Path, next.TotalSeconds, e);
            return false;
        }
    }

    /// <summary>The server appends to its log for as long as it lives, so the log is copied aside and cut, not renamed.</summary>
    private void TrimLog()
    {
        var log = new FileInfo(_server.Cluster.LogFile);
        try
        {
            if (!log.Exists || log.Length < MaxLogBytes)
                return;
            log.CopyTo(log.FullName + ".1", overwrite: true);
            using var file = new FileStream(log.FullName, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogNotTrimmed(log.FullName, e);
        }
    }
}
