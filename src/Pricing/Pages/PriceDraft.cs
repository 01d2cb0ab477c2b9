using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Platform;
using AgentConsole.Usage;

namespace AgentConsole.Pricing.Pages;

/// <summary>A price as a person types it; read through the one JSON form of prices, so that both doors have the same rules.</summary>
public sealed class PriceDraft
{
    public string Provider { get; set; } = "";
    public string Model { get; set; } = "";
    /// <summary>The name of a match clause.</summary>
    public string Match { get; set; } = "dated";
    public DateOnly? ValidFrom { get; set; }
    public DateOnly? ValidTo { get; set; }
    /// <summary>By bucket; empty is none.</summary>
    public string?[] PerMillion { get; } = new string?[TokenCounts.BucketCount];
    public string? PerRequest { get; set; }
    public string? Tier { get; set; }
    public string? MinInputTokens { get; set; }
    public string? Tenant { get; set; }
    public string? Discount { get; set; }
    public string? Margin { get; set; }
    public string? Source { get; set; }

    public Result<PriceRow> Read()
    {
        if (!long.TryParse(Given(MinInputTokens) ?? "0", NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var minimum))
            return new InvalidPrice("The number of tokens in is not a whole number.");
        var perMillion = new JsonObject();
        foreach (var bucket in TokenCounts.Buckets)
            if (Given(PerMillion[(int)bucket]) is { } price) perMillion[bucket.Name()] = price.TrimStart('$');
        var json = new JsonObject
        {
            ["provider"] = Given(Provider),
            ["model"] = Given(Model),
            ["match"] = new JsonObject { [Match] = Given(Model) },
            ["validFrom"] = ValidFrom?.ToString("O", CultureInfo.InvariantCulture),
            ["validTo"] = ValidTo?.ToString("O", CultureInfo.InvariantCulture),
            ["minInputTokens"] = minimum,
            ["perMillion"] = perMillion,
            ["source"] = Given(Source) ?? "entered on the prices page",
        };
        foreach (var (name, value) in new[] { ("perRequest", PerRequest), ("tier", Tier), ("tenant", Tenant), ("discount", Discount), ("margin", Margin) })
            if (Given(value) is { } given) json[name] = given;
        return PriceJson.Read(JsonSerializer.SerializeToElement(json), PriceOrigin.Entered);
    }

    private static string? Given(string? text) => text?.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
