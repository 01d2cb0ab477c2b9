using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Pricing;

public sealed class ReceiptTests
{
    private static readonly string[] Tiers = ["standard", "default", "flex", "priority", "fast", "batch", "odd"];
    private static readonly string?[] Regions = [null, "us", "eu", "global", "us-east-1"];

    /// <summary>Over every seed row, with random counts, tiers, regions, fees and a contract: the receipt is the price.</summary>
    [Fact]
    public void Explain_OfAnyRequest_AddsUpToExactlyWhatPriceSays()
    {
        var book = new PriceBook([.. PriceBook.Seed.Rows, Deal("anthropic"), Deal("openai"), Deal("*")]);
        var random = new Random(20261120);
        var priced = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var use = Any(random, book.Rows[random.Next(book.Rows.Count)]);
            var quote = book.Quote(use);
            var receipt = book.Explain(use, quote?.PriceId);
            Assert.Equal(quote?.Cost, receipt.Total);
            Assert.Equal(quote?.CustomerPrice, receipt.CustomerPrice);
            if (quote is null)
                continue;
            priced++;
            Assert.Equal(quote.Value.Cost, Recalculated(receipt));
            Assert.Equal(use.Tokens.Total, receipt.Lines.Sum(line => line.Quantity));
            Assert.All(receipt.Lines, line => Assert.Equal(line.Quantity * line.PerMillion / 1_000_000m, line.Amount));
        }
        Assert.InRange(priced, 15_000, 20_000);
    }

    [Fact]
    public void Explain_WithoutFees_IsLinesTimesMultipliers()
    {
        var use = PriceBookTests.Use("anthropic", "claude-haiku-4-5", new() { Input = 7, CacheRead = 333, CacheWrite1h = 11, Output = 5, Reasoning = 2 }) with { Batch = true, Region = "us" };

        var receipt = PriceBook.Seed.Explain(use);

        var product = receipt.Multipliers.Aggregate(1m, (factor, multiplier) => factor * multiplier.Factor);
        Assert.Equal(receipt.Total, Math.Round(receipt.Lines.Sum(line => line.Amount) * product, 12, MidpointRounding.ToEven));
        Assert.Equal("0.0000333", receipt.Lines.Single(line => line.Bucket == TokenBucket.CacheRead).Amount.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Price_AtHalfOfTheLastDecimal_RoundsHalfToEven()
    {
        var book = new PriceBook([PriceBookTests.Row("m", 0.0000005m), PriceBookTests.Row("n", 0.0000015m)], []);

        Assert.Equal(0m, book.Price(PriceBookTests.Use("p", "m", new() { Input = 1 }))!.Value.Cost);
        Assert.Equal(0.000000000002m, book.Price(PriceBookTests.Use("p", "n", new() { Input = 1 }))!.Value.Cost);
    }

    /// <summary>Splitting a request's tokens over two changes nothing, as long as no input tier is crossed.</summary>
    [Fact]
    public void Price_OfTheParts_SumsToThePriceOfTheWhole()
    {
        var random = new Random(1);
        for (var round = 0; round < 2_000; round++)
        {
            TokenCounts a = Small(random), b = Small(random);
            Assert.Equal(Cost(a + b), Cost(a) + Cost(b));
        }

        static decimal Cost(TokenCounts tokens) => PriceBook.Seed.Price(PriceBookTests.Use("anthropic", "claude-sonnet-4-5", tokens))!.Value.Cost;
    }

    private static decimal Recalculated(Receipt receipt)
    {
        var onTokens = receipt.Multipliers.Aggregate(1m, (factor, multiplier) => factor * multiplier.Factor);
        var onFees = receipt.Multipliers.Where(multiplier => multiplier.AppliesToFees).Aggregate(1m, (factor, multiplier) => factor * multiplier.Factor);
        return Math.Round((receipt.Lines.Sum(line => line.Amount) * onTokens) + (receipt.Fees.Sum(fee => fee.Amount) * onFees), 12, MidpointRounding.ToEven);
    }

    private static Consumption Any(Random random, PriceRow row) => new(
        random.Next(2) == 0 ? "acme" : "other",
        row.Provider == "*" ? "openai" : row.Provider,
        row.Model == "*" ? "gpt-5" : row.Model,
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(525_600)),
        AnyTokens(random),
        Tiers[random.Next(Tiers.Length)],
        random.Next(3) == 0,
        Regions[random.Next(Regions.Length)],
        random.Next(3) == 0 ? new Dictionary<string, long> { ["webSearch"] = random.Next(20), ["unknown"] = random.Next(2) } : null);

    private static TokenCounts AnyTokens(Random random)
    {
        var tokens = default(TokenCounts);
        foreach (var bucket in TokenCounts.Buckets)
            if (random.Next(2) == 0)
                tokens = tokens.With(bucket, random.Next(10) == 0 ? random.NextInt64(1_000_000_000) : random.Next(300_000));
        return tokens;
    }

    private static TokenCounts Small(Random random) => new() { Input = random.Next(9000), CacheRead = random.Next(9000), CacheWrite1h = random.Next(900), Output = random.Next(900), Reasoning = random.Next(900) };

    private static PriceRow Deal(string provider) => new()
    {
        Provider = provider,
        Model = "*",
        Match = new PriceMatch.Contains("-"),
        Tenant = "acme",
        Discount = 0.075m,
        Margin = 0.15m,
        Origin = PriceOrigin.Entered,
        Source = "contract",
    };
}
