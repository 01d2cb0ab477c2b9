namespace AgentConsole.Pricing;

/// <summary>An immutable set of dated prices.</summary>
public sealed class PriceBook
{
    public static PriceBook Seed { get; } = new();

    /// <summary>USD with 12 decimals and the id of the row that made it; null when nothing prices it.</summary>
    public (decimal Cost, string PriceId)? Price(in Consumption consumption) => null;

    /// <summary>How the cost came about: the same arithmetic, line by line. With <paramref name="priceId"/>, by that row.</summary>
    public Receipt Explain(in Consumption consumption, string? priceId = null) => new();
}

public sealed record Receipt;
