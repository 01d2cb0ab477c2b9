namespace AgentConsole.Pricing;

/// <summary>A row with its id, computed once.</summary>
internal sealed class PricedRow(PriceRow row)
{
    public PriceRow Row { get; } = row;
    public string Id { get; } = row.Id;
}

/// <summary>The rows that price a request, and how its service tier is to be read.</summary>
/// <param name="Contract">The tenant's row that adds its discount and margin to the list price in <paramref name="Listed"/>; null when there is none.</param>
internal readonly record struct Choice(PricedRow Listed, PricedRow? Contract, string PriceId, ModelTerms Terms, ServiceTier Tier)
{
    public PriceRow Row => Listed.Row;

    /// <summary>The row that names discount and margin.</summary>
    public PriceRow Deal => Contract?.Row ?? Listed.Row;
}

/// <summary>The rows that fit one model name at one provider, best first; only time, tier and size are left to compare.</summary>
internal sealed class Candidates(PricedRow[] contracts, PricedRow[] list, ModelTerms terms)
{
    public static readonly Candidates None = new([], [], ModelTerms.None);

    public bool IsEmpty => list.Length == 0 && !Array.Exists(contracts, static row => !row.Row.PerMillion.IsEmpty);

    public IEnumerable<PriceRow> Rows => contracts.Concat(list).Select(static row => row.Row);

    public static PricedRow[] Order(IEnumerable<PricedRow> rows, string model) =>
        [.. rows.Where(row => !row.Row.Retired && row.Row.Match.Matches(model))
            .OrderBy(static row => row.Row.Origin == PriceOrigin.Seed)
            .ThenByDescending(row => row.Row.Match.Closeness(model))
            .ThenByDescending(static row => row.Row.ValidFrom ?? DateTimeOffset.MinValue)
            .ThenByDescending(static row => row.Row.AddedAt ?? DateTimeOffset.MinValue)
            .ThenByDescending(static row => row.Row.Window is not null)
            .ThenByDescending(static row => row.Row.MinInputTokens)
            .ThenBy(static row => row.Id, StringComparer.Ordinal)];

    public bool TryChoose(in Consumption consumption, decimal inputTokens, out Choice choice)
    {
        choice = default;
        var tier = ServiceTiers.Of(consumption);
        var contract = Pick(contracts, consumption.At, tier, inputTokens);
        var row = contract is { Row.PerMillion.IsEmpty: false } ? contract : Pick(list, consumption.At, tier, inputTokens);
        if (row is null)
            return false;
        var adds = contract is null || ReferenceEquals(contract, row) ? null : contract;
        choice = new Choice(row, adds, adds is null ? row.Id : $"{row.Id}+{adds.Id}", terms, tier);
        return true;
    }

    private static PricedRow? Pick(PricedRow[] rows, DateTimeOffset at, ServiceTier tier, decimal inputTokens) =>
        (tier.Batch ? First(rows, at, ServiceTiers.Batch, inputTokens) : null)
        ?? (tier.Name == PriceRow.StandardTier ? null : First(rows, at, tier.Name, inputTokens))
        ?? First(rows, at, PriceRow.StandardTier, inputTokens);

    private static PricedRow? First(PricedRow[] rows, DateTimeOffset at, string tier, decimal inputTokens)
    {
        foreach (var candidate in rows)
        {
            var row = candidate.Row;
            if (row.Tier == tier && inputTokens >= row.MinInputTokens && row.HoldsAt(at))
                return candidate;
        }
        return null;
    }
}

/// <param name="Name">As price rows name it.</param>
internal readonly record struct ServiceTier(string Name, bool Batch);

internal static class ServiceTiers
{
    public const string Batch = "batch";

    /// <summary>Providers' names for their normal tier all mean standard; OpenAI sells its priority tier as fast, too.</summary>
    public static ServiceTier Of(in Consumption consumption) => consumption.ServiceTier switch
    {
        PriceRow.StandardTier or null or "" or "default" or "auto" => new(PriceRow.StandardTier, consumption.Batch),
        Batch => new(PriceRow.StandardTier, true),
        "fast" when consumption.Provider is "openai" or "azure" => new("priority", consumption.Batch),
        var name => new(name, consumption.Batch),
    };
}

/// <summary>The terms that fit one model, first word wins.</summary>
internal sealed class ModelTerms(PriceTerms[] terms)
{
    public static readonly ModelTerms None = new([]);

    public decimal? BatchFactor { get; } = terms.Select(static part => part.BatchFactor).FirstOrDefault(static factor => factor is not null);

    public decimal? TierFactor(string tier) => FirstOf(terms, static part => part.TierFactors, tier);

    public decimal? RegionFactor(PriceRow row, string region) =>
        row.RegionFactors is { } own
            ? (own.TryGetValue(region, out var factor) ? factor : null)
            : FirstOf(terms, static part => part.RegionFactors, region);

    public decimal? ToolFee(PriceRow row, string tool) =>
        row.ToolFees is { } own && own.TryGetValue(tool, out var fee) ? fee : FirstOf(terms, static part => part.ToolFees, tool);

    private static decimal? FirstOf(PriceTerms[] terms, Func<PriceTerms, IReadOnlyDictionary<string, decimal>> amounts, string name)
    {
        foreach (var part in terms)
            if (amounts(part).TryGetValue(name, out var amount))
                return amount;
        return null;
    }
}
