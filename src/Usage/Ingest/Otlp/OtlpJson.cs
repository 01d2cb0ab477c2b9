using System.Globalization;
using System.Text.Json;
using AgentConsole.Platform;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>OTLP's traces in JSON: ids are hex, 64-bit integers are text or numbers, unknown fields are ignored.</summary>
internal static class OtlpJson
{
    /// <summary>Far more than a value has; deeper, and the body is refused.</summary>
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1000 };

    /// <summary>Stands for text that is none, and is refused where it is read.</summary>
    private const string NoText = "\0";

    public static Result<List<OtlpSpan>> Read(ReadOnlyMemory<byte> body, TextChoice texts = default)
    {
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return Spans(document.RootElement, texts);
        }
        catch (JsonException error)
        {
            return new UnreadableBody($"The body is not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            return new UnreadableBody("The body contains a name with characters that are not text.");
        }
    }

    private static Result<List<OtlpSpan>> Spans(JsonElement root, TextChoice texts)
    {
        if (root.ValueKind != JsonValueKind.Object) return new UnreadableBody("The body is not an ExportTraceServiceRequest: it is no object.");
        var spans = new List<OtlpSpan>();
        if (!TryList(root, "resourceSpans", out var resources)) return new UnreadableBody("resourceSpans is not an array.");
        foreach (var resourceSpans in resources)
        {
            var resource = Attributes(Fields.Get(resourceSpans, "resource") ?? default);
            var withTexts = texts.MayBeStored(resource);
            if (!TryList(resourceSpans, "scopeSpans", out var scopes)) return new UnreadableBody("scopeSpans is not an array.");
            foreach (var scope in scopes)
            {
                if (!TryList(scope, "spans", out var list)) return new UnreadableBody("spans is not an array.");
                foreach (var span in list) spans.Add(TryRead(span, spans.Count, resource, withTexts));
            }
        }
        return spans;
    }

    /// <summary>An absent list is an empty one.</summary>
    private static bool TryList(JsonElement from, string name, out IEnumerable<JsonElement> list)
    {
        list = [];
        if (Fields.Get(from, name) is not { } value) return from.ValueKind == JsonValueKind.Object;
        if (value.ValueKind != JsonValueKind.Array) return false;
        list = value.EnumerateArray();
        return true;
    }

    /// <summary>A field name that is no text throws when it is looked at; that is this span's fault alone.</summary>
    private static OtlpSpan TryRead(JsonElement span, int index, OtlpAttributes resource, bool withTexts)
    {
        if (span.ValueKind != JsonValueKind.Object) return OtlpSpan.Broken(index, resource, "is not an object");
        try
        {
            var read = Read(span, index, resource);
            return withTexts ? read with { Texts = OtlpJsonTexts.Of(span) } : read;
        }
        catch (InvalidOperationException)
        {
            return OtlpSpan.Broken(index, resource, "contains characters that are not text");
        }
    }

    private static OtlpSpan Read(JsonElement span, int index, OtlpAttributes resource)
    {
        var status = Fields.Get(span, "status") ?? default;
        return new(
            index, Hex(span, "traceId", OtlpSpan.TraceIdBytes), Hex(span, "spanId", OtlpSpan.SpanIdBytes), Hex(span, "parentSpanId", OtlpSpan.SpanIdBytes),
            Text(span, "name") ?? "", Enumeration(span, "kind", "SPAN_KIND_", ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]),
            Time(span, "startTimeUnixNano"), Time(span, "endTimeUnixNano"),
            Enumeration(status, "code", "STATUS_CODE_", ["UNSET", "OK", "ERROR"]) == OtlpSpan.StatusError, Text(status, "message"),
            Attributes(span), resource, FirstToken(span));
    }

    internal static string? Text(JsonElement from, string name) =>
        Fields.Get(from, name) is { ValueKind: JsonValueKind.String } value ? Fields.TryGetText(value, out var text) ? text : NoText : null;

    private static string? Hex(JsonElement from, string name, int bytes) =>
        Text(from, name) is { } id && id.Length == bytes * 2 && id.All(char.IsAsciiHexDigit) && id.Any(static digit => digit != '0') ? id.ToLowerInvariant() : null;

    /// <summary>The protocol asks for numbers; names are what other encoders of protobuf write.</summary>
    private static int Enumeration(JsonElement from, string name, string prefix, string[] names) => Fields.Get(from, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) => value,
        { ValueKind: JsonValueKind.String } => Math.Max(0, Array.IndexOf(names, (Text(from, name) ?? "").Replace(prefix, "", StringComparison.Ordinal))),
        _ => 0,
    };

    private static DateTimeOffset? Time(JsonElement from, string name) =>
        Fields.Get(from, name) is { } value && Fields.TryGetDecimal(value, out var nanoseconds) && nanoseconds is > 0 and <= ulong.MaxValue ? OtlpSpan.Time((ulong)nanoseconds) : null;

    private static DateTimeOffset? FirstToken(JsonElement span)
    {
        if (Fields.Get(span, "events") is not { ValueKind: JsonValueKind.Array } events) return null;
        foreach (var occurrence in events.EnumerateArray())
            if (Text(occurrence, "name") is { } name && OtlpNames.FirstTokenEvents.Contains(name))
                return Time(occurrence, "timeUnixNano");
        return null;
    }

    private static OtlpAttributes Attributes(JsonElement from)
    {
        if (Fields.Get(from, "attributes") is not { ValueKind: JsonValueKind.Array } list) return OtlpAttributes.None;
        var read = new OtlpAttributes();
        foreach (var attribute in list.EnumerateArray())
            if (Text(attribute, "key") is { } key && OtlpNames.IsRead(key) && Fields.Get(attribute, "value") is { } any && Value(any) is { } value)
                read.Add(key, value);
        return read;
    }

    private static OtlpValue? Value(JsonElement any)
    {
        if (Text(any, "stringValue") is { } text) return OtlpValue.Of(text);
        if (Fields.Get(any, "boolValue") is { ValueKind: JsonValueKind.True or JsonValueKind.False } truth) return OtlpValue.Of(truth.GetBoolean());
        if (Number(any, "intValue") is { } integer) return integer;
        return Number(any, "doubleValue");
    }

    /// <summary>Kept as text when it is no number, so that whoever reads it can say so.</summary>
    private static OtlpValue? Number(JsonElement any, string name) => Fields.Get(any, name) switch
    {
        { ValueKind: JsonValueKind.Number } number => new OtlpValue(number.GetRawText(), IsText: false),
        { ValueKind: JsonValueKind.String } value when Fields.TryGetDecimal(value, out var number) => new OtlpValue(number.ToString(CultureInfo.InvariantCulture), IsText: false),
        { ValueKind: JsonValueKind.String } => OtlpValue.Of(Text(any, name)!),
        _ => null,
    };
}
