using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Pricing;

public sealed class PriceBookTests
{
    private static readonly DateTimeOffset Autumn = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Price_OfTheContractsExample_IsExact()
    {
        var use = Use("anthropic", "claude-sonnet-4-5", new() { Input = 3, CacheRead = 13216, CacheWrite5m = 25, Output = 120 });

        Assert.Equal(0.00586755m, PriceBook.Seed.Price(use)!.Value.Cost);
    }

    [Theory]
    [InlineData("anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5")]
    [InlineData("anthropic", "anthropic/claude-sonnet-4-5", "claude-sonnet-4-5")]
    [InlineData("anthropic", "claude-sonnet-4-20250514", "claude-sonnet-4")]
    [InlineData("openai", "gpt-4o-2024-08-06", "gpt-4o")]
    [InlineData("openai", "openai/gpt-5-mini", "gpt-5-mini")]
    [InlineData("azure.ai.openai", "gpt-4o-2024-08-06", "gpt-4o")]
    [InlineData("azure", "claude-sonnet-4-6", "claude-sonnet-4-6")]
    [InlineData("vertex_ai", "claude-haiku-4-5@20251001", "claude-haiku-4-5")]
    [InlineData("gcp.gemini", "models/gemini-2.5-pro", "gemini-2.5-pro")]
    [InlineData("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5")]
    [InlineData("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "global.anthropic.claude-sonnet-4-5")]
    [InlineData("aws.bedrock", "arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-4-8-v1:0", "anthropic.claude-opus-4-8")]
    [InlineData("aws", "us.amazon.nova-pro-v1:0", "amazon.nova-pro")]
    [InlineData("aws", "amazon.nova-lite-v1:0:300k", "amazon.nova-lite")]
    [InlineData("aws", "global.amazon.nova-2-lite-v1:0", "global.amazon.nova-2-lite")]
    [InlineData("aws", "openai.gpt-oss-120b-1:0", "openai.gpt-oss-120b")]
    [InlineData("aws", "openai.gpt-5.5-2026-04-23", "openai.gpt-5.5")]
    [InlineData("aws", "claude-sonnet-4-5-20250929", "anthropic.claude-sonnet-4-5")]
    [InlineData("aws", "anthropic.claude-opus-4-1-20250805-v1:0", "anthropic.claude-opus-4-1")]
    [InlineData("aws", "us.meta.llama4-maverick-17b-instruct-v1:0", "meta.llama4-maverick")]
    [InlineData("openrouter", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5")]
    [InlineData("openrouter", "anthropic/claude-4.6-sonnet-20260217", "claude-sonnet-4-6")]
    [InlineData("x_ai", "grok-4-1-fast-reasoning", "grok-4.1-fast")]
    public void Price_OfAnotherNameOfAModel_FindsItsRow(string provider, string model, string expected)
    {
        var price = PriceBook.Seed.Price(Use(provider, model, new() { Input = 1 }));

        Assert.Equal(expected, PriceBook.Seed.Find(price!.Value.PriceId)!.Model);
    }

    [Theory]
    [InlineData("openai", "gpt-5.9")]
    [InlineData("aws", "anthropic.claude-opus-4-9-v1:0")]
    [InlineData("aws", "anthropic.claude-sonnet-4-5-mini-v1:0")]
    [InlineData("aws", "amazon.nova-pro-premium-v1:0")]
    [InlineData("aws", "amazon.nova-pro-")]
    [InlineData("aws", "mars.anthropic.claude-opus-4-8-v1:0")]
    [InlineData("openai", "gpt-5-turbo")]
    [InlineData("openai", "gpt-5.6-luna-preview")]
    [InlineData("openai", "claude-sonnet-4-5")]
    [InlineData("anthropic", "claude-sonnet-4-7")]
    [InlineData("anthropic", "gpt-5")]
    [InlineData("openrouter", "anthropic/claude-sonnet-4.5:free")]
    [InlineData("somewhere", "gpt-5")]
    [InlineData("openai", "")]
    [InlineData("", "gpt-5")]
    public void Price_OfAnUnknownModel_IsUnknownAndNotZero(string provider, string model)
    {
        var use = Use(provider, model, new() { Input = 1000 });

        Assert.Null(PriceBook.Seed.Price(use));
        var receipt = PriceBook.Seed.Explain(use);
        Assert.False(receipt.Priced);
        Assert.Equal([ReceiptNotes.NoPrice], receipt.Notes);
    }

    [Theory]
    [InlineData(272_000, 0, "0.68")]
    [InlineData(272_001, 0, "1.360005")]
    [InlineData(1, 271_999, "0.06800225")]
    [InlineData(1, 272_000, "0.136005")]
    public void Price_AtTheInputTier_CountsCachedTokensAndChargesTheWholeRequest(long input, long cached, string expected)
    {
        var use = Use("openai", "gpt-5.4", new() { Input = input, CacheRead = cached });

        Assert.Equal(decimal.Parse(expected), PriceBook.Seed.Price(use)!.Value.Cost);
    }

    [Theory]
    [InlineData("2026-08-31T23:59:59.9999999Z", "2")]
    [InlineData("2026-09-01T00:00:00Z", "3")]
    [InlineData("2026-09-01T01:59:59+02:00", "2")]
    [InlineData("2001-01-01T00:00:00Z", "2")]
    public void Price_AroundTheMinuteItChanges_FollowsTheEvent(string at, string perMillion)
    {
        var use = Use("anthropic", "claude-sonnet-5", new() { Input = 1_000_000 }) with { At = DateTimeOffset.Parse(at) };

        Assert.Equal(decimal.Parse(perMillion), PriceBook.Seed.Price(use)!.Value.Cost);
    }

    [Fact]
    public void Price_OfBatchInARegionUnderADiscount_MultipliesThemAll()
    {
        var deal = new PriceRow { Provider = "anthropic", Model = "*", Match = new PriceMatch.Prefix("claude-"), Tenant = "acme", Discount = 0.07m, Margin = 0.2m, Origin = PriceOrigin.Entered, Source = "contract" };
        var book = new PriceBook([.. PriceBook.Seed.Rows, deal]);
        var use = Use("anthropic", "claude-opus-4-8", new() { Input = 1_000_000 }) with { Batch = true, Region = "us" };

        Assert.Equal(5m * 0.5m * 1.1m * 0.93m, book.Price(use)!.Value.Cost);
        Assert.Equal(5m * 0.5m * 1.1m * 0.93m * 1.2m, book.Quote(use)!.Value.CustomerPrice);
        Assert.Equal(5m * 0.5m * 1.1m, book.Price(use with { Tenant = "other" })!.Value.Cost);
        var receipt = book.Explain(use, book.Price(use)!.Value.PriceId);
        Assert.Equal(["batch", "region", "discount"], receipt.Multipliers.Select(multiplier => multiplier.Name));
        Assert.Equal(deal.Id, receipt.Price!.Contract);
    }

    [Theory]
    [InlineData("priority", "2.5", "0.25")]
    [InlineData("fast", "2.5", "0.25")]
    [InlineData("flex", "0.625", "0.0625")]
    [InlineData("default", "1.25", "0.125")]
    public void Price_OfAServiceTier_IsItsOwn(string tier, string input, string cached)
    {
        var use = Use("openai", "gpt-5.1", new() { Input = 1_000_000, CacheRead = 1_000_000 }) with { ServiceTier = tier };

        Assert.Equal(decimal.Parse(input) + decimal.Parse(cached), PriceBook.Seed.Price(use)!.Value.Cost);
    }

    [Fact]
    public void Explain_OfATierWithoutAPrice_TakesTheStandardOneAndSaysSo()
    {
        var receipt = PriceBook.Seed.Explain(Use("anthropic", "claude-haiku-4-5", new() { Input = 10 }) with { ServiceTier = "priority" });

        Assert.Equal("standard", receipt.Price!.Tier);
        Assert.Equal([ReceiptNotes.TierUnpriced], receipt.Notes);
    }

    [Fact]
    public void Explain_OfToolUses_AddsFeesOutsideTheTokenFactors()
    {
        var use = Use("anthropic", "claude-sonnet-4-6", new() { Input = 1_000_000 }) with
        {
            Batch = true,
            ToolUses = new Dictionary<string, long> { ["webSearch"] = 10, ["webFetch"] = 2, ["codeExecution"] = 1 },
        };

        var receipt = PriceBook.Seed.Explain(use);

        Assert.Equal(3m * 0.5m + 0.1m, receipt.Total);
        Assert.Equal(["tool_unpriced:codeExecution"], receipt.Notes);
        Assert.Contains(new ReceiptFee("webSearch", 10, 0.01m, 0.1m), receipt.Fees);
    }

    [Fact]
    public void Explain_OfABucketWithoutAPrice_NamesTheBucketItIsPricedAs()
    {
        var receipt = PriceBook.Seed.Explain(Use("openai", "gpt-5", new() { Reasoning = 1000, AudioCacheRead = 8 }));

        Assert.Equal(new ReceiptLine(TokenBucket.Reasoning, 1000, 10m, 0.01m, TokenBucket.Output), receipt.Lines[0]);
        Assert.Equal(TokenBucket.CacheRead, receipt.Lines[1].PricedAs);
    }

    [Fact]
    public void Price_WithoutAPriceForAUsedBucket_IsUnknown()
    {
        var use = Use("openai", "text-embedding-3-small", new() { Input = 10, Output = 5 });

        Assert.Null(PriceBook.Seed.Price(use));
        Assert.Equal([ReceiptNotes.BucketUnpriced], PriceBook.Seed.Explain(use).Notes);
    }

    [Fact]
    public void Price_OfAbsurdCounts_IsUnknownAndDoesNotThrow()
    {
        var use = Use("openai", "gpt-5", new() { Input = long.MaxValue, CacheRead = long.MaxValue, Output = long.MaxValue });

        Assert.Null(PriceBook.Seed.Price(use));
        Assert.Equal([ReceiptNotes.OutOfRange], PriceBook.Seed.Explain(use).Notes);
    }

    [Fact]
    public void Price_InAnHourOfItsWindow_TakesTheWindowsRow()
    {
        var always = Row("m", 1m);
        var night = Row("m", 0.25m) with { Window = new(new TimeOnly(16, 30), new TimeOnly(0, 30)) };
        var book = new PriceBook([always, night], []);

        Assert.Equal(1m, PriceAt(16, 29));
        Assert.Equal(0.25m, PriceAt(16, 30));
        Assert.Equal(0.25m, PriceAt(0, 29));
        Assert.Equal(1m, PriceAt(0, 30));

        decimal PriceAt(int hour, int minute) =>
            book.Price(Use("p", "m", new() { Input = 1_000_000 }) with { At = new(2026, 1, 2, hour, minute, 0, TimeSpan.Zero) })!.Value.Cost;
    }

    [Fact]
    public void Price_OfRowsThatFitAlike_PrefersAnyToSeedThenCloserThenLater()
    {
        var seed = Row("gpt-x", 9m) with { Origin = PriceOrigin.Seed, ValidFrom = Autumn.AddDays(-1) };
        var prefix = Row("gpt-x", 8m) with { Match = new PriceMatch.Prefix("gpt"), ValidFrom = Autumn.AddDays(-1) };
        var early = Row("gpt-x", 7m);
        var late = Row("gpt-x", 6m) with { ValidFrom = Autumn };
        var lateAgain = late with { PerMillion = early.PerMillion.Times(0.5m), AddedAt = Autumn };

        Assert.Equal(6m, Cost(seed, prefix, early, late));
        Assert.Equal(7m, Cost(seed, prefix, early));
        Assert.Equal(8m, Cost(seed, prefix));
        Assert.Equal(3.5m, Cost(late, lateAgain));
        Assert.Equal(6m, Cost(late, lateAgain with { Retired = true }));

        static decimal Cost(params PriceRow[] rows) => new PriceBook(rows, []).Price(Use("p", "gpt-x", new() { Input = 1_000_000 }))!.Value.Cost;
    }

    [Fact]
    public void Explain_ByARetiredRow_StillExplainsWhatItPriced()
    {
        var old = Row("m", 1m);
        var use = Use("p", "m", new() { Input = 1_000_000 });
        var id = new PriceBook([old], []).Price(use)!.Value.PriceId;
        var book = new PriceBook([old with { Retired = true }, Row("m", 2m)], []);

        Assert.Equal(1m, book.Explain(use, id).Total);
        Assert.Equal(2m, book.Explain(use).Total);
        Assert.Equal([ReceiptNotes.PriceGone], book.Explain(use, "nowhere").Notes);
    }

    [Fact]
    public void Seed_EveryRow_HasSourceAndADistinctKey()
    {
        Assert.All(PriceBook.Seed.Rows, row => Assert.NotEqual("", row.Source));
        Assert.Equal(PriceBook.Seed.Rows.Count, PriceBook.Seed.Rows.Select(row => row.Key).Distinct().Count());
    }

    internal static Consumption Use(string provider, string model, TokenCounts tokens) => new("acme", provider, model, Autumn, tokens);

    internal static PriceRow Row(string model, decimal input) => new()
    {
        Provider = "p",
        Model = model,
        Match = new PriceMatch.Dated(model),
        PerMillion = new UnitPrices([KeyValuePair.Create(TokenBucket.Input, input), KeyValuePair.Create(TokenBucket.Output, input * 4)]),
        Origin = PriceOrigin.Entered,
        Source = "test",
    };
}
