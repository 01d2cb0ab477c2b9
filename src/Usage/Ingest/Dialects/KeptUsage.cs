using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>
/// What is kept of raw usage as evidence: of a usage object its counts and the words that providers themselves put beside them; of a whole response body that object and the ids, names and
/// numbers around it. What a model wrote is in neither, nor is what holds it: lists of choices, contents, tokens or vectors.
/// </summary>
internal static class KeptUsage
{
    private const int MaxTextLength = 100;
    private const int MaxDepth = 32;

    /// <summary>Fields whose text is a provider's own word.</summary>
    private static readonly FrozenSet<string> Words = FrozenSet.Create(
        "id", "object", "type", "model", "modelVersion", "responseId", "response_id", "service_tier", "serviceTier", "speed", "trafficType", "traffic_type", "inference_geo", "modality", "status", "stop_reason", "stopReason",
        "finish_reason", "createTime", "created_at", "system_fingerprint", "provider", "region", "tier");

    /// <summary>Where a body may have its usage.</summary>
    private static readonly FrozenSet<string> Ways = FrozenSet.Create("usage", "usageMetadata", "usage_metadata", "response", "message", "data", "meta");

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Null when all of it may be kept as it came, which is so of a usage object that was sent alone.</summary>
    public static string? Without(JsonElement raw)
    {
        var usage = UsageBody.Find(raw);
        var isAlone = Same(raw, usage);
        if (isAlone && IsPlain(raw, 0)) return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            if (isAlone) WriteUsage(json, raw, 0);
            else WriteBody(json, raw, usage, 0);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The one is a part of the other, or the other itself.</summary>
    private static bool Same(JsonElement whole, JsonElement part) => JsonMarshal.GetRawUtf8Value(whole).Length == JsonMarshal.GetRawUtf8Value(part).Length;

    /// <summary>Numbers, truth values and known words only.</summary>
    private static bool IsPlain(JsonElement value, int depth)
    {
        if (depth > MaxDepth) return false;
        foreach (var property in value.EnumerateObject())
            if (!IsPlain(property, property.Value, depth)) return false;
        return true;
    }

    private static bool IsPlain(JsonProperty property, JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.Object => IsPlain(value, depth + 1),
        JsonValueKind.Array => IsPlainList(value, depth),
        JsonValueKind.String => IsKept(property),
        _ => true,
    };

    private static bool IsPlainList(JsonElement list, int depth)
    {
        foreach (var entry in list.EnumerateArray())
            if (entry.ValueKind != JsonValueKind.Object || !IsPlain(entry, depth + 1)) return false;
        return true;
    }

    private static void WriteUsage(Utf8JsonWriter json, JsonElement value, int depth)
    {
        json.WriteStartObject();
        if (depth <= MaxDepth)
            foreach (var property in value.EnumerateObject()) WriteProperty(json, property, depth);
        json.WriteEndObject();
    }

    private static void WriteProperty(Utf8JsonWriter json, JsonProperty property, int depth)
    {
        switch (property.Value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WritePropertyName(property.Name);
                WriteUsage(json, property.Value, depth + 1);
                break;
            case JsonValueKind.Array:
                json.WriteStartArray(property.Name);
                // A list of bare numbers is no usage: tokens, bytes and vectors are text in another form.
                foreach (var entry in property.Value.EnumerateArray().Where(static entry => entry.ValueKind == JsonValueKind.Object)) WriteUsage(json, entry, depth + 1);
                json.WriteEndArray();
                break;
            default:
                if (property.Value.ValueKind != JsonValueKind.String || IsKept(property)) property.WriteTo(json);
                break;
        }
    }

    /// <summary>Scalars, and the way to the usage object.</summary>
    private static void WriteBody(Utf8JsonWriter json, JsonElement body, JsonElement usage, int depth)
    {
        json.WriteStartObject();
        foreach (var property in body.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                if (depth > 2 || !Ways.Contains(property.Name)) continue;
                json.WritePropertyName(property.Name);
                // By its size it could be another one: that is written by the stricter rule of the two only if it holds the usage object.
                if (property.NameEquals("usage"u8) || property.NameEquals("usageMetadata"u8) || property.NameEquals("usage_metadata"u8) || Same(property.Value, usage)) WriteUsage(json, property.Value, 0);
                else WriteBody(json, property.Value, usage, depth + 1);
            }
            else if (property.Value.ValueKind != JsonValueKind.Array && (property.Value.ValueKind != JsonValueKind.String || IsKept(property))) property.WriteTo(json);
        }
        json.WriteEndObject();
    }

    /// <summary>A known word, or a number as text.</summary>
    private static bool IsKept(JsonProperty property) =>
        Fields.TryGetText(property.Value, out var text) && text.Length <= MaxTextLength && (Fields.TryGetDecimal(property.Value, out _) || (Words.Contains(property.Name) && !text.Any(char.IsWhiteSpace)));
}
