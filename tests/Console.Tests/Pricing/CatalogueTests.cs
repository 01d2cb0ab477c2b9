using System.Text.Json;
using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Pricing;

public sealed class CatalogueTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void GenaiPrices_WithStepsAndDates_MakesOneRowForEach()
    {
        var reading = Genai("""
            [{"id":"anthropic","models":[{"id":"claude-x","match":{"or":[{"equals":"claude-x"},{"starts_with":"claude-x-"}]},"prices":[
              {"prices":{"input_mtok":{"base":3,"tiers":[{"start":200000,"price":6}]},"cache_write_mtok":3.75,"output_mtok":15}},
              {"constraint":{"start_date":"2026-03-13"},"prices":{"input_mtok":2,"output_mtok":10}}]}]}]
            """);

        Assert.Empty(reading.Rejected);
        Assert.Equal([0L, 200_001L, 0L], reading.Rows.Select(row => row.MinInputTokens));
        var march = new DateTimeOffset(2026, 3, 13, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal([march, march, null], reading.Rows.Select(row => row.ValidTo));
        Assert.Equal(6m, reading.Rows[0].PerMillion[TokenBucket.CacheWrite1h]);
        var book = new PriceBook(reading.Rows, []);
        Assert.Equal(0.6m, Cost(book, "anthropic", "claude-x-1", 200_000, march.AddTicks(-1)));
        Assert.Equal(1.200006m, Cost(book, "anthropic", "claude-x-1", 200_001, march.AddTicks(-1)));
        Assert.Equal(0.400002m, Cost(book, "anthropic", "claude-x-1", 200_001, march));
    }

    [Fact]
    public void GenaiPrices_WithHours_FollowsTheClock()
    {
        var book = new PriceBook(Genai("""
            [{"id":"deepseek","models":[{"id":"deepseek-chat","match":{"equals":"deepseek-chat"},"prices":[
              {"prices":{"input_mtok":0.135,"output_mtok":0.55}},
              {"constraint":{"start_time":"00:30:00Z","end_time":"16:30:00Z"},"prices":{"input_mtok":0.27,"output_mtok":1.1}}]}]}]
            """).Rows, []);

        Assert.Equal(0.135m, Cost(book, "deepseek", "deepseek-chat", 1_000_000, Start));
        Assert.Equal(0.27m, Cost(book, "deepseek", "deepseek-chat", 1_000_000, Start.AddMinutes(30)));
        Assert.Equal(0.135m, Cost(book, "deepseek", "deepseek-chat", 1_000_000, Start.AddHours(16.5)));
    }

    [Fact]
    public void GenaiPrices_WithoutPrices_IsRejectedUnlessItsNameSaysFree()
    {
        var reading = Genai("""
            [{"id":"p","models":[
              {"id":"a:free","match":{"equals":"a:free"},"prices":{}},
              {"id":"b","match":{"equals":"b"},"prices":{}},
              {"id":"c","match":{"sounds_like":"c"},"prices":{"input_mtok":1}},
              {"id":"d","match":{"regex":"(?=look)"},"prices":{"input_mtok":1}},
              {"id":"e","match":{"equals":"e"},"prices":{"input_mtok":-1}},
              {"id":"f","match":{"equals":"f"},"prices":{"moon_mtok":1}}]}, {"models":[]}, 7]
            """);

        Assert.Equal(["a:free"], reading.Rows.Select(row => row.Model));
        Assert.Equal(["p/b", "p/c", "p/d", "p/e", "p/f", "", ""], reading.Rejected.Select(rejected => rejected.Entry));
    }

    [Fact]
    public void GenaiPrices_ReadTwice_GivesTheSameIds()
    {
        const string Json = """[{"id":"p","models":[{"id":"a","match":{"equals":"a"},"prices":{"input_mtok":1.5,"requests_kcount":5}}]}]""";

        Assert.Equal(Genai(Json).Rows[0].Id, Genai(Json).Rows[0].Id);
        Assert.Equal(Genai(Json).Rows[0].Key, Genai(Json.Replace("1.5", "1.6")).Rows[0].Key);
        Assert.NotEqual(Genai(Json).Rows[0].Id, Genai(Json.Replace("1.5", "1.6")).Rows[0].Id);
        Assert.Equal(0.005m, Genai(Json).Rows[0].PerRequest);
    }

    [Fact]
    public void LiteLlm_WithTiersAndSizes_MakesOneRowForEach()
    {
        var reading = LiteLlm("""
            {"sample_spec":{"input_cost_per_token":0},
             "gpt-5.4":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":2.5e-06,"output_cost_per_token":1.5e-05,
               "cache_read_input_token_cost":2.5e-07,"input_cost_per_token_above_272k_tokens":5e-06,"input_cost_per_token_flex":1.25e-06,
               "input_cost_per_token_batches":1.25e-06,"output_cost_per_token_batches":7.5e-06,
               "search_context_cost_per_query":{"search_context_size_low":0.01,"search_context_size_medium":0.02}},
             "vertex_ai/claude-y@20260101":{"litellm_provider":"vertex_ai-anthropic_models","input_cost_per_token":3e-06,"cache_creation_input_token_cost_above_1hr":6e-06}}
            """);

        Assert.Empty(reading.Rejected);
        Assert.Equal(["standard/0", "standard/272001", "flex/0", "flex/272001", "standard/0"], reading.Rows.Select(row => $"{row.Tier}/{row.MinInputTokens}"));
        var book = new PriceBook(reading.Rows, []);
        Assert.Equal(2.5m * 0.272m, Cost(book, "openai", "gpt-5.4", 272_000, Start));
        Assert.Equal(5m * 0.272001m, Cost(book, "openai", "gpt-5.4", 272_001, Start));
        var use = new Consumption("t", "openai", "gpt-5.4", Start, new() { Input = 1000, Output = 1000 }, Batch: true, ToolUses: new Dictionary<string, long> { ["webSearch"] = 1 });
        Assert.Equal((0.0025m + 0.015m) / 2 + 0.02m, book.Price(use)!.Value.Cost);
        Assert.Equal(0.00125m + 0.015m, book.Price(use with { Batch = false, ToolUses = null, ServiceTier = "flex" })!.Value.Cost);
        Assert.Equal(3m, Cost(book, "gcp.vertex_ai", "claude-y@20260101", 1_000_000, Start));
        Assert.Equal(6m, reading.Rows[^1].PerMillion[TokenBucket.CacheWrite1h]);
    }

    [Fact]
    public void LiteLlm_WithRanges_StepsByInput()
    {
        var book = new PriceBook(LiteLlm("""
            {"dashscope/qwen":{"litellm_provider":"dashscope","tiered_pricing":[
              {"range":[0,32000.0],"input_cost_per_token":1e-06,"output_cost_per_token":2e-06},
              {"range":[32000.0,128000.0],"input_cost_per_token":3e-06,"output_cost_per_token":6e-06}]}}
            """).Rows, []);

        Assert.Equal(0.032m, Cost(book, "dashscope", "qwen", 32_000, Start));
        Assert.Equal(0.096003m, Cost(book, "dashscope", "qwen", 32_001, Start));
    }

    [Fact]
    public void LiteLlm_WithNoUsablePrice_IsRejectedWithAReason()
    {
        var reading = LiteLlm("""
            {"a":{"litellm_provider":"openai","input_cost_per_second":0.1},"b":{"input_cost_per_token":1e-6},
             "c":{"litellm_provider":"ollama","input_cost_per_token":0,"output_cost_per_token":0},
             "gemini/d":{"litellm_provider":"gemini","input_cost_per_token":1e-6},"d":{"litellm_provider":"vertex_ai-language-models","input_cost_per_token":2e-6},
             "e":{"litellm_provider":"openai","input_cost_per_token":9e99},"f":3}
            """);

        Assert.Equal(["d"], reading.Rows.Select(row => row.Model));
        Assert.Equal(["a", "b", "c", "d", "e", "f"], reading.Rejected.Select(rejected => rejected.Entry));
    }

    [Theory]
    [InlineData("300", true)]
    [InlineData("0.03", true)]
    [InlineData("299", false)]
    [InlineData("3", false)]
    public void Guard_OfAPriceAHundredTimesOff_WarnsWithTheCostOfAThousandEach(string input, bool warns)
    {
        var row = PriceBookTests.Row("claude-sonnet-4-5", decimal.Parse(input)) with { Provider = "anthropic", PerMillion = new([KeyValuePair.Create(TokenBucket.Input, decimal.Parse(input)), KeyValuePair.Create(TokenBucket.Output, 15m)]) };

        var warning = PriceGuard.Check(row, PriceBook.Seed);

        Assert.Equal(warns, warning is not null);
        Assert.Equal(warns ? 0.018m : null, warning?.ThousandEachNow);
        Assert.Equal(warns ? decimal.Parse(input) / 1000 + 0.015m : null, warning?.ThousandEach);
    }

    [Fact]
    public void Guard_OfAModelTheBookDoesNotKnow_HasNothingToSay() =>
        Assert.Null(PriceGuard.Check(PriceBookTests.Row("new", 1_000m), PriceBook.Seed));

    private static decimal Cost(PriceBook book, string provider, string model, long input, DateTimeOffset at) =>
        book.Price(new Consumption("t", provider, model, at, new TokenCounts { Input = input }))!.Value.Cost;

    private static CatalogueReading Genai(string json) => Catalogue.ReadGenaiPrices(JsonDocument.Parse(json), null);

    private static CatalogueReading LiteLlm(string json) => Catalogue.ReadLiteLlm(JsonDocument.Parse(json), null);
}
