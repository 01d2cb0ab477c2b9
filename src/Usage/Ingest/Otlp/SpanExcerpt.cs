using System.Text;
using System.Text.Json;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>What is kept of a refused span: its ids, times and the attributes that are read, never its texts.</summary>
internal static class SpanExcerpt
{
    public static string Of(OtlpSpan span)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("traceId", span.TraceId);
            json.WriteString("spanId", span.SpanId);
            json.WriteString("parentSpanId", span.ParentSpanId);
            json.WriteString("name", SpanFields.Excerpt(span.Name, 200));
            Write(json, "start", span.Start);
            Write(json, "end", span.End);
            Write(json, "attributes", span.Attributes);
            Write(json, "resource", span.Resource);
            json.WriteEndObject();
        }
        return RejectedUsage.Excerpt(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at) json.WriteString(name, at);
    }

    private static void Write(Utf8JsonWriter json, string name, OtlpAttributes attributes)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in attributes.All) json.WriteString(SpanFields.Excerpt(key, 200) ?? "", SpanFields.Excerpt(value.Text, 500));
        json.WriteEndObject();
    }
}
