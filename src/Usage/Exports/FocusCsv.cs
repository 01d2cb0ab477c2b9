using System.Globalization;
using AgentConsole.Platform.Http;
using AgentConsole.Pricing;

namespace AgentConsole.Usage.Exports;

/// <summary>
/// FOCUS 1.2: one row per hour, model, price and token bucket. Costs of a group's rows sum exactly to what the ledger has for it: what is not a bucket's (tool and request
/// fees, the rounding of single requests) is a row of its own. What has no price has no cost: the cost columns are empty and <c>x_UnpricedRequests</c> counts.
/// What was re-priced is a pair of rows that cancel out: the change taken back, and the change as a Correction. So the rows sum to the ledger's cost of now,
/// those without corrections to the cost of then.
/// </summary>
internal static class FocusCsv
{
    private const string Correction = "Correction";

    private static readonly string[] Columns =
    [
        "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ListUnitPrice", "ContractedUnitPrice", "BillingCurrency", "BillingAccountId", "BillingAccountName",
        "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
        "ConsumedQuantity", "ConsumedUnit", "PricingQuantity", "PricingUnit", "PricingCategory", "ProviderName", "PublisherName", "InvoiceIssuerName",
        "ServiceCategory", "ServiceSubcategory", "ServiceName", "SkuId", "SkuMeter", "SkuPriceId", "SubAccountId", "SubAccountName", "RegionId", "ResourceId", "Tags",
        "x_TokenBucket", "x_ServiceTier", "x_Batch", "x_Requests", "x_UnpricedRequests",
    ];

    public static async Task WriteAsync(Stream stream, IEnumerable<string> header, IAsyncEnumerable<FocusGroup> groups, IReadOnlyList<CorrectedDay> corrected, PriceBook book, CancellationToken cancellationToken)
    {
        await using var csv = new CsvStream(stream);
        foreach (var line in header) csv.Comment(line);
        foreach (var column in Columns) csv.Figure(column);
        await csv.EndRowAsync(cancellationToken);
        await foreach (var group in groups.WithCancellation(cancellationToken))
            foreach (var charge in Charges(group, book))
                await WriteAsync(csv, group, charge, cancellationToken);
        foreach (var day in corrected.Where(static day => day.Difference != 0))
        {
            await WriteAsync(csv, Group(day), new("before correction", "requests", 0, null, -day.Difference, null), cancellationToken);
            await WriteAsync(csv, Group(day), new(Correction, "requests", 0, null, day.Difference, null), cancellationToken);
        }
    }

    private static FocusGroup Group(CorrectedDay day) => new(
        day.Tenant, new DateTimeOffset(day.Day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), day.Provider, day.Model, null, "standard", false, null, day.Requests, 0, 0, default);

    /// <param name="Quantity">Tokens; uses for fees.</param>
    /// <param name="UnitPrice">USD per token, before discounts and other factors.</param>
    internal sealed record FocusCharge(string Meter, string Unit, long Quantity, decimal? UnitPrice, decimal? Cost, decimal? ListCost);

    internal static IEnumerable<FocusCharge> Charges(FocusGroup group, PriceBook book)
    {
        var receipt = group.PriceId is null ? null : book.Explain(group.ToConsumption(), group.PriceId);
        if (receipt is not { Total: not null })
        {
            yield return new("unpriced", "tokens", group.Tokens.Total, null, group.Unpriced == group.Requests ? null : group.Cost, null);
            yield break;
        }
        var factor = receipt.Multipliers.Aggregate(1m, static (product, multiplier) => product * multiplier.Factor);
        var left = group.Cost;
        foreach (var line in receipt.Lines)
        {
            var cost = Math.Round(line.Amount * factor, 12, MidpointRounding.ToEven);
            left -= cost;
            yield return new(line.Bucket.Name(), "tokens", line.Quantity, line.PerMillion / 1_000_000m, cost, line.Amount);
        }
        if (left != 0) yield return new(Math.Abs(left) < 0.000001m ? "rounding" : "fees", "requests", group.Requests, null, left, left);
    }

    private static Task WriteAsync(CsvStream csv, FocusGroup group, FocusCharge charge, CancellationToken cancellationToken)
    {
        var month = new DateTimeOffset(group.Hour.Year, group.Hour.Month, 1, 0, 0, 0, TimeSpan.Zero);
        csv.Figure(charge.Cost);
        csv.Figure(charge.Cost);
        csv.Figure(charge.ListCost);
        csv.Figure(charge.Cost);
        Figure(csv, charge.UnitPrice);
        Figure(csv, charge.UnitPrice);
        csv.Figure("USD");
        csv.Text(group.Tenant);
        csv.Text(group.Tenant);
        foreach (var time in new[] { month, month.AddMonths(1), group.Hour, charge.Meter is Correction or "before correction" ? group.Hour.AddDays(1) : group.Hour.AddHours(1) }) csv.Figure(time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        csv.Figure("Usage");
        csv.Figure(charge.Meter == Correction ? Correction : "");
        csv.Text($"{group.Model} {charge.Meter}");
        csv.Figure("Usage-Based");
        csv.Figure(charge.Quantity);
        csv.Figure(charge.Unit);
        csv.Figure(charge.Quantity);
        csv.Figure(charge.Unit);
        csv.Figure("Standard");
        foreach (var text in new[] { group.Provider, group.Provider, group.Provider, "AI and Machine Learning", "Generative AI", group.Provider }) csv.Text(text);
        csv.Text($"{group.Provider}/{group.Model}/{charge.Meter}");
        csv.Text(charge.Meter);
        csv.Text(group.PriceId);
        csv.Text(group.Tenant);
        csv.Text(group.Tenant);
        csv.Text(group.Region);
        csv.Text(group.Model);
        csv.Figure("{}");
        csv.Text(charge.Meter);
        csv.Text(group.ServiceTier);
        csv.Figure(group.Batch ? "true" : "false");
        csv.Figure(group.Requests);
        csv.Figure(group.Unpriced);
        return csv.EndRowAsync(cancellationToken);
    }

    private static void Figure(CsvStream csv, decimal? value) => csv.Figure(value?.ToString("0.####################", CultureInfo.InvariantCulture) ?? "");
}
