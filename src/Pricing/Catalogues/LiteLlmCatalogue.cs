using System.Text.Json;

namespace AgentConsole.Pricing.Catalogues;

internal static class LiteLlmCatalogue
{
    public static CatalogueReading Read(JsonElement catalogue, DateTimeOffset? validFrom) => throw new NotImplementedException();
}
