using System.Globalization;
using System.Text.Json.Nodes;
using AgentConsole.Platform.Http;
using AgentConsole.Usage;

namespace AgentConsole.Pricing.Api;

/// <summary>Prices in the shape of the public contract: <see cref="PriceJson"/> and where each comes from.</summary>
internal sealed record PriceListJson(IReadOnlyList<JsonObject> Items, string? NextCursor, int Total)
{
    public static PriceListJson Of(PricePage page) => new([.. page.Items.Select(Listed)], page.NextCursor, page.Total);

    /// <summary>With what it is good for now: <c>standing</c>, and in <c>pricedBy</c> the row that prices its model in its place.</summary>
    private static JsonObject Listed(ListedPrice price)
    {
        var json = Item(price.Row);
        json["standing"] = price.Standing.Kind.Name();
        json["pricedBy"] = price.Standing.By?.Id;
        return json;
    }

    public static JsonObject Item(PriceRow row)
    {
        var json = new JsonObject { ["id"] = row.Id };
        foreach (var (name, value) in PriceJson.Write(row)) json[name] = value?.DeepClone();
        json["origin"] = row.Origin.Name();
        json["addedAt"] = row.AddedAt?.ToString("O", CultureInfo.InvariantCulture);
        json["retired"] = row.Retired;
        return json;
    }
}

/// <param name="Changes">Of a preview only: at most 1000, changes before additions.</param>
internal sealed record PriceImportJson(int Added, int Changed, int Unchanged, IReadOnlyList<RejectedPriceJson> Rejected, IReadOnlyList<PriceChangeJson>? Changes)
{
    private const int MaxChanges = 1000;

    public static PriceImportJson Of(PriceImport import, bool preview) => new(
        import.Added, import.Changed, import.Unchanged,
        [.. import.Rejected.Select(static rejected => new RejectedPriceJson(rejected.Entry, rejected.Reason))],
        preview ? [.. import.Changes.OrderByDescending(static change => change.Kind).Take(MaxChanges).Select(PriceChangeJson.Of)] : null);
}

internal sealed record RejectedPriceJson(string Entry, string Error);

internal sealed record PriceChangeJson(string Kind, JsonObject? Before, JsonObject? After)
{
    public static PriceChangeJson Of(PriceChange change) => new(
        change.Kind == PriceChangeKind.Added ? "added" : "changed",
        change.Before is { } before ? PriceListJson.Item(before) : null,
        change.After is { } after ? PriceListJson.Item(after) : null);
}

/// <param name="ThousandEach">USD of a request of 1,000 input and 1,000 output tokens by the new price; beside it, by the book's.</param>
internal sealed record WarningJson(IReadOnlyList<string> Buckets, string? ThousandEach, string? ThousandEachNow, string Message)
{
    public static WarningJson Of(PriceWarning warning) => new(
        [.. warning.Buckets.Select(static bucket => bucket.Name())], Money.Text(warning.ThousandEach), Money.Text(warning.ThousandEachNow), warning.Message);
}

internal sealed record UnpricedListJson(IReadOnlyList<UnpricedModelJson> Items)
{
    public static UnpricedListJson Of(IReadOnlyList<UnpricedModel> models) => new([.. models.Select(static model => new UnpricedModelJson(
        model.Provider, model.Model, model.Requests, model.Tokens, model.FirstSeen, model.LastSeen, model.Tenants))]);
}

internal sealed record UnpricedModelJson(
    string Provider, string Model, long Requests, long Tokens, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, IReadOnlyList<string> Tenants);

/// <param name="Run">Only of an applied re-pricing.</param>
internal sealed record RepriceJson(IReadOnlyList<RepriceRowJson> Rows, RepriceRowJson Total, RepriceRunJson? Run)
{
    public static RepriceJson Of(RepricePreview preview, RepriceProgress? run) => new(
        [.. preview.Rows.Select(static row => new RepriceRowJson(row.Tenant, row.Provider, row.Model, row.Requests, row.Changed, Money.Text(row.OldCost), Money.Text(row.NewCost),
            Money.Text(row.Difference), row.UnpricedBefore, row.UnpricedAfter))],
        new(null, null, null, preview.Requests, preview.Changed, Money.Text(preview.OldCost), Money.Text(preview.NewCost), Money.Text(preview.NewCost - preview.OldCost),
            preview.UnpricedBefore, preview.UnpricedAfter),
        run is null ? null : RepriceRunJson.Of(run));
}

internal sealed record RepriceRowJson(
    string? Tenant, string? Provider, string? Model, long Requests, long Changed, string OldCost, string NewCost, string Difference, long UnpricedBefore, long UnpricedAfter);

internal sealed record RepriceListJson(IReadOnlyList<RepriceRunJson> Items);

internal sealed record RepriceRunJson(
    Guid Id, string State, DateTimeOffset From, DateTimeOffset To, string? Tenant, string? Provider, string? Model, long Expected, long Scanned, long Changed,
    string OldCost, string NewCost, string StartedBy, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt)
{
    public static RepriceRunJson Of(RepriceProgress run) => new(
        run.Id, run.State.ToString().ToLowerInvariant(), run.Scope.From, run.Scope.To, run.Scope.Tenant, run.Scope.Provider, run.Scope.Model, run.Expected, run.Scanned, run.Changed,
        Money.Text(run.OldCost), Money.Text(run.NewCost), run.StartedBy, run.StartedAt, run.FinishedAt);
}

internal static class Money
{
    /// <summary>A decimal string in USD without trailing zeros.</summary>
    public static string Text(decimal amount) => amount.ToString("0.############", CultureInfo.InvariantCulture);

    public static string? Text(decimal? amount) => amount is { } known ? Text(known) : null;
}

/// <summary>The query parameters, as the OpenAPI document lists them.</summary>
internal static class PriceParameters
{
    public static readonly QueryParameter[] List =
    [
        new("provider", "Only this provider; aliases are understood."),
        new("model", "Only rows that would price this model."),
        new("tenant", "The list and this tenant's contract rows. Default: everyone's."),
        new("search", "A part of the provider's or model's name."),
        new("retired", "true: also rows that price no more.", Values: ["true", "false"]),
        new("cursor", "nextCursor of the page before."),
        new("limit", "1 to 1000, default 100.", Format: "int32"),
    ];

    public static readonly QueryParameter[] Unpriced =
    [
        new("from", "Start of the range, included: ISO 8601. Default: the first event."),
        new("to", "End of the range, not included. Default: now."),
        new("tenant", "Only this tenant."),
    ];

    public static readonly QueryParameter[] Add = [new("confirm", "true: enter it although it is a hundred times off the book's.", Values: ["true", "false"])];

    public static readonly QueryParameter[] Import =
    [
        new("format", "Whose catalogue it is.", Values: ["genai-prices", "litellm"]),
        new("validFrom", "Start of the prices that name none: ISO 8601. Default: since always."),
        new("preview", "true: says what would change and writes nothing.", Values: ["true", "false"]),
    ];
}
