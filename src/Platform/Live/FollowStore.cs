using Npgsql;

namespace AgentConsole.Platform.Live;

/// <summary>
/// Keeps what this node has in memory as the store has it: read before the app listens, again when it is said to have changed, and whenever its version has moved, which is looked
/// at every so often. What cannot be read leaves it as it is.
/// </summary>
/// <param name="every">A node knows of a change after this time at most, and the time of one read.</param>
internal abstract partial class FollowStore<TVersion>(string topic, TimeSpan every, IChangeFeed changes, TimeProvider time, ILogger logger) : LastingService(logger)
    where TVersion : struct, IEquatable<TVersion>
{
    private static readonly TimeSpan Throttle = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _reading = new(1);
    private TVersion? _version;

    protected TimeProvider Time { get; } = time;

    /// <summary>Reads it anew if its version has moved. False when the store could not be read.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            // The version first: a change in between is then read twice rather than never.
            var version = await VersionAsync(cancellationToken);
            if (version.Equals(_version)) return true;
            await ReadAsync(cancellationToken);
            _version = version;
            return true;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            LogFailed(Log, error, GetType().Name);
            return false;
        }
        finally
        {
            _reading.Release();
        }
    }

    protected abstract Task<TVersion> VersionAsync(CancellationToken cancellationToken);

    /// <summary>Reads all of it and puts it in force.</summary>
    protected abstract Task ReadAsync(CancellationToken cancellationToken);

    protected sealed override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var signals = changes.Subscribe(topic, Throttle, RefreshAsync);
        using var timer = new PeriodicTimer(every, Time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await RefreshAsync(stoppingToken);
    }

    public sealed override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Service} could not read the store; this node goes on with what it has")]
    private static partial void LogFailed(ILogger logger, Exception error, string service);
}
