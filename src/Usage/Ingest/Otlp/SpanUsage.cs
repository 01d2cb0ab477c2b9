using System.Text;
using System.Text.Json;
using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>The token counts among a span's attributes, as one object that the dialects read.</summary>
internal static class SpanUsage
{
    private const int MaxRawLength = 64 * 1024;

    /// <summary>Longer text is no count.</summary>
    private const int MaxCountLength = 40;

    /// <param name="raw">What was read, to be kept; null when there is nothing.</param>
    public static RawUsageReading Read(OtlpSpan span, string provider, ref SpanFields fields, out string? raw)
    {
        var details = span.Attributes.Text(OtlpNames.UsageDetails);
        raw = HasCounts(span) || details is null ? Counts(span) : Kept(details, ref fields);
        var none = new RawUsageReading(default, null, [], null, null, null, null);
        if (raw is null || fields.Error is not null) return none;
        using var json = JsonDocument.Parse(raw);
        var reading = RawUsage.Read(json.RootElement, Dialect(json.RootElement), provider);
        if (reading.Error is { } error) fields.Fail(error.TrimEnd('.'));
        return reading;
    }

    private static bool HasCounts(OtlpSpan span) => span.Attributes.All.Any(static attribute => OtlpNames.IsUsage(attribute.Key));

    /// <summary>Langfuse's own keys, or the usage object of a provider; attributes otherwise.</summary>
    private static string? Dialect(JsonElement usage)
    {
        if (DialectTable.Otel.Speaks(usage)) return DialectTable.Otel.Name;
        return DialectTable.Langfuse.Speaks(usage) ? DialectTable.Langfuse.Name : null;
    }

    private static string? Counts(OtlpSpan span)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in span.Attributes.All.Where(static attribute => OtlpNames.IsUsage(attribute.Key)))
            {
                if (value.Text.Length > MaxCountLength || name.Length > UsageEvent.MaxNameLength || name.Contains('\0') || value.Text.Contains('\0')) continue;
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            json.WriteEndObject();
        }
        return buffer.Length is > 2 and <= MaxRawLength ? Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) : null;
    }

    private static string? Kept(string details, ref SpanFields fields)
    {
        try
        {
            using var json = JsonDocument.Parse(details);
            if (json.RootElement.ValueKind == JsonValueKind.Object) return new Fields().Usage(json.RootElement, "usage", MaxRawLength);
        }
        catch (JsonException)
        {
            // Told below.
        }
        fields.Fail("langfuse.observation.usage_details is not a JSON object");
        return null;
    }
}
