using System.Text;
using System.Text.Json;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>The texts of a span in OTLP's JSON.</summary>
internal static class OtlpJsonTexts
{
    private const int MaxDepth = 32;

    public static SpanTexts Of(JsonElement span)
    {
        var texts = new SpanTexts();
        foreach (var (name, text) in Attributes(span, SpanTexts.IsRead)) texts.Add(name, text);
        if (Fields.Get(span, "events") is not { ValueKind: JsonValueKind.Array } events) return texts;
        foreach (var occurrence in events.EnumerateArray())
            if (OtlpJson.Text(occurrence, "name") is { } name && SpanTexts.IsEvent(name))
                texts.AddEvent(name, Attributes(occurrence, static _ => true));
        return texts;
    }

    private static Dictionary<string, string> Attributes(JsonElement from, Predicate<string> isRead)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Fields.Get(from, "attributes") is not { ValueKind: JsonValueKind.Array } list) return read;
        foreach (var attribute in list.EnumerateArray())
            if (OtlpJson.Text(attribute, "key") is { } key && isRead(key) && Fields.Get(attribute, "value") is { } value)
                read.TryAdd(key, OtlpJson.Text(value, "stringValue") ?? Json(value));
        return read;
    }

    private static string Json(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, value, 0);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>The value that the protocol's wrapping stands for.</summary>
    private static void Write(Utf8JsonWriter json, JsonElement value, int depth)
    {
        if (depth > MaxDepth) json.WriteNullValue();
        else if (OtlpJson.Text(value, "stringValue") is { } text) json.WriteStringValue(text);
        else if (Values(value, "arrayValue") is { } list)
        {
            json.WriteStartArray();
            foreach (var item in list.EnumerateArray()) Write(json, item, depth + 1);
            json.WriteEndArray();
        }
        else if (Values(value, "kvlistValue") is { } pairs)
        {
            json.WriteStartObject();
            foreach (var pair in pairs.EnumerateArray())
            {
                if (OtlpJson.Text(pair, "key") is not { } key) continue;
                json.WritePropertyName(key);
                Write(json, Fields.Get(pair, "value") ?? default, depth + 1);
            }
            json.WriteEndObject();
        }
        else if ((Fields.Get(value, "intValue") ?? Fields.Get(value, "doubleValue") ?? Fields.Get(value, "boolValue")) is { } scalar) scalar.WriteTo(json);
        else json.WriteNullValue();
    }

    private static JsonElement? Values(JsonElement value, string name) =>
        Fields.Get(value, name) is { } wrapped && Fields.Get(wrapped, "values") is { ValueKind: JsonValueKind.Array } list ? list : null;
}
