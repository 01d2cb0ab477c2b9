using AgentConsole.Pricing;

namespace AgentConsole.Usage.Api;

/// <summary>How a cost came about: lines times multipliers, plus fees, is the total, rounded once.</summary>
internal sealed record ReceiptJson(
    bool Priced, string Currency, IReadOnlyList<ReceiptLineJson> Lines, IReadOnlyList<ReceiptFeeJson> Fees, IReadOnlyList<ReceiptMultiplierJson> Multipliers,
    string? Total, string? Reported, ReceiptPriceJson? Price, IReadOnlyList<string> Conflicts, IReadOnlyList<string> Notes)
{
    /// <summary>The total is the one the ledger holds.</summary>
    public static ReceiptJson Of(UsageEvent usage, Receipt receipt) => new(
        usage.Cost is not null,
        Receipt.Currency,
        [.. receipt.Lines.Select(static line => new ReceiptLineJson(line.Bucket.Name(), line.Quantity, JsonMoney.Exact(line.PerMillion), JsonMoney.Exact(line.Amount), line.PricedAs.Name()))],
        [.. receipt.Fees.Select(static fee => new ReceiptFeeJson(fee.Name, fee.Quantity, JsonMoney.Exact(fee.Each), JsonMoney.Exact(fee.Amount)))],
        [.. receipt.Multipliers.Select(static multiplier => new ReceiptMultiplierJson(multiplier.Name, JsonMoney.Exact(multiplier.Factor), multiplier.AppliesToFees))],
        JsonMoney.Of(usage.Cost),
        JsonMoney.Of(usage.CostReported),
        receipt.Price is { } price
            ? new(price.Id, price.Model, price.Provider, price.ValidFrom, price.ValidTo, price.Tier, price.MinInputTokens, price.Source, price.AsOf, price.Contract)
            : null,
        usage.Conflicts,
        receipt.Notes);
}

internal sealed record ReceiptLineJson(string Bucket, long Quantity, string PerMillion, string Amount, string PricedAs);

internal sealed record ReceiptFeeJson(string Name, long Quantity, string Each, string Amount);

internal sealed record ReceiptMultiplierJson(string Name, string Factor, bool AppliesToFees);

internal sealed record ReceiptPriceJson(
    string Id, string Model, string Provider, DateTimeOffset? ValidFrom, DateTimeOffset? ValidTo, string Tier, long MinInputTokens, string Source, DateOnly? AsOf, string? Contract);
