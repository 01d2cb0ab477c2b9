using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AgentConsole.Pricing;

/// <summary>Where a row comes from. A seed row yields to any other row that fits.</summary>
public enum PriceOrigin { Seed, Imported, Entered }

/// <summary>A daily interval in UTC, [From, To); it runs over midnight when To is before From.</summary>
public readonly record struct DailyWindow(TimeOnly From, TimeOnly To)
{
    public bool Contains(TimeOnly time) => time.IsBetween(From, To);
}

/// <summary>
/// One dated price: what the tokens of a model cost at one provider, in one service tier, from one input size on.
/// A row that names a tenant is a contract; without prices of its own it applies its discount and margin to the list price.
/// </summary>
public sealed record PriceRow
{
    public const string StandardTier = "standard";

    /// <summary>Canonical provider id.</summary>
    public required string Provider { get; init; }
    public required string Model { get; init; }
    public required PriceMatch Match { get; init; }
    /// <summary>Null: since always.</summary>
    public DateTimeOffset? ValidFrom { get; init; }
    /// <summary>Exclusive; null: until a later row takes over.</summary>
    public DateTimeOffset? ValidTo { get; init; }
    /// <summary>standard, flex, priority, fast, batch, …</summary>
    public string Tier { get; init; } = StandardTier;
    /// <summary>Holds for the whole request once everything the model read, cached or not, is at least this many tokens. "More than N" is N + 1.</summary>
    public long MinInputTokens { get; init; }
    /// <summary>Holds only at these hours, UTC; null: at all hours.</summary>
    public DailyWindow? Window { get; init; }

    public UnitPrices PerMillion { get; init; } = UnitPrices.None;
    /// <summary>USD for each request, beside its tokens.</summary>
    public decimal? PerRequest { get; init; }
    /// <summary>USD for one use of a tool, by its name; null: as the provider's terms say.</summary>
    public IReadOnlyDictionary<string, decimal>? ToolFees { get; init; }
    /// <summary>What a batch request multiplies the token prices by; null: as the provider's terms say.</summary>
    public decimal? BatchFactor { get; init; }
    /// <summary>What a region multiplies the token prices by; null: as the provider's terms say.</summary>
    public IReadOnlyDictionary<string, decimal>? RegionFactors { get; init; }

    /// <summary>Whose contract this is; null: the list price.</summary>
    public string? Tenant { get; init; }
    /// <summary>Fraction off the cost, 0 to 1.</summary>
    public decimal Discount { get; init; }
    /// <summary>Fraction added to the cost for the customer's price; the cost stays as it is.</summary>
    public decimal Margin { get; init; }

    public PriceOrigin Origin { get; init; }
    /// <summary>Who says so: a catalogue, a page, a person.</summary>
    public required string Source { get; init; }
    /// <summary>When the source was read. It is no start of validity.</summary>
    public DateOnly? AsOf { get; init; }
    /// <summary>When it entered this book: of two rows that fit alike the later one holds.</summary>
    public DateTimeOffset? AddedAt { get; init; }
    /// <summary>Replaced by a later import: prices nothing new, but still explains what it priced.</summary>
    public bool Retired { get; init; }

    /// <summary>What the row is a price for. Two rows with one key say different things of the same thing.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture,
        $"{Publisher}:{Provider}/{Model}{KeyPart(":", Tier == StandardTier ? null : Tier)}{KeyPart(">=", MinInputTokens == 0 ? null : MinInputTokens)}{KeyPart("@", ValidFrom?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))}{KeyPart("~", Window?.From)}{KeyPart("!", Tenant)}");

    /// <summary>Stable: the key and a mark of the content, so a changed price is a new row and never a rewritten one. Computed at each call.</summary>
    public string Id => $"{Key}#{Mark()}";

    /// <summary>The first word of the source, which tells catalogues apart.</summary>
    public string Publisher => Origin switch
    {
        PriceOrigin.Seed => "seed",
        PriceOrigin.Imported => Source.Split(' ', 2)[0],
        PriceOrigin.Entered => "entered",
        _ => throw new ArgumentOutOfRangeException(nameof(Origin)),
    };

    public bool HoldsAt(DateTimeOffset at) =>
        (ValidFrom is not { } from || at >= from)
        && (ValidTo is not { } to || at < to)
        && (Window is not { } window || window.Contains(TimeOnly.FromTimeSpan(at.UtcDateTime.TimeOfDay)));

    private static string? KeyPart(string mark, object? value) =>
        value is null ? null : mark + Convert.ToString(value, CultureInfo.InvariantCulture);

    private string Mark()
    {
        var content = PriceJson.Write(this with { AddedAt = null, Retired = false, Source = "", AsOf = null }).ToJsonString();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)), 0, 4);
    }
}
