using System.Globalization;
using System.Text.Json;
using AgentConsole.Pricing;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Tests.Pricing;

/// <summary>Real response bodies, with the buckets and prices that the genai-prices project expects of them.</summary>
public sealed class UsagesSampleTests
{
    /// <summary>The sample's prices were computed before the September step of 2026.</summary>
    private static readonly DateTimeOffset At = new(2026, 8, 15, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Cases whose price the sample takes from elsewhere than its catalogue: docs/decisions/sample-prices.md.</summary>
    internal static readonly string[] NotInTheCatalogue = ["models/cassettes/test_bedrock_mantle/test_reused_tool_call_ids[request].yaml"];

    /// <summary>Cases whose price in the sample lacks the provider's fee for web searches: the same page.</summary>
    internal static readonly string[] WithFees =
    [
        "models/cassettes/test_anthropic/test_anthropic_web_search_tool.yaml",
        "models/cassettes/test_anthropic/test_pause_turn_web_search_vcr.yaml",
    ];

    [SharedDataFact]
    public void Cost_OfEveryPricedBody_InTheDeclaredDialect_IsTheSamples()
    {
        var book = Catalogued();

        var different = Priced().Where(item => !Agrees(Cost(book, item, item.Dialect), item));

        Assert.All(different, item => Assert.Contains(item.File, NotInTheCatalogue));
    }

    [SharedDataFact]
    public void Cost_OfEveryPricedBody_InTheInferredDialect_DiffersOnlyWhereTheExtractorReadsAForeignBody()
    {
        var book = Catalogued();

        var different = Priced().Where(item => !Agrees(Cost(book, item, null), item) && !NotInTheCatalogue.Contains(item.File));

        Assert.All(different, item => Assert.Contains(
            RawUsage.Read(item.Usage, item.Dialect, item.Provider).Conflicts,
            code => code is ConflictCodes.CacheUnread or ConflictCodes.OutputUnread));
    }

    /// <summary>As the product runs it: the catalogue imported over the seed, with the provider's fees, which the sample leaves out.</summary>
    [SharedDataFact]
    public void Cost_OfEveryPricedBody_AfterAnImportOverTheSeed_IsTheSamplesAndTheFees()
    {
        var book = new PriceBook([.. PriceBook.Seed.Rows, .. Imported()]);

        var different = Priced().Where(item => !NotInTheCatalogue.Contains(item.File) && !Agrees(Cost(book, item, item.Dialect) - Fees(book, item), item));

        Assert.Empty(different.Select(item => item.ToString()));
        Assert.Equal(WithFees.Order(), Priced().Where(item => Fees(book, item) > 0).Select(item => item.File).Distinct().Order());
    }

    [SharedDataFact]
    public void Buckets_OfEveryPricedBody_InTheDeclaredDialect_AreTheSamples() => Assert.All(Priced(), item =>
    {
        var tokens = RawUsage.Read(item.Usage, item.Dialect, item.Provider).Tokens;
        Assert.Equal(item.Count("input_tokens"), tokens.InputTotal);
        Assert.Equal(item.Count("output_tokens"), tokens.OutputTotal);
        Assert.Equal(item.Count("cache_read_tokens"), tokens.CacheRead + tokens.AudioCacheRead);
        Assert.Equal(item.Count("cache_write_tokens"), tokens.CacheWrite5m + tokens.CacheWrite1h);
        Assert.Equal(item.Count("input_audio_tokens"), tokens.AudioInput + tokens.AudioCacheRead);
        Assert.Equal(item.Count("input_image_tokens"), tokens.ImageInput);
        Assert.Equal(item.Count("input_video_tokens"), tokens.VideoInput);
    });

    [SharedDataFact]
    public void Conflicts_OfEveryBody_InTheInferredDialect_AreOnlyThoseOfTheAdvisor() =>
        Assert.All(Cases(), item => Assert.All(
            RawUsage.Read(item.Usage, null, item.Provider).Conflicts,
            code => Assert.Equal(ConflictCodes.OtherModelUsed, code)));

    [SharedDataFact]
    public void Catalogue_AsPublished_IsReadWholeButForModelsWithoutPrices()
    {
        using var stream = File.OpenRead(SharedData.PathOf("genai-prices/data.json"));

        var reading = Catalogue.ReadGenaiPrices(stream, null);

        Assert.True(reading.Rows.Count > 1300);
        Assert.All(reading.Rejected, rejected => Assert.Contains("needs perMillion", rejected.Reason));
    }

    private static bool Agrees(decimal? cost, Case item) => cost is { } ours && Math.Abs(ours - item.Expected!.Value) <= 1e-9m;

    internal static IEnumerable<Case> Priced() => Cases().Where(item => item.Expected is not null);

    private static decimal? Cost(PriceBook book, Case item, string? dialect)
    {
        var use = Use(item, dialect);
        var price = book.Price(use);
        Assert.Equal(price?.Cost, book.Explain(use).Total);
        return price?.Cost;
    }

    private static decimal Fees(PriceBook book, Case item) => book.Explain(Use(item, item.Dialect)).Fees.Sum(fee => fee.Amount);

    private static Consumption Use(Case item, string? dialect)
    {
        var reading = RawUsage.Read(item.Usage, dialect, item.Provider);
        Assert.Null(reading.Error);
        return new Consumption("acme", item.Provider, item.Model, At, reading.Tokens, reading.ServiceTier ?? "standard", false, reading.Region, reading.ToolUses);
    }

    /// <summary>The catalogue alone: fees and factors of the product's own terms are not in it.</summary>
    private static PriceBook Catalogued() => new(Imported(), []);

    private static IReadOnlyList<PriceRow> Imported()
    {
        using var stream = File.OpenRead(SharedData.PathOf("genai-prices/data.json"));
        return Catalogue.ReadGenaiPrices(stream, null).Rows;
    }

    private static List<Case> Cases()
    {
        var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOf("genai-prices/usages-sample.json")));
        return [.. document.RootElement.EnumerateArray().SelectMany(ReadCases)];
    }

    private static IEnumerable<Case> ReadCases(JsonElement item)
    {
        var body = item.GetProperty("body");
        var usage = body.TryGetProperty("usage", out var found) ? found : body.GetProperty("usageMetadata");
        var model = item.TryGetProperty("model", out var name) ? name.GetString()! : "";
        foreach (var extracted in item.GetProperty("extracted").EnumerateArray())
            foreach (var extractor in extracted.GetProperty("extractors").EnumerateArray())
                yield return new Case(
                    body.GetProperty("file").GetString()!,
                    extractor.GetProperty("provider_id").GetString()!,
                    extractor.GetProperty("api_flavor").GetString()!,
                    model,
                    usage,
                    extracted.GetProperty("usage"),
                    Price(extractor));
    }

    private static decimal? Price(JsonElement extractor) => extractor.TryGetProperty("input_price", out _)
        ? Amount(extractor, "input_price") + Amount(extractor, "output_price")
        : null;

    private static decimal Amount(JsonElement extractor, string name) =>
        extractor.TryGetProperty(name, out var price) ? decimal.Parse(price.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture) : 0;

    internal sealed record Case(string File, string Provider, string Flavor, string Model, JsonElement Usage, JsonElement Extracted, decimal? Expected)
    {
        public string? Dialect => Flavor switch
        {
            "chat" => "openai-chat",
            "responses" => "openai-responses",
            "embeddings" => "openai-embeddings",
            "anthropic" => "anthropic",
            "default" => Provider switch
            {
                "anthropic" or "minimax" => "anthropic",
                "aws" => "bedrock",
                "google" => "google",
                _ => "openai-chat",
            },
            _ => null,
        };

        public long Count(string name) => Extracted.TryGetProperty(name, out var count) ? count.GetInt64() : 0;

        public override string ToString() => $"{File} {Provider}/{Flavor} {Model} {Extracted.GetRawText()} theirs {Expected}";
    }
}
