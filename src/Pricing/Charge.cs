using AgentConsole.Usage;

namespace AgentConsole.Pricing;

/// <summary>The arithmetic: exact decimals, rounded once. Price and receipt share every step of it.</summary>
internal static class Charge
{
    /// <summary>USD; beyond this a number is an error of the sender, not a cost.</summary>
    public const decimal MaxCost = 1_000_000_000m;

    private const decimal PerMillion = 0.000001m;
    private const int Decimals = 12;

    /// <summary>What input-size tiers look at; a decimal, so that absurd counts cannot overflow.</summary>
    public static decimal InputTokens(in TokenCounts tokens) =>
        (decimal)tokens.Input + tokens.CacheRead + tokens.CacheWrite5m + tokens.CacheWrite1h
        + tokens.AudioInput + tokens.ImageInput + tokens.VideoInput + tokens.AudioCacheRead;

    public static bool TryTotal(in Consumption consumption, in Choice choice, out decimal total)
    {
        total = 0;
        try
        {
            return TryTokens(consumption.Tokens, choice.Row.PerMillion, out var tokens)
                && TryRound(tokens * PerMillion, Fees(consumption, choice), Factors.Of(consumption, choice), out total);
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    public static decimal CustomerPrice(decimal cost, in Choice choice) =>
        choice.Deal.Margin == 0 ? cost : Math.Round(cost * (1 + choice.Deal.Margin), Decimals, MidpointRounding.ToEven);

    /// <summary>Each cached kind of token and the fresh kind that it stands in for.</summary>
    private static readonly (TokenBucket Cached, TokenBucket Fresh)[] CachedKinds =
    [
        (TokenBucket.CacheRead, TokenBucket.Input), (TokenBucket.CacheWrite5m, TokenBucket.Input), (TokenBucket.CacheWrite1h, TokenBucket.Input),
        (TokenBucket.AudioCacheRead, TokenBucket.AudioInput),
    ];

    /// <summary>Not rounded, so that sums of savings do not depend on how they are cut. Null when a price is missing or the counts are absurd.</summary>
    public static decimal? CacheSavings(in Consumption consumption, in Choice choice)
    {
        try
        {
            var saved = 0m;
            foreach (var (cached, fresh) in CachedKinds)
            {
                var count = consumption.Tokens[cached];
                if (count == 0)
                    continue;
                if (!choice.Row.PerMillion.TryCharge(cached, out var paid, out _) || !choice.Row.PerMillion.TryCharge(fresh, out var full, out _))
                    return null;
                saved += count * (full - paid);
            }
            var factors = Factors.Of(consumption, choice);
            return saved * PerMillion * factors.OnTokens * factors.Discount;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    public static Receipt Explain(in Consumption consumption, in Choice choice)
    {
        var lines = Lines(consumption.Tokens, choice.Row.PerMillion);
        var priced = TryTotal(consumption, choice, out var total);
        return new Receipt
        {
            Lines = lines ?? [],
            Fees = FeeLines(consumption, choice),
            Multipliers = Factors.Of(consumption, choice).ToMultipliers(),
            Total = priced ? total : null,
            CustomerPrice = priced ? CustomerPrice(total, choice) : null,
            Price = Describe(choice),
            Notes = Notes(consumption, choice, lines is not null, priced),
        };
    }

    /// <summary>Tokens × price, before the division by a million; false when a used bucket has no price.</summary>
    private static bool TryTokens(in TokenCounts tokens, UnitPrices prices, out decimal sum)
    {
        sum = 0;
        foreach (var bucket in TokenCounts.Buckets)
        {
            var count = tokens[bucket];
            if (count == 0)
                continue;
            if (!prices.TryCharge(bucket, out var perMillion, out _))
                return false;
            sum += count * perMillion;
        }
        return true;
    }

    private static bool TryRound(decimal tokens, decimal fees, in Factors factors, out decimal total)
    {
        total = Math.Round((tokens * factors.OnTokens * factors.Discount) + (fees * factors.Discount), Decimals, MidpointRounding.ToEven);
        return total is <= MaxCost and >= -MaxCost;
    }

    private static decimal Fees(in Consumption consumption, in Choice choice)
    {
        var sum = choice.Row.PerRequest ?? 0;
        if (consumption.ToolUses is null)
            return sum;
        foreach (var (tool, uses) in consumption.ToolUses)
            sum += uses * (choice.Terms.ToolFee(choice.Row, tool) ?? 0);
        return sum;
    }

    private static List<ReceiptLine>? Lines(in TokenCounts tokens, UnitPrices prices)
    {
        var lines = new List<ReceiptLine>();
        foreach (var bucket in TokenCounts.Buckets)
        {
            var count = tokens[bucket];
            if (count == 0)
                continue;
            if (!prices.TryCharge(bucket, out var perMillion, out var pricedAs))
                return null;
            lines.Add(new ReceiptLine(bucket, count, perMillion, Plain(count * perMillion * PerMillion), pricedAs));
        }
        return lines;
    }

    private static List<ReceiptFee> FeeLines(in Consumption consumption, in Choice choice)
    {
        var fees = new List<ReceiptFee>();
        if (choice.Row.PerRequest is { } perRequest)
            fees.Add(new ReceiptFee("request", 1, perRequest, perRequest));
        foreach (var (tool, uses) in consumption.ToolUses ?? new Dictionary<string, long>())
            if (uses != 0 && choice.Terms.ToolFee(choice.Row, tool) is { } fee)
                fees.Add(new ReceiptFee(tool, uses, fee, Plain(uses * fee)));
        return fees;
    }

    private static List<string> Notes(in Consumption consumption, in Choice choice, bool everyBucketPriced, bool priced)
    {
        var notes = new List<string>();
        if (!everyBucketPriced)
            notes.Add(ReceiptNotes.BucketUnpriced);
        else if (!priced)
            notes.Add(ReceiptNotes.OutOfRange);
        if (choice.Tier.Name != choice.Row.Tier && choice.Row.Tier == PriceRow.StandardTier && choice.Terms.TierFactor(choice.Tier.Name) is null)
            notes.Add(ReceiptNotes.TierUnpriced);
        if (choice.Tier.Batch && choice.Row.Tier != ServiceTiers.Batch && Factors.BatchFactor(choice) is null)
            notes.Add(ReceiptNotes.BatchUnpriced);
        foreach (var (tool, uses) in consumption.ToolUses ?? new Dictionary<string, long>())
            if (uses != 0 && choice.Terms.ToolFee(choice.Row, tool) is null)
                notes.Add($"{ReceiptNotes.ToolUnpriced}:{tool}");
        return notes;
    }

    private static ReceiptPrice Describe(in Choice choice) => new(
        choice.PriceId, choice.Row.Provider, choice.Row.Model, choice.Row.ValidFrom, choice.Row.ValidTo, choice.Row.Tier,
        choice.Row.MinInputTokens, choice.Row.Source, choice.Row.AsOf, choice.Deal.Tenant is null ? null : choice.Contract?.Id ?? choice.Listed.Id);

    /// <summary>Without trailing zeros, so that it reads as one would write it.</summary>
    private static decimal Plain(decimal amount) => amount / 1.0000000000000000000000000000m;
}

/// <summary>What the sums are multiplied by; 1 where nothing applies.</summary>
internal readonly record struct Factors(decimal? Tier, decimal? Batch, decimal? Region, decimal Discount)
{
    public decimal OnTokens => (Tier ?? 1) * (Batch ?? 1) * (Region ?? 1);

    public static Factors Of(in Consumption consumption, in Choice choice)
    {
        var standard = choice.Row.Tier == PriceRow.StandardTier;
        return new Factors(
            standard && choice.Tier.Name != PriceRow.StandardTier ? choice.Terms.TierFactor(choice.Tier.Name) : null,
            choice.Tier.Batch && choice.Row.Tier != ServiceTiers.Batch ? BatchFactor(choice) : null,
            consumption.Region is null ? null : choice.Terms.RegionFactor(choice.Row, consumption.Region),
            1 - choice.Deal.Discount);
    }

    public static decimal? BatchFactor(in Choice choice) => choice.Row.BatchFactor ?? choice.Terms.BatchFactor;

    public List<ReceiptMultiplier> ToMultipliers()
    {
        var multipliers = new List<ReceiptMultiplier>();
        if (Tier is { } tier)
            multipliers.Add(new ReceiptMultiplier("tier", tier, false));
        if (Batch is { } batch)
            multipliers.Add(new ReceiptMultiplier("batch", batch, false));
        if (Region is { } region)
            multipliers.Add(new ReceiptMultiplier("region", region, false));
        if (Discount != 1)
            multipliers.Add(new ReceiptMultiplier("discount", Discount, true));
        return multipliers;
    }
}
