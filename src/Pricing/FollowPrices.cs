using AgentConsole.Platform;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Npgsql;

namespace AgentConsole.Pricing;

/// <summary>
/// Keeps this node's price book that of the store: seed and stored rows, read before the app listens, again when prices are said to have changed,
/// and whenever their version has moved, which is looked at every two seconds. What cannot be read leaves the book as it is.
/// </summary>
internal sealed partial class FollowPrices(PriceStore store, CurrentPrices prices, IChangeFeed changes, TimeProvider time, ILogger<FollowPrices> logger) : LastingService(logger)
{
    /// <summary>A node knows of a change after this time at most, and the time of one read.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _reading = new(1);
    private long _version = -1;

    /// <summary>Reads the book anew if its version has moved. False when the store could not be read.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            // The version first: a change in between is then read twice rather than never.
            var version = await store.VersionAsync(cancellationToken);
            if (version == _version) return true;
            prices.Use(new PriceBook([.. PriceBook.Seed.Rows, .. await store.ReadAsync(null, cancellationToken)]));
            _version = version;
            LogRead(Log, prices.Book.Rows.Count);
            return true;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            LogFailed(Log, error);
            return false;
        }
        finally
        {
            _reading.Release();
        }
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var signals = changes.Subscribe(Topics.Prices, TimeSpan.FromMilliseconds(100), RefreshAsync);
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await RefreshAsync(stoppingToken);
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The price book now has {Rows} rows")]
    private static partial void LogRead(ILogger logger, int rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Prices could not be read; this node goes on with those it has")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
