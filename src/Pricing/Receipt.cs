using AgentConsole.Usage;

namespace AgentConsole.Pricing;

/// <summary>
/// How a cost came about. The lines sum exactly; their sum times the multipliers, plus the fees times those multipliers
/// that apply to fees, rounded once half-even to 12 decimals, is <see cref="Total"/>.
/// </summary>
public sealed record Receipt
{
    public const string Currency = "USD";

    public bool Priced => Total is not null;
    public IReadOnlyList<ReceiptLine> Lines { get; init; } = [];
    public IReadOnlyList<ReceiptFee> Fees { get; init; } = [];
    public IReadOnlyList<ReceiptMultiplier> Multipliers { get; init; } = [];
    /// <summary>USD, 12 decimals; null when nothing prices the request.</summary>
    public decimal? Total { get; init; }
    /// <summary>What the contract charges the customer: the total with its margin. Equals the total without a contract.</summary>
    public decimal? CustomerPrice { get; init; }
    public ReceiptPrice? Price { get; init; }
    /// <summary>What the reader should know, as codes: see <see cref="ReceiptNotes"/>.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <param name="PerMillion">USD per million tokens.</param>
/// <param name="Amount">Quantity × PerMillion / 1,000,000, exact.</param>
/// <param name="PricedAs">The bucket whose price was taken; differs from <paramref name="Bucket"/> when the row has no price for it.</param>
public sealed record ReceiptLine(TokenBucket Bucket, long Quantity, decimal PerMillion, decimal Amount, TokenBucket PricedAs);

/// <param name="Name">The tool, such as <c>webSearch</c>, or <c>request</c>.</param>
/// <param name="Each">USD for one use.</param>
public sealed record ReceiptFee(string Name, long Quantity, decimal Each, decimal Amount);

/// <param name="Name">batch, region, tier or discount.</param>
/// <param name="AppliesToFees">A discount does; what a provider multiplies its token prices by does not.</param>
public sealed record ReceiptMultiplier(string Name, decimal Factor, bool AppliesToFees);

/// <summary>The row that made the price.</summary>
public sealed record ReceiptPrice(
    string Id,
    string Provider,
    string Model,
    DateTimeOffset? ValidFrom,
    DateTimeOffset? ValidTo,
    string Tier,
    long MinInputTokens,
    string Source,
    DateOnly? AsOf,
    string? Contract);

public static class ReceiptNotes
{
    /// <summary>No row fits the provider, model and time.</summary>
    public const string NoPrice = "no_price";
    /// <summary>The row has no price for a kind of token that was used.</summary>
    public const string BucketUnpriced = "bucket_unpriced";
    /// <summary>The service tier has no price of its own; the standard one was taken.</summary>
    public const string TierUnpriced = "tier_unpriced";
    /// <summary>A batch request without a known batch price; the full price was taken.</summary>
    public const string BatchUnpriced = "batch_unpriced";
    /// <summary>A tool was used whose fee is not known; the total is without it.</summary>
    public const string ToolUnpriced = "tool_unpriced";
    /// <summary>The counts are beyond anything a request can cost.</summary>
    public const string OutOfRange = "out_of_range";
    /// <summary>The row that priced the request is no longer in the book.</summary>
    public const string PriceGone = "price_gone";
}
