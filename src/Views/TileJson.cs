using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentConsole.Views;

/// <summary>Tiles as they are stored.</summary>
internal static class TileJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static string Write(IReadOnlyList<PinnedTile> tiles) => JsonSerializer.Serialize(tiles, Options);

    public static IReadOnlyList<PinnedTile> Read(string json) => JsonSerializer.Deserialize<PinnedTile[]>(json, Options) ?? [];
}
