using System.Globalization;
using System.Text.Json;
using AgentConsole.Usage;

namespace AgentConsole.Pricing.Catalogues;

/// <summary>
/// The catalogue of pydantic/genai-prices (<c>data.json</c>). A model has one price, or several under conditions of which the
/// last that holds is taken and else the first. A price of a bucket may step up with the input size, for the whole request:
/// a step "from N" holds for more than N tokens.
/// </summary>
internal static class GenaiPricesCatalogue
{
    public const string Publisher = "genai-prices";

    /// <summary>Anthropic bills a cache write that lives an hour at 2 × input, a write of five minutes at 1.25 ×; the catalogue knows the latter.</summary>
    private const decimal HourOverFiveMinutes = 1.6m;

    private static readonly (string Name, TokenBucket Bucket)[] Prices =
    [
        ("input_mtok", TokenBucket.Input),
        ("output_mtok", TokenBucket.Output),
        ("cache_read_mtok", TokenBucket.CacheRead),
        ("cache_write_mtok", TokenBucket.CacheWrite5m),
        ("cache_write_5m_mtok", TokenBucket.CacheWrite5m),
        ("cache_write_1h_mtok", TokenBucket.CacheWrite1h),
        ("output_reasoning_mtok", TokenBucket.Reasoning),
        ("input_audio_mtok", TokenBucket.AudioInput),
        ("output_audio_mtok", TokenBucket.AudioOutput),
        ("cache_audio_read_mtok", TokenBucket.AudioCacheRead),
        ("input_image_mtok", TokenBucket.ImageInput),
        ("output_image_mtok", TokenBucket.ImageOutput),
        ("input_video_mtok", TokenBucket.VideoInput),
    ];

    public static CatalogueReading Read(JsonElement catalogue, DateTimeOffset? validFrom)
    {
        var builder = new CatalogueBuilder();
        if (catalogue.ValueKind != JsonValueKind.Array)
        {
            builder.Reject("", "The genai-prices catalogue is a list of providers.");
            return builder.Reading;
        }
        foreach (var provider in catalogue.EnumerateArray())
            ReadProvider(provider, validFrom, builder);
        return builder.Reading;
    }

    private static void ReadProvider(JsonElement provider, DateTimeOffset? validFrom, CatalogueBuilder builder)
    {
        if (Text(provider, "id") is not { } id || !provider.TryGetProperty("models", out var models) || models.ValueKind != JsonValueKind.Array)
        {
            builder.Reject(Text(provider, "id") ?? "", "A provider needs an id and models.");
            return;
        }
        foreach (var model in models.EnumerateArray())
        {
            var entry = $"{id}/{Text(model, "id")}";
            try
            {
                ReadModel(id, model, validFrom, entry, builder);
            }
            catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException or OverflowException or NotSupportedException)
            {
                builder.Reject(entry, e.Message);
            }
        }
    }

    private static void ReadModel(string provider, JsonElement model, DateTimeOffset? validFrom, string entry, CatalogueBuilder builder)
    {
        var template = new PriceRow
        {
            Provider = Providers.Canonical(provider),
            Model = model.GetProperty("id").GetString()!,
            Match = PriceJson.ReadMatch(model.GetProperty("match")),
            ValidFrom = validFrom,
            Origin = PriceOrigin.Imported,
            Source = Publisher,
        };
        var prices = model.GetProperty("prices");
        if (prices.ValueKind != JsonValueKind.Array)
            AddPrice(template, prices, entry, builder);
        else
            AddConditional(template, [.. prices.EnumerateArray()], entry, builder);
    }

    private static void AddConditional(PriceRow template, JsonElement[] prices, string entry, CatalogueBuilder builder)
    {
        var starts = Array.ConvertAll(prices, StartOf);
        for (var i = 0; i < prices.Length; i++)
        {
            var row = template with { Window = WindowOf(prices[i]) };
            if (starts[i] is { } start && (row.ValidFrom is null || start > row.ValidFrom))
                row = row with { ValidFrom = start };
            if (row.Window is null)
                row = row with { ValidTo = starts.Skip(i + 1).FirstOrDefault(static next => next is not null) };
            if (row.ValidTo is null || row.ValidFrom is null || row.ValidFrom < row.ValidTo)
                AddPrice(row, prices[i].GetProperty("prices"), entry, builder);
        }
    }

    /// <summary>One row for each input size at which any price steps.</summary>
    private static void AddPrice(PriceRow template, JsonElement prices, string entry, CatalogueBuilder builder)
    {
        foreach (var unknown in prices.EnumerateObject().Where(static price => !IsKnown(price.Name)))
            throw new FormatException($"The kind of price '{unknown.Name}' is not known.");
        decimal? perRequest = prices.TryGetProperty("requests_kcount", out var perThousand) ? PriceJson.Amount(perThousand) / 1000 : null;
        foreach (var above in Steps(prices))
        {
            var units = UnitsAbove(prices, above, template);
            if (units.IsEmpty && perRequest is null && IsFree(template.Model))
                units = new UnitPrices([KeyValuePair.Create(TokenBucket.Input, 0m), KeyValuePair.Create(TokenBucket.Output, 0m)]);
            builder.Add(entry, template with { MinInputTokens = above is { } step ? step + 1 : 0, PerMillion = units, PerRequest = perRequest });
        }
    }

    private static IEnumerable<long?> Steps(JsonElement prices) =>
        prices.EnumerateObject()
            .Where(static price => price.Value.ValueKind == JsonValueKind.Object)
            .SelectMany(static price => price.Value.GetProperty("tiers").EnumerateArray())
            .Select(static tier => (long?)tier.GetProperty("start").GetInt64())
            .Distinct().Prepend(null);

    private static UnitPrices UnitsAbove(JsonElement prices, long? above, PriceRow template)
    {
        var units = new UnitPrices(
            from price in Prices
            where prices.TryGetProperty(price.Name, out _)
            select KeyValuePair.Create(price.Bucket, PriceAbove(prices.GetProperty(price.Name), above)));
        return units[TokenBucket.CacheWrite5m] is { } write && units[TokenBucket.CacheWrite1h] is null && IsClaude(template.Model)
            ? units.With(TokenBucket.CacheWrite1h, write * HourOverFiveMinutes)
            : units;
    }

    private static decimal PriceAbove(JsonElement price, long? above)
    {
        if (price.ValueKind != JsonValueKind.Object)
            return PriceJson.Amount(price);
        var reached = price.GetProperty("tiers").EnumerateArray()
            .Where(tier => tier.GetProperty("start").GetInt64() <= above)
            .OrderBy(static tier => tier.GetProperty("start").GetInt64())
            .Select(static tier => (decimal?)PriceJson.Amount(tier.GetProperty("price")))
            .LastOrDefault();
        return reached ?? PriceJson.Amount(price.GetProperty("base"));
    }

    private static bool IsKnown(string price) =>
        price is "requests_kcount" || Array.Exists(Prices, known => known.Name == price);

    private static bool IsClaude(string model) => model.Contains("claude", StringComparison.OrdinalIgnoreCase);

    /// <summary>A model without any price is free only where its name says so.</summary>
    private static bool IsFree(string model) => model.EndsWith(":free", StringComparison.Ordinal);

    private static DateTimeOffset? StartOf(JsonElement conditional) =>
        conditional.TryGetProperty("constraint", out var constraint) && Text(constraint, "start_date") is { } date
            ? new DateTimeOffset(DateOnly.Parse(date, CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero)
            : null;

    private static DailyWindow? WindowOf(JsonElement conditional)
    {
        if (!conditional.TryGetProperty("constraint", out var constraint) || Text(constraint, "start_time") is not { } start)
            return null;
        return new DailyWindow(Utc(start), Utc(constraint.GetProperty("end_time").GetString()!));
    }

    private static TimeOnly Utc(string time) => time.EndsWith('Z')
        ? TimeOnly.Parse(time.AsSpan(0, time.Length - 1), CultureInfo.InvariantCulture)
        : TimeOnly.FromTimeSpan(DateTimeOffset.Parse($"2000-01-02T{time}", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcDateTime.TimeOfDay);

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
