using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Platform;
using AgentConsole.Usage;

namespace AgentConsole.Pricing;

public sealed record InvalidPrice(string Reason) : Error("invalid_price", Reason);

/// <summary>The one JSON form of a price row: in the seed, in the public API and in the store.</summary>
public static class PriceJson
{
    /// <summary>Reads a row; <paramref name="origin"/> is the caller's to say.</summary>
    public static Result<PriceRow> Read(JsonElement json, PriceOrigin origin)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return new InvalidPrice("A price is an object.");
        try
        {
            return Validate(Parse(json, origin));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException or OverflowException)
        {
            return new InvalidPrice(e.Message);
        }
    }

    public static JsonObject Write(PriceRow row)
    {
        var json = new JsonObject
        {
            ["provider"] = row.Provider,
            ["model"] = row.Model,
            ["match"] = row.Match.ToJson(),
            ["tier"] = row.Tier,
            ["perMillion"] = Amounts(row.PerMillion.Published.Select(static pair => KeyValuePair.Create(pair.Key.Name(), pair.Value))),
        };
        Put(json, "validFrom", row.ValidFrom?.ToString("O", CultureInfo.InvariantCulture));
        Put(json, "validTo", row.ValidTo?.ToString("O", CultureInfo.InvariantCulture));
        if (row.MinInputTokens > 0)
            json["minInputTokens"] = row.MinInputTokens;
        if (row.Window is { } window)
            json["window"] = new JsonObject { ["from"] = Time(window.From), ["to"] = Time(window.To) };
        Put(json, "perRequest", Text(row.PerRequest));
        Put(json, "batchFactor", Text(row.BatchFactor));
        Put(json, "regionFactors", row.RegionFactors is null ? null : Amounts(row.RegionFactors));
        Put(json, "toolFees", row.ToolFees is null ? null : Amounts(row.ToolFees));
        Put(json, "tenant", row.Tenant);
        Put(json, "discount", row.Discount == 0 ? null : Text(row.Discount));
        Put(json, "margin", row.Margin == 0 ? null : Text(row.Margin));
        Put(json, "source", row.Source);
        Put(json, "asOf", row.AsOf?.ToString("O", CultureInfo.InvariantCulture));
        return json;
    }

    /// <summary>A clause such as <c>{"starts_with":"gpt-5-"}</c>; a plain string is the name itself, with or without a date behind it.</summary>
    public static PriceMatch ReadMatch(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
            return new PriceMatch.Dated(NotEmpty(json.GetString()));
        var clause = json.EnumerateObject().Single();
        return clause.Name switch
        {
            "equals" => new PriceMatch.Exact(NotEmpty(clause.Value.GetString())),
            "dated" => new PriceMatch.Dated(NotEmpty(clause.Value.GetString())),
            "bedrock" => new PriceMatch.Bedrock(NotEmpty(clause.Value.GetString())),
            "starts_with" => new PriceMatch.Prefix(NotEmpty(clause.Value.GetString())),
            "ends_with" => new PriceMatch.Suffix(NotEmpty(clause.Value.GetString())),
            "contains" => new PriceMatch.Contains(NotEmpty(clause.Value.GetString())),
            "regex" => new PriceMatch.Pattern(NotEmpty(clause.Value.GetString())),
            "or" => new PriceMatch.AnyOf(Clauses(clause.Value)),
            "and" => new PriceMatch.AllOf(Clauses(clause.Value)),
            var name => throw new FormatException($"Unknown match clause '{name}'."),
        };
    }

    internal static IReadOnlyDictionary<string, decimal> ReadAmounts(JsonElement json) =>
        json.EnumerateObject().ToDictionary(static property => property.Name, static property => Amount(property.Value), StringComparer.Ordinal);

    /// <summary>A number or a string that holds one, exactly as written.</summary>
    internal static decimal Amount(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String when decimal.TryParse(json.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) => amount,
        JsonValueKind.Number when json.TryGetDecimal(out var amount) => amount,
        _ => throw new FormatException($"'{json.GetRawText()}' is not an amount."),
    };

    private static PriceRow Parse(JsonElement json, PriceOrigin origin)
    {
        var model = Required(json, "model");
        return new PriceRow
        {
            Provider = Providers.Canonical(Required(json, "provider")),
            Model = model,
            Match = Find(json, "match") is { } match ? ReadMatch(match) : new PriceMatch.Dated(model),
            ValidFrom = Time(json, "validFrom"),
            ValidTo = Time(json, "validTo"),
            Tier = Find(json, "tier")?.GetString()?.ToLowerInvariant() ?? PriceRow.StandardTier,
            MinInputTokens = Find(json, "minInputTokens")?.GetInt64() ?? 0,
            Window = Find(json, "window") is { } window ? ReadWindow(window) : null,
            PerMillion = Find(json, "perMillion") is { } prices ? ReadUnits(prices) : UnitPrices.None,
            PerRequest = Find(json, "perRequest") is { } fee ? Amount(fee) : null,
            ToolFees = Find(json, "toolFees") is { } fees ? ReadAmounts(fees) : null,
            BatchFactor = Find(json, "batchFactor") is { } batch ? Amount(batch) : null,
            RegionFactors = Find(json, "regionFactors") is { } regions ? ReadAmounts(regions) : null,
            Tenant = Find(json, "tenant")?.GetString(),
            Discount = Find(json, "discount") is { } discount ? Amount(discount) : 0,
            Margin = Find(json, "margin") is { } margin ? Amount(margin) : 0,
            Origin = origin,
            Source = Find(json, "source")?.GetString() ?? "",
            AsOf = Find(json, "asOf")?.GetString() is { } asOf ? DateOnly.Parse(asOf, CultureInfo.InvariantCulture) : null,
        };
    }

    /// <summary>What a row may not be, whoever made it.</summary>
    public static Result<PriceRow> Validate(PriceRow row)
    {
        if (row.PerMillion.Published.Any(static pair => pair.Value is < 0 or > UnitPrices.MaxPerMillion))
            return new InvalidPrice($"A price per million tokens lies between 0 and {UnitPrices.MaxPerMillion:0}.");
        if (row.PerMillion.IsEmpty && row.PerRequest is null && row.Tenant is null)
            return new InvalidPrice("A list price needs perMillion or perRequest.");
        if (row.ValidFrom >= row.ValidTo)
            return new InvalidPrice("validTo must be after validFrom.");
        if (row.MinInputTokens < 0)
            return new InvalidPrice("minInputTokens must not be negative.");
        if (row.Discount is < 0 or > 1 || row.Margin is < -1 or > 100)
            return new InvalidPrice("discount lies between 0 and 1, margin between -1 and 100.");
        return Amounts(row).Any(static amount => amount is < 0 or > 10_000m)
            ? new InvalidPrice("A fee or factor lies between 0 and 10000.")
            : row;
    }

    private static IEnumerable<decimal> Amounts(PriceRow row) =>
        [row.PerRequest ?? 0, row.BatchFactor ?? 1, .. row.ToolFees?.Values ?? [], .. row.RegionFactors?.Values ?? []];

    private static UnitPrices ReadUnits(JsonElement json) => new(json.EnumerateObject().Select(static property =>
        KeyValuePair.Create(
            TokenBuckets.Parse(property.Name) ?? throw new FormatException($"Unknown bucket '{property.Name}'."),
            Amount(property.Value))));

    private static DailyWindow ReadWindow(JsonElement json) =>
        new(ReadTime(json.GetProperty("from")), ReadTime(json.GetProperty("to")));

    private static TimeOnly ReadTime(JsonElement json) => TimeOnly.Parse(json.GetString()!.TrimEnd('Z'), CultureInfo.InvariantCulture);

    private static PriceMatch[] Clauses(JsonElement json) => json.GetArrayLength() is > 0 and <= 200
        ? [.. json.EnumerateArray().Select(ReadMatch)]
        : throw new FormatException("A clause list has 1 to 200 clauses.");

    private static string NotEmpty(string? text) => text switch
    {
        null or "" => throw new FormatException("A name is empty."),
        { Length: > PriceMatch.MaxPatternLength } => throw new FormatException($"A name is longer than {PriceMatch.MaxPatternLength}."),
        _ => text,
    };

    private static string Required(JsonElement json, string name) =>
        Find(json, name) is { } value ? NotEmpty(value.GetString()) : throw new FormatException($"{name} is required.");

    private static DateTimeOffset? Time(JsonElement json, string name)
    {
        if (Find(json, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String && IsoTime.TryParse(value.GetString()!, out var at) ? at : throw new FormatException($"{name} is not an ISO 8601 time.");
    }

    private static JsonElement? Find(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonObject Amounts(IEnumerable<KeyValuePair<string, decimal>> amounts) =>
        new(amounts.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)Text(pair.Value))));

    private static string? Text(decimal? amount) => amount?.ToString("0.############################", CultureInfo.InvariantCulture);

    private static string Time(TimeOnly time) => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static void Put(JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
            json[name] = value;
    }
}
