using System.Text.Json;
using System.Text.RegularExpressions;
using AgentConsole.Usage;

namespace AgentConsole.Pricing.Catalogues;

/// <summary>
/// LiteLLM's <c>model_prices_and_context_window.json</c>: USD per token, by names such as
/// <c>input_cost_per_token_above_200k_tokens_priority</c>: a kind of token, an input size above which it holds for the whole request,
/// a service tier. What a size or tier does not name costs what it costs without.
/// </summary>
internal static partial class LiteLlmCatalogue
{
    public const string Publisher = "litellm";

    private const string Batches = "batches";

    private static readonly Dictionary<string, TokenBucket> Kinds = new(StringComparer.Ordinal)
    {
        ["input_cost_per_token"] = TokenBucket.Input,
        ["output_cost_per_token"] = TokenBucket.Output,
        ["cache_read_input_token_cost"] = TokenBucket.CacheRead,
        ["cache_creation_input_token_cost"] = TokenBucket.CacheWrite5m,
        ["cache_creation_input_token_cost_above_1hr"] = TokenBucket.CacheWrite1h,
        ["output_cost_per_reasoning_token"] = TokenBucket.Reasoning,
        ["input_cost_per_audio_token"] = TokenBucket.AudioInput,
        ["output_cost_per_audio_token"] = TokenBucket.AudioOutput,
        ["cache_read_input_audio_token_cost"] = TokenBucket.AudioCacheRead,
        ["cache_read_input_token_cost_per_audio_token"] = TokenBucket.AudioCacheRead,
        ["input_cost_per_image_token"] = TokenBucket.ImageInput,
        ["output_cost_per_image_token"] = TokenBucket.ImageOutput,
        ["input_cost_per_video_token"] = TokenBucket.VideoInput,
    };

    public static CatalogueReading Read(JsonElement catalogue, DateTimeOffset? validFrom)
    {
        var builder = new CatalogueBuilder();
        if (catalogue.ValueKind != JsonValueKind.Object)
        {
            builder.Reject("", "The LiteLLM catalogue is an object of models.");
            return builder.Reading;
        }
        foreach (var entry in catalogue.EnumerateObject().Where(static entry => entry.Name != "sample_spec"))
        {
            try
            {
                ReadModel(entry, validFrom, builder);
            }
            catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException or OverflowException)
            {
                builder.Reject(entry.Name, e.Message);
            }
        }
        return builder.Reading;
    }

    private static void ReadModel(JsonProperty entry, DateTimeOffset? validFrom, CatalogueBuilder builder)
    {
        var prices = Prices(entry.Value).ToList();
        if (!entry.Value.TryGetProperty("litellm_provider", out var provider) || provider.ValueKind != JsonValueKind.String)
            builder.Reject(entry.Name, "The model names no litellm_provider.");
        else if (prices.Count == 0)
            builder.Reject(entry.Name, "The model has no price by token or request.");
        else if (prices.TrueForAll(static price => price.PerMillion == 0))
            builder.Reject(entry.Name, "Every price is 0, which this catalogue also writes for an unknown price.");
        else
            AddRows(entry, Template(entry, provider.GetString()!, validFrom), prices, builder);
    }

    private static PriceRow Template(JsonProperty entry, string litellmProvider, DateTimeOffset? validFrom)
    {
        var provider = Providers.Canonical(litellmProvider);
        var slash = entry.Name.IndexOf('/', StringComparison.Ordinal);
        var model = slash > 0 && Providers.Canonical(entry.Name[..slash]) == provider ? entry.Name[(slash + 1)..] : entry.Name;
        return new PriceRow
        {
            Provider = provider,
            Model = model,
            Match = new PriceMatch.Exact(model),
            ValidFrom = validFrom,
            ToolFees = SearchFee(entry.Value) is { } fee ? new Dictionary<string, decimal> { ["webSearch"] = fee } : null,
            Origin = PriceOrigin.Imported,
            Source = Publisher,
        };
    }

    /// <summary>A row for each service tier and each input size the model names.</summary>
    private static void AddRows(JsonProperty entry, PriceRow template, List<Price> prices, CatalogueBuilder builder)
    {
        var batchFactor = HalvesInBatch(prices) ? 0.5m : (decimal?)null;
        foreach (var tier in prices.Select(static price => price.Tier).Distinct().Prepend(null).Distinct())
        {
            if (tier == Batches && batchFactor is not null)
                continue;
            foreach (var above in prices.Where(price => price.Tier is null || price.Tier == tier).Select(static price => price.Above).Prepend(0).Distinct())
                builder.Add(entry.Name, template with
                {
                    Tier = tier switch { null => PriceRow.StandardTier, Batches => ServiceTiers.Batch, _ => tier },
                    MinInputTokens = above == 0 ? 0 : above + 1,
                    BatchFactor = tier is null ? batchFactor : null,
                    PerMillion = Overlay(prices, tier, above),
                });
        }
    }

    /// <summary>Later entries win: the plain price, then the size's, then the tier's, then the tier's at that size.</summary>
    private static UnitPrices Overlay(List<Price> prices, string? tier, long above) => new(
        from price in prices
        where (price.Tier is null || price.Tier == tier) && price.Above <= above
        orderby price.Tier is not null, price.Above
        select KeyValuePair.Create(price.Bucket, price.PerMillion));

    private static bool HalvesInBatch(List<Price> prices)
    {
        var batch = prices.Where(static price => price.Tier == Batches).ToList();
        return batch.Count > 0 && batch.TrueForAll(half =>
            prices.Exists(full => full.Tier is null && full.Bucket == half.Bucket && full.Above == half.Above && full.PerMillion == half.PerMillion * 2));
    }

    private static IEnumerable<Price> Prices(JsonElement model)
    {
        foreach (var property in model.EnumerateObject())
            if (property.Value.ValueKind == JsonValueKind.Number && Parse(property.Name) is var (bucket, above, tier))
                yield return new Price(bucket, above, tier, PriceJson.Amount(property.Value) * 1_000_000m);
        if (!model.TryGetProperty("tiered_pricing", out var ranges) || ranges.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (var range in ranges.EnumerateArray())
        {
            if (!range.TryGetProperty("range", out var bounds) || bounds.ValueKind != JsonValueKind.Array)
                continue;
            var from = (long)bounds[0].GetDecimal();
            foreach (var property in range.EnumerateObject())
                if (property.Value.ValueKind == JsonValueKind.Number && Parse(property.Name) is var (bucket, _, tier))
                    yield return new Price(bucket, from, tier, PriceJson.Amount(property.Value) * 1_000_000m);
        }
    }

    /// <summary>Null when the name is no price by token.</summary>
    private static (TokenBucket Bucket, long Above, string? Tier)? Parse(string name)
    {
        string? tier = null;
        foreach (var known in (string[])["flex", "priority", Batches])
            if (name.EndsWith("_" + known, StringComparison.Ordinal))
                (tier, name) = (known, name[..^(known.Length + 1)]);
        var above = 0L;
        if (SizePattern().Match(name) is { Success: true } size)
            (above, name) = (long.Parse(size.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) * 1000, name.Remove(size.Index, size.Length));
        return Kinds.TryGetValue(name, out var bucket) ? (bucket, above, tier) : null;
    }

    /// <summary>USD for one search, at the middle of the three sizes of context.</summary>
    private static decimal? SearchFee(JsonElement model) =>
        model.TryGetProperty("search_context_cost_per_query", out var sizes) && sizes.ValueKind == JsonValueKind.Object
            && sizes.TryGetProperty("search_context_size_medium", out var medium) && medium.ValueKind == JsonValueKind.Number
            ? PriceJson.Amount(medium)
            : null;

    [GeneratedRegex(@"_above_(\d{1,6})k_tokens", RegexOptions.CultureInvariant)]
    private static partial Regex SizePattern();

    private sealed record Price(TokenBucket Bucket, long Above, string? Tier, decimal PerMillion);
}
