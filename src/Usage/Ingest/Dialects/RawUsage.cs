using System.Text.Json;

namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>Reads a provider's own usage object, or the response body that contains it, into disjoint buckets.</summary>
public static class RawUsage
{
    /// <param name="dialect">One of <c>openai-chat</c>, <c>openai-responses</c>, …; null to infer it from the provider and the shape.</param>
    public static RawUsageReading Read(JsonElement raw, string? dialect, string provider) => throw new NotImplementedException();
}

/// <param name="Error">Why it could not be read, for the sender; null when it could.</param>
public sealed record RawUsageReading(
    TokenCounts Tokens,
    string? Dialect,
    IReadOnlyList<string> Conflicts,
    IReadOnlyDictionary<string, long>? ToolUses,
    string? ServiceTier,
    string? Region,
    string? Error);
