using System.Text.Json;
using AgentConsole.Pricing;

namespace AgentConsole.Usage.Pages;

/// <summary>One try against one provider.</summary>
/// <param name="Usage">Tokens by bucket, where the sender says what the try used.</param>
/// <param name="CostReported">USD, where the sender says it.</param>
public sealed record AttemptView(string? Provider, string? Model, int Level, string? Status, int? HttpStatus, string? Reason, int? LatencyMs, JsonElement? Usage = null, JsonElement? CostReported = null)
{
    /// <summary>USD; null when it is not known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The one that answered: its cost is the request's.</summary>
    public bool IsAnswer { get; init; }

    public bool Failed => Status is not null and not "success";
}

/// <summary>Reads the tries of a request.</summary>
public static class AttemptViews
{
    /// <summary>In order, ending with the one that answered; empty when the sender told of none.</summary>
    public static IReadOnlyList<AttemptView> Read(UsageEvent usage, PriceBook book)
    {
        var told = (RequestDetail.Read<AttemptView[]>(usage.Attempts) ?? []).Select(attempt => attempt with { Cost = Cost(attempt, usage, book) }).ToArray();
        if (told.Length == 0 || usage.Status != UsageStatus.Success) return told;
        if (told[^1].Status == "success") return [.. told[..^1], told[^1] with { IsAnswer = true, Cost = usage.Cost }];
        return [.. told, new(usage.Provider, usage.Model, told[^1].Level + 1, "success", usage.HttpStatus, null, usage.LatencyMs) { IsAnswer = true, Cost = usage.Cost }];
    }

    /// <summary>By the prices of that time where the tokens are told, else as the sender says.</summary>
    private static decimal? Cost(AttemptView attempt, UsageEvent usage, PriceBook book)
    {
        if (Tokens(attempt.Usage) is { } tokens && attempt is { Provider: { } provider, Model: { } model })
            return book.Price(usage.ToConsumption() with { Provider = Providers.Canonical(provider), Model = model, Tokens = tokens, ToolUses = null })?.Cost;
        return attempt.CostReported switch
        {
            { ValueKind: JsonValueKind.Number } number when number.TryGetDecimal(out var usd) => usd,
            { ValueKind: JsonValueKind.String } text when decimal.TryParse(text.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var usd) => usd,
            _ => null,
        };
    }

    private static TokenCounts? Tokens(JsonElement? usage)
    {
        if (usage is not { ValueKind: JsonValueKind.Object } told) return null;
        var tokens = default(TokenCounts);
        foreach (var bucket in TokenCounts.Buckets)
            if (told.TryGetProperty(bucket.Name(), out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count is >= 0 and < 1_000_000_000_000)
                tokens = tokens.With(bucket, count);
        return tokens;
    }
}
