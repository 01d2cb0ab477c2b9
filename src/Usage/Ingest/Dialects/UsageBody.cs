using System.Text.Json;

namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>Finds the usage object in what was sent: itself, a response body, or the event of a stream that carries it.</summary>
internal static class UsageBody
{
    private static readonly byte[][] Names = ["usage"u8.ToArray(), "usageMetadata"u8.ToArray(), "usage_metadata"u8.ToArray()];
    private static readonly byte[][] Wrappers = ["response"u8.ToArray(), "message"u8.ToArray(), "data"u8.ToArray()];

    public static JsonElement Find(JsonElement raw)
    {
        if (TryFind(raw, out var usage))
            return usage;
        foreach (var wrapper in Wrappers)
            if (IsObject(raw, wrapper, out var inner))
                return TryFind(inner, out usage) ? usage : inner;
        return IsObject(raw, "meta"u8, out var meta) ? meta : raw;
    }

    /// <summary>The response body around the usage object; the object itself when it came alone.</summary>
    public static JsonElement Unwrap(JsonElement raw)
    {
        foreach (var wrapper in Wrappers)
            if (IsObject(raw, wrapper, out var inner) && TryFind(inner, out _))
                return inner;
        return raw;
    }

    private static bool TryFind(JsonElement body, out JsonElement usage)
    {
        foreach (var name in Names)
            if (IsObject(body, name, out usage))
                return true;
        usage = default;
        return false;
    }

    private static bool IsObject(JsonElement body, ReadOnlySpan<byte> name, out JsonElement value) =>
        body.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Object;
}
