using System.Globalization;
using AgentConsole.Usage;

namespace AgentConsole.Pricing;

/// <summary>Looks at a price before it enters the book: a slipped decimal point or a price per token where one per million was meant.</summary>
public static class PriceGuard
{
    /// <summary>How many times dearer or cheaper than the book a price must be to need a second look.</summary>
    public const decimal SuspiciousRatio = 100m;

    private static readonly TokenCounts ThousandEach = new() { Input = 1000, Output = 1000 };

    /// <summary>Null when nothing is odd, or when the book has no price to compare with.</summary>
    public static PriceWarning? Check(PriceRow row, PriceBook book)
    {
        var usual = book.Explain(Sample(row)) is { Price: { } price } && book.Find(price.Id) is { } found ? found : null;
        if (usual is null)
            return null;
        var odd = row.PerMillion.Published
            .Where(pair => usual.PerMillion.TryCharge(pair.Key, out var was, out _) && IsFarOff(pair.Value, was))
            .Select(static pair => pair.Key).ToList();
        return odd.Count == 0 ? null : Warning(row, usual, odd);
    }

    /// <summary>USD that a request of 1,000 input and 1,000 output tokens would cost by this row alone.</summary>
    public static decimal? CostOfThousandEach(PriceRow row) =>
        new PriceBook([row with { Tenant = null, ValidFrom = null, ValidTo = null, Window = null, MinInputTokens = 0, Match = new PriceMatch.Exact(row.Model), Retired = false }], [])
            .Price(Sample(row))?.Cost;

    private static PriceWarning Warning(PriceRow row, PriceRow usual, List<TokenBucket> odd)
    {
        var (now, was) = (CostOfThousandEach(row), CostOfThousandEach(usual));
        var names = string.Join(", ", odd.Select(static bucket => bucket.Name()));
        return new PriceWarning(odd, now, was, string.Create(CultureInfo.InvariantCulture,
            $"The price for {names} is at least {SuspiciousRatio:0} times off the book's. A request of 1,000 input and 1,000 output tokens would cost ${now:0.############} instead of ${was:0.############}."));
    }

    private static bool IsFarOff(decimal now, decimal was) =>
        now != was && (was == 0 || now >= was * SuspiciousRatio || now * SuspiciousRatio <= was);

    private static Consumption Sample(PriceRow row) => new(
        row.Tenant ?? "", row.Provider, row.Model, row.ValidFrom ?? DateTimeOffset.UnixEpoch, ThousandEach, row.Tier);
}

/// <param name="Buckets">The prices that are far off.</param>
/// <param name="ThousandEach">USD for 1,000 input and 1,000 output tokens by the new price; null when it does not price both.</param>
/// <param name="ThousandEachNow">The same by the price in the book.</param>
/// <param name="Message">A sentence for the person who enters the price.</param>
public sealed record PriceWarning(IReadOnlyList<TokenBucket> Buckets, decimal? ThousandEach, decimal? ThousandEachNow, string Message);
