using AgentConsole.Platform.Live;
using AgentConsole.Shell;

namespace AgentConsole.Pricing;

/// <summary>Keeps this node's price book that of the store: the seed, and the stored rows.</summary>
internal sealed partial class FollowPrices(PriceStore store, CurrentPrices prices, IChangeFeed changes, TimeProvider time, ILogger<FollowPrices> logger)
    : FollowStore<long>(Topics.Prices, Every, changes, time, logger)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    protected override Task<long> VersionAsync(CancellationToken cancellationToken) => store.VersionAsync(cancellationToken);

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        prices.Use(new PriceBook([.. PriceBook.Seed.Rows, .. await store.ReadAsync(null, cancellationToken)]));
        LogRead(Log, prices.Book.Rows.Count);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The price book now has {Rows} rows")]
    private static partial void LogRead(ILogger logger, int rows);
}
