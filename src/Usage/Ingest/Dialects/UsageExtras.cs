using System.Text.Json;

namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>What a usage object says beside token counts: tools used, service tier, region, and signs that it was read with the wrong key.</summary>
internal static class UsageExtras
{
    public const string WebSearch = "webSearch";

    /// <summary>Entries of a body's lists looked at; a longer list is cut off here.</summary>
    private const int MaxItems = 1_000;

    private static readonly (byte[] Field, string Tool)[] ServerTools =
    [
        ("web_search_requests"u8.ToArray(), WebSearch),
        ("web_fetch_requests"u8.ToArray(), "webFetch"),
        ("code_execution_requests"u8.ToArray(), "codeExecution"),
        ("tool_search_requests"u8.ToArray(), "toolSearch"),
    ];

    /// <summary>Answers why a use count cannot be read; null when it can.</summary>
    public static string? TryReadToolUses(JsonElement raw, JsonElement usage, out IReadOnlyDictionary<string, long>? uses)
    {
        Dictionary<string, long>? found = null;
        uses = null;
        if (usage.TryGetProperty("server_tool_use"u8, out var tools) && tools.ValueKind == JsonValueKind.Object)
            foreach (var (field, tool) in ServerTools)
                if (Add(tools, field, tool, ref found) is { } error)
                    return error;
        if (Add(usage, "num_sources_used"u8, "searchSource", ref found) is { } badSources)
            return badSources;
        if (Add(usage, "num_search_queries"u8, WebSearch, ref found) is { } badQueries)
            return badQueries;
        if (found is null && usage.TryGetProperty("prompt_tokens_details"u8, out var details) && details.ValueKind == JsonValueKind.Object
            && Add(details, "web_search_requests"u8, WebSearch, ref found) is { } badRequests)
            return badRequests;
        if (Add(usage, "gen_ai.usage.details.web_search_requests"u8, WebSearch, ref found) is { } badDetails)
            return badDetails;
        if (SearchesIn(raw) is > 0 and var searches)
            (found ??= [])[WebSearch] = searches;
        uses = found;
        return null;
    }

    /// <summary>Null when it says nothing; the provider's words for its normal tier are <c>standard</c>.</summary>
    public static string? ServiceTier(JsonElement raw, JsonElement usage)
    {
        if (usage.TryGetProperty("speed"u8, out var speed) && speed.ValueKind == JsonValueKind.String && speed.ValueEquals("fast"u8))
            return "fast";
        if (TierIn(usage, "service_tier"u8) is { } inUsage)
            return inUsage;
        if (TierIn(usage, "serviceTier"u8) is { } inGoogle)
            return inGoogle;
        if (usage.TryGetProperty("trafficType"u8, out var traffic) && traffic.ValueKind == JsonValueKind.String)
            return TierOfTraffic(traffic);
        return TierIn(UsageBody.Unwrap(raw), "service_tier"u8);
    }

    /// <summary>Where Anthropic ran the inference; null when it does not say.</summary>
    public static string? Region(JsonElement usage)
    {
        if (!usage.TryGetProperty("inference_geo"u8, out var geo) || geo.ValueKind != JsonValueKind.String
            || geo.ValueEquals("not_available"u8))
            return null;
        return geo.ValueEquals("us"u8) ? "us" : geo.ValueEquals("global"u8) ? "global" : geo.GetString();
    }

    /// <summary>Raises what the chosen reading leaves out.</summary>
    public static void Compare(JsonElement usage, Dialect dialect, bool declared, ref Conflicts conflicts)
    {
        if (declared && LeavesCacheOut(usage, dialect))
            conflicts.Add(ConflictCodes.CacheUnread);
        if (declared && dialect == DialectTable.Embeddings && (Positive(usage, "completion_tokens"u8) || Positive(usage, "output_tokens"u8)))
            conflicts.Add(ConflictCodes.OutputUnread);
        if (dialect == DialectTable.Anthropic && UsesOtherModel(usage))
            conflicts.Add(ConflictCodes.OtherModelUsed);
    }

    private static bool LeavesCacheOut(JsonElement usage, Dialect dialect)
    {
        if (dialect == DialectTable.Responses)
            return Positive(usage, "cache_read_input_tokens"u8) || Positive(usage, "cache_creation_input_tokens"u8);
        if (dialect == DialectTable.Anthropic)
            return usage.TryGetProperty("input_tokens_details"u8, out var details) && details.ValueKind == JsonValueKind.Object
                && (Positive(details, "cached_tokens"u8) || Positive(details, "cache_write_tokens"u8));
        return false;
    }

    private static bool UsesOtherModel(JsonElement usage)
    {
        if (!usage.TryGetProperty("iterations"u8, out var list) || list.ValueKind != JsonValueKind.Array)
            return false;
        foreach (var entry in list.EnumerateArray().Take(MaxItems))
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("type"u8, out var type)
                && type.ValueKind == JsonValueKind.String && type.ValueEquals("advisor_message"u8))
                return true;
        return false;
    }

    /// <summary>Searches that a whole response body tells: items of OpenAI's output, queries of Google's grounding.</summary>
    private static long SearchesIn(JsonElement raw)
    {
        var body = UsageBody.Unwrap(raw);
        if (body.TryGetProperty("output"u8, out var output) && output.ValueKind == JsonValueKind.Array)
            return output.EnumerateArray().Take(MaxItems).Count(static item => item.ValueKind == JsonValueKind.Object
                && item.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("web_search_call"u8));
        if (!body.TryGetProperty("candidates"u8, out var candidates) || candidates.ValueKind != JsonValueKind.Array)
            return 0;
        return candidates.EnumerateArray().Take(MaxItems).Sum(static candidate => candidate.ValueKind == JsonValueKind.Object
            && candidate.TryGetProperty("groundingMetadata"u8, out var grounding) && grounding.ValueKind == JsonValueKind.Object
            && grounding.TryGetProperty("webSearchQueries"u8, out var queries) && queries.ValueKind == JsonValueKind.Array
                ? queries.GetArrayLength() : 0);
    }

    private static string? TierIn(JsonElement element, ReadOnlySpan<byte> name)
    {
        if (!element.TryGetProperty(name, out var tier) || tier.ValueKind != JsonValueKind.String)
            return null;
        if (tier.ValueEquals("standard"u8) || tier.ValueEquals("default"u8) || tier.ValueEquals("auto"u8) || tier.ValueEquals("on_demand"u8))
            return "standard";
        return tier.ValueEquals("priority"u8) ? "priority" : tier.ValueEquals("flex"u8) ? "flex" : tier.GetString()!.ToLowerInvariant();
    }

    private static string TierOfTraffic(JsonElement traffic) =>
        traffic.ValueEquals("ON_DEMAND"u8) ? "standard"
        : traffic.ValueEquals("ON_DEMAND_PRIORITY"u8) ? "priority"
        : traffic.ValueEquals("ON_DEMAND_FLEX"u8) ? "flex"
        : traffic.GetString()!.ToLowerInvariant();

    private static string? Add(JsonElement element, ReadOnlySpan<byte> field, string tool, ref Dictionary<string, long>? uses)
    {
        if (!element.TryGetProperty(field, out var value))
            return null;
        if (Number.TryRead(value, out var count) is { } error)
            return $"{tool} {error}";
        if (count is > 0)
            (uses ??= [])[tool] = count.Value;
        return null;
    }

    private static bool Positive(JsonElement element, ReadOnlySpan<byte> field) =>
        element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count > 0;
}
