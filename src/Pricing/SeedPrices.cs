using System.Text.Json;

namespace AgentConsole.Pricing;

/// <summary>The prices the product comes with, from <c>Seed/*.json</c>: data with source and date, none of it in code.</summary>
internal static class SeedPrices
{
    public static IReadOnlyList<PriceTerms> Terms { get; } = ReadAll("terms", ReadTerms);

    public static IReadOnlyList<PriceRow> Rows { get; } = ReadAll("prices", ReadRow);

    private static List<T> ReadAll<T>(string section, Func<JsonElement, T> read)
    {
        var assembly = typeof(SeedPrices).Assembly;
        var items = new List<T>();
        foreach (var name in assembly.GetManifestResourceNames().Where(static name => name.Contains("Pricing.Seed.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var document = JsonDocument.Parse(stream);
            if (document.RootElement.TryGetProperty(section, out var list))
                items.AddRange(list.EnumerateArray().Select(read));
        }
        return items;
    }

    private static PriceRow ReadRow(JsonElement json)
    {
        var row = PriceJson.Read(json, PriceOrigin.Seed);
        return row.Ok ? row.Value : throw new InvalidDataException($"Seed price {json.GetRawText()}: {row.Error.Message}");
    }

    private static PriceTerms ReadTerms(JsonElement json) => new()
    {
        Provider = json.GetProperty("provider").GetString()!,
        Match = json.TryGetProperty("match", out var match) ? PriceJson.ReadMatch(match) : null,
        BatchFactor = json.TryGetProperty("batchFactor", out var batch) ? PriceJson.Amount(batch) : null,
        RegionFactors = Amounts(json, "regionFactors"),
        TierFactors = Amounts(json, "tierFactors"),
        ToolFees = Amounts(json, "toolFees"),
        Source = json.GetProperty("source").GetString()!,
    };

    private static IReadOnlyDictionary<string, decimal> Amounts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var amounts) ? PriceJson.ReadAmounts(amounts) : new Dictionary<string, decimal>();
}
