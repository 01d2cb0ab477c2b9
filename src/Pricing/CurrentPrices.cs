namespace AgentConsole.Pricing;

/// <summary>The price book in force on this node: an immutable snapshot, swapped whole. Where it comes from: <see cref="FollowPrices"/>.</summary>
public sealed class CurrentPrices
{
    private volatile PriceBook _book = PriceBook.Seed;

    public PriceBook Book => _book;

    internal void Use(PriceBook book) => _book = book;
}
