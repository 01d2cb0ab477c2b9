using System.Text.Json;
using AgentConsole.Pricing;
using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>One request and how its cost came about.</summary>
/// <param name="Event">Null when there is no such request.</param>
public sealed record RequestDetail(UsageEvent? Event, Receipt Receipt)
{
    /// <summary>The tries in order, ending with the one that answered; empty when the sender told of none.</summary>
    public IReadOnlyList<AttemptView> Attempts { get; init; } = [];

    /// <summary>Where it stands in its session; null when it has none, or where that is not shown.</summary>
    public SessionPlace? Place { get; init; }

    public static RequestDetail Of(UsageEvent? usage, PriceBook book) =>
        usage is null ? new(null, new Receipt()) : new(usage, book.Explain(usage.ToConsumption(), usage.PriceId)) { Attempts = AttemptViews.Read(usage, book) };

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Stages of the agent's pipeline, by start.</summary>
    public static IReadOnlyList<HopView> Hops(UsageEvent usage) =>
        [.. (Read<HopView[]>(usage.Hops) ?? []).OrderBy(static hop => hop.StartMs)];

    public static IReadOnlyList<KeyValuePair<string, string>> Tags(UsageEvent usage) =>
        [.. (Read<Dictionary<string, JsonElement>>(usage.Tags) ?? []).Select(static tag => KeyValuePair.Create(tag.Key, tag.Value.ToString()))];

    public static string Pretty(string json)
    {
        try
        {
            return JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(json), Indented);
        }
        catch (JsonException)
        {
            return json;
        }
    }

    /// <summary>The answer in one sentence: what it cost and what for, dearest first.</summary>
    public string Sentence
    {
        get
        {
            if (Event?.Cost is not { } cost)
                return "The cost is unknown: " + (Receipt.Notes.Count == 0 ? ReceiptWords.Note(ReceiptNotes.NoPrice) : string.Join("; ", Receipt.Notes.Select(ReceiptWords.Note))) + ".";
            var parts = Receipt.Lines.Where(static line => line.Quantity > 0).OrderByDescending(static line => line.Amount)
                .Select(static line => $"{Format.Count(line.Quantity)} {line.Bucket.Label().ToLowerInvariant()} tokens at {ReceiptWords.PerMillion(line.PerMillion)}")
                .Concat(Receipt.Fees.Select(static fee => $"{Format.Count(fee.Quantity)} × {fee.Name} at {Format.MoneyExact(fee.Each)}"))
                .Concat(Receipt.Multipliers.Select(static factor => $"{factor.Name} ×{ReceiptWords.Factor(factor.Factor)}"))
                .ToList();
            return parts.Count == 0 ? $"{Format.Money(cost)}: no tokens were used." : $"{Format.Money(cost)}: {string.Join(", ", parts)}.";
        }
    }

    internal static T? Read<T>(string? json) where T : class
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<T>(json, Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One stage, in milliseconds from the start of the request.</summary>
public sealed record HopView(string Name, double StartMs, double DurationMs, string? Kind = null, string? Status = null)
{
    public double EndMs => StartMs + DurationMs;
}
