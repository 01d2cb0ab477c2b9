using System.Text.Json;

namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>Counts that come as lists: by modality at Google, by lifetime at Bedrock.</summary>
internal static class Lists
{
    /// <summary>Lists read per object, entries each; more is no usage object.</summary>
    private const int MaxEntries = 64;

    public static string? GoogleModalities(JsonElement usage, ref Counts counts, ref Conflicts conflicts) =>
        Modalities(usage, "promptTokensDetails"u8, "tokenCount"u8, Side.Input, ref counts)
        ?? Modalities(usage, "toolUsePromptTokensDetails"u8, "tokenCount"u8, Side.Input, ref counts)
        ?? Modalities(usage, "cacheTokensDetails"u8, "tokenCount"u8, Side.Cache, ref counts)
        ?? Modalities(usage, "candidatesTokensDetails"u8, "tokenCount"u8, Side.Output, ref counts)
        ?? Modalities(usage, "responseTokensDetails"u8, "tokenCount"u8, Side.Output, ref counts);

    public static string? GooglePythonModalities(JsonElement usage, ref Counts counts, ref Conflicts conflicts) =>
        Modalities(usage, "prompt_tokens_details"u8, "token_count"u8, Side.Input, ref counts)
        ?? Modalities(usage, "tool_use_prompt_tokens_details"u8, "token_count"u8, Side.Input, ref counts)
        ?? Modalities(usage, "cache_tokens_details"u8, "token_count"u8, Side.Cache, ref counts)
        ?? Modalities(usage, "candidates_tokens_details"u8, "token_count"u8, Side.Output, ref counts)
        ?? Modalities(usage, "response_tokens_details"u8, "token_count"u8, Side.Output, ref counts);

    /// <summary><c>[{"inputTokens":1712,"ttl":"1h"}]</c>; a lifetime other than an hour is the short one.</summary>
    public static string? BedrockCacheWrites(JsonElement usage, ref Counts counts, ref Conflicts conflicts)
    {
        if (!usage.TryGetProperty("cacheDetails"u8, out var list) || list.ValueKind != JsonValueKind.Array)
            return null;
        if (list.GetArrayLength() > MaxEntries)
            return "cacheDetails is too long.";
        foreach (var entry in list.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("inputTokens"u8, out var value))
                continue;
            if (Number.TryRead(value, out var count) is { } error)
                return $"cacheDetails.inputTokens {error}";
            var hour = entry.TryGetProperty("ttl"u8, out var ttl) && ttl.ValueKind == JsonValueKind.String && ttl.ValueEquals("1h"u8);
            counts.Add(hour ? Count.CacheWrite1h : Count.CacheWrite5m, count ?? 0);
        }
        return null;
    }

    private enum Side { Input, Cache, Output }

    private static string? Modalities(JsonElement usage, ReadOnlySpan<byte> name, ReadOnlySpan<byte> countName, Side side, ref Counts counts)
    {
        if (!usage.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
            return null;
        if (list.GetArrayLength() > MaxEntries)
            return "A list of modalities is too long.";
        foreach (var entry in list.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || CountOf(entry, side) is not { } kind || !entry.TryGetProperty(countName, out var value))
                continue;
            if (Number.TryRead(value, out var count) is { } error)
                return $"A count by modality {error}";
            counts.Add(kind, count ?? 0);
        }
        return null;
    }

    /// <summary>Null for text. The pages of a document are read, and billed, as images.</summary>
    private static Count? CountOf(JsonElement entry, Side side)
    {
        if (!entry.TryGetProperty("modality"u8, out var modality) || modality.ValueKind != JsonValueKind.String)
            return null;
        if (modality.ValueEquals("AUDIO"u8))
            return side switch { Side.Input => Count.AudioInput, Side.Cache => Count.AudioCacheRead, _ => Count.AudioOutput };
        if (modality.ValueEquals("IMAGE"u8) || modality.ValueEquals("DOCUMENT"u8))
            return side switch { Side.Input => Count.ImageInput, Side.Cache => Count.ImageCacheRead, _ => Count.ImageOutput };
        if (modality.ValueEquals("VIDEO"u8))
            return side switch { Side.Input => Count.VideoInput, Side.Cache => Count.VideoCacheRead, _ => null };
        return null;
    }
}
