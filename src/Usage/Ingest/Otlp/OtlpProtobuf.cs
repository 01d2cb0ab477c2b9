using AgentConsole.Platform;
using AgentConsole.Usage.Ingest.Otlp.Wire;
using Google.Protobuf;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>OTLP's traces in protobuf.</summary>
internal static class OtlpProtobuf
{
    public static Result<List<OtlpSpan>> Read(ReadOnlyMemory<byte> body, TextChoice texts = default)
    {
        try
        {
            return Spans(ExportRequest.Parser.ParseFrom(body.Span), texts);
        }
        catch (InvalidProtocolBufferException)
        {
            return new UnreadableBody("The body is not an ExportTraceServiceRequest in protobuf.");
        }
    }

    private static List<OtlpSpan> Spans(ExportRequest request, TextChoice texts)
    {
        var spans = new List<OtlpSpan>();
        foreach (var resourceSpans in request.ResourceSpans)
        {
            var resource = Attributes(resourceSpans.Resource?.Attributes ?? []);
            var withTexts = texts.MayBeStored(resource);
            foreach (var span in resourceSpans.ScopeSpans.SelectMany(static scope => scope.Spans))
            {
                var read = Read(span, spans.Count, resource);
                spans.Add(withTexts ? read with { Texts = OtlpProtobufTexts.Of(span) } : read);
            }
        }
        return spans;
    }

    private static OtlpSpan Read(Span span, int index, OtlpAttributes resource) => new(
        index, Hex(span.TraceId, OtlpSpan.TraceIdBytes), Hex(span.SpanId, OtlpSpan.SpanIdBytes), Hex(span.ParentSpanId, OtlpSpan.SpanIdBytes), span.Name, span.Kind,
        OtlpSpan.Time(span.StartTimeUnixNano), OtlpSpan.Time(span.EndTimeUnixNano), span.Status?.Code == OtlpSpan.StatusError, span.Status?.Message,
        Attributes(span.Attributes), resource, FirstToken(span));

    private static DateTimeOffset? FirstToken(Span span) =>
        span.Events.FirstOrDefault(static occurrence => OtlpNames.FirstTokenEvents.Contains(occurrence.Name)) is { } first ? OtlpSpan.Time(first.TimeUnixNano) : null;

    /// <summary>Null for anything but that many bytes that are not all zero.</summary>
    private static string? Hex(ByteString id, int length) =>
        id.Length == length && id.Span.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(id.Span) : null;

    private static OtlpAttributes Attributes(IEnumerable<KeyValue> attributes)
    {
        var read = new OtlpAttributes();
        foreach (var attribute in attributes)
            if (OtlpNames.IsRead(attribute.Key) && Value(attribute.Value) is { } value)
                read.Add(attribute.Key, value);
        return read;
    }

    private static OtlpValue? Value(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => OtlpValue.Of(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => OtlpValue.Of(value.BoolValue),
        AnyValue.ValueOneofCase.IntValue => OtlpValue.Of(value.IntValue),
        AnyValue.ValueOneofCase.DoubleValue => OtlpValue.Of(value.DoubleValue),
        _ => null,
    };
}
