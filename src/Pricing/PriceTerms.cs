namespace AgentConsole.Pricing;

/// <summary>What a provider's price list says once for many models: factors and fees that hold for rows that do not say otherwise.</summary>
public sealed record PriceTerms
{
    public required string Provider { get; init; }
    /// <summary>Null: every model of the provider. The first terms that fit and speak of a matter decide it.</summary>
    public PriceMatch? Match { get; init; }
    public decimal? BatchFactor { get; init; }
    public IReadOnlyDictionary<string, decimal> RegionFactors { get; init; } = new Dictionary<string, decimal>();
    /// <summary>What a service tier without rows of its own multiplies the standard price by.</summary>
    public IReadOnlyDictionary<string, decimal> TierFactors { get; init; } = new Dictionary<string, decimal>();
    /// <summary>USD for one use.</summary>
    public IReadOnlyDictionary<string, decimal> ToolFees { get; init; } = new Dictionary<string, decimal>();
    public required string Source { get; init; }
}
