using System.Text.Json;
using AgentConsole.Pricing.Catalogues;

namespace AgentConsole.Pricing;

/// <summary>Reads price catalogues as their projects publish them.</summary>
public static class Catalogue
{
    /// <param name="validFrom">Start of the prices that name no start of their own; null: since always.</param>
    public static CatalogueReading ReadGenaiPrices(JsonDocument catalogue, DateTimeOffset? validFrom) =>
        GenaiPricesCatalogue.Read(catalogue.RootElement, validFrom);

    /// <inheritdoc cref="ReadGenaiPrices(JsonDocument, DateTimeOffset?)"/>
    /// <exception cref="JsonException">The stream holds no JSON.</exception>
    public static CatalogueReading ReadGenaiPrices(Stream catalogue, DateTimeOffset? validFrom)
    {
        using var document = JsonDocument.Parse(catalogue);
        return ReadGenaiPrices(document, validFrom);
    }

    /// <param name="validFrom">Start of all prices, as this catalogue has no dates; null: since always.</param>
    public static CatalogueReading ReadLiteLlm(JsonDocument catalogue, DateTimeOffset? validFrom) =>
        LiteLlmCatalogue.Read(catalogue.RootElement, validFrom);

    /// <inheritdoc cref="ReadLiteLlm(JsonDocument, DateTimeOffset?)"/>
    /// <exception cref="JsonException">The stream holds no JSON.</exception>
    public static CatalogueReading ReadLiteLlm(Stream catalogue, DateTimeOffset? validFrom)
    {
        using var document = JsonDocument.Parse(catalogue);
        return ReadLiteLlm(document, validFrom);
    }
}

/// <summary>Every entry of the catalogue is in one of the two lists.</summary>
public sealed record CatalogueReading(IReadOnlyList<PriceRow> Rows, IReadOnlyList<RejectedPrice> Rejected);

/// <param name="Entry">The entry as the catalogue names it: provider/model.</param>
/// <param name="Reason">A sentence for the person who imports.</param>
public sealed record RejectedPrice(string Entry, string Reason);
