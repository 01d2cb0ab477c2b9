using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentConsole.Usage.Ingest;

/// <summary>
/// An item as it came, without what people and models wrote: its shape and numbers, the texts of the fields that we read and know to be names, and for every other text how long it was.
/// Whoever reads usage sees refused items, so this holds for every tenant, whatever it has stored elsewhere.
/// </summary>
internal static class WithoutTexts
{
    /// <summary>A name that is longer is cut.</summary>
    private const int MaxTextLength = 200;
    private const int MaxDepth = 32;

    /// <summary>Fields of which nothing is kept, numbers neither: lists of tokens, bytes and vectors are text in another form.</summary>
    private static readonly FrozenSet<string> Texts = FrozenSet.Create(
        "messages", "message", "contents", "content", "response", "responses", "completion", "completions", "choices", "candidates", "parts", "text", "texts", "system", "instructions", "systemInstruction",
        "system_instruction", "system_instructions", "tool_calls", "function_call", "tools", "functions", "arguments", "documents", "embedding", "embeddings", "logprobs", "reasoning_content", "thinking",
        "request_body", "response_body", "body", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.prompt", "gen_ai.completion");

    /// <summary>Fields whose text is an id, a name, a code or a time.</summary>
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        // native
        "id", "tenant", "occurredAt", "provider", "model", "requestedModel", "operation", "status", "error", "user", "key", "team", "session", "thread", "agent", "tool", "name", "version", "sandbox",
        "usageDialect", "serviceTier", "region", "costReported", "reason", "httpStatus", "level", "latencyMs", "ttftMs", "startMs", "durationMs",
        // LiteLLM
        "trace_id", "call_id", "call_type", "session_id", "custom_llm_provider", "startTime", "endTime", "completionStartTime", "model_id", "model_group", "end_user", "response_cost", "error_code", "error_class",
        "llm_provider", "error_str", "error_message", "llm_api_status", "user_api_key_hash", "user_api_key_alias", "user_api_key_org_id", "user_api_key_team_id", "user_api_key_team_alias", "user_api_key_user_id",
        "user_api_key_end_user_id", "prompt_id", "service_tier",
        // raw usage, and an event that the store itself refused
        "type", "object", "modality", "traffic_type", "trafficType", "inference_geo", "speed", "TenantId", "Source", "Id", "OccurredAt", "ReceivedAt", "Provider", "Model", "RequestedModel", "Operation", "User", "Key", "Team",
        "Session", "Thread", "Agent", "Tool", "Prompt", "PromptVersion", "Sandbox", "Error", "UsageDialect", "ServiceTier", "Region", "PriceId", "TraceId", "SpanId", "ParentSpanId", "Name", "StartedAt");

    /// <summary>Objects of the sender's own names, whose texts are kept.</summary>
    private const string Tags = "tags";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 0 };

    /// <summary>JSON, in UTF-8.</summary>
    public static ReadOnlySpan<byte> Of(JsonElement item)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options)) Write(json, item, isName: false, isTags: false, 0);
        return buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter json, JsonElement value, bool isName, bool isTags, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when depth < MaxDepth:
                WriteObject(json, value, isTags, depth);
                break;
            case JsonValueKind.Array when depth < MaxDepth:
                json.WriteStartArray();
                foreach (var inner in value.EnumerateArray()) Write(json, inner, isName, isTags: false, depth + 1);
                json.WriteEndArray();
                break;
            case JsonValueKind.Object or JsonValueKind.Array:
                LeaveOut(json, value);
                break;
            case JsonValueKind.String when isName && Fields.TryGetText(value, out var text):
                json.WriteStringValue(Cut(text));
                break;
            case JsonValueKind.String:
                LeaveOut(json, value);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement value, bool isTags, int depth)
    {
        json.WriteStartObject();
        foreach (var property in value.EnumerateObject())
        {
            if (NameOf(property) is not { } name) continue;
            json.WritePropertyName(name);
            if (IsText(name, property.Value)) LeaveOut(json, property.Value);
            else Write(json, property.Value, isTags || Names.Contains(name), name == Tags && property.Value.ValueKind == JsonValueKind.Object, depth + 1);
        }
        json.WriteEndObject();
    }

    /// <summary>"prompt" names one here, "input" and "output" count tokens; of anybody else they are what was said.</summary>
    private static bool IsText(string name, JsonElement value) => name switch
    {
        "prompt" => value.ValueKind != JsonValueKind.Object,
        "input" or "output" => value.ValueKind is not (JsonValueKind.Number or JsonValueKind.Null),
        _ => Texts.Contains(name),
    };

    private static void LeaveOut(Utf8JsonWriter json, JsonElement value) =>
        json.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"({(value.ValueKind == JsonValueKind.String ? "text" : "content")} left out: {JsonMarshal.GetRawUtf8Value(value).Length} bytes)"));

    private static string Cut(string text) => text.Length <= MaxTextLength ? text : text[..(char.IsHighSurrogate(text[MaxTextLength - 1]) ? MaxTextLength - 1 : MaxTextLength)] + "…";

    /// <summary>Null for a name that is no text.</summary>
    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return Cut(property.Name);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
