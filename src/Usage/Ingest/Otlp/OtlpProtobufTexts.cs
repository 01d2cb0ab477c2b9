using System.Text;
using System.Text.Json;
using AgentConsole.Usage.Ingest.Otlp.Wire;
using Google.Protobuf;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>The texts of a span in protobuf. Bytes that are not what they should be are no text, and nobody's loss but their own.</summary>
internal static class OtlpProtobufTexts
{
    private const int MaxDepth = 32;

    public static SpanTexts Of(Span span)
    {
        var texts = new SpanTexts();
        foreach (var attribute in span.Attributes)
            if (SpanTexts.IsRead(attribute.Key) && Text(attribute.Value) is { } text)
                texts.Add(attribute.Key, text);
        foreach (var occurrence in span.Events)
            if (SpanTexts.IsEvent(occurrence.Name))
                texts.AddEvent(occurrence.Name, Attributes(occurrence));
        return texts;
    }

    private static Dictionary<string, string> Attributes(Span.Types.Event occurrence)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var bytes in occurrence.Attributes)
            if (Parse(KeyValue.Parser, bytes) is { } attribute && Text(attribute.Value) is { } text)
                read.TryAdd(attribute.Key, text);
        return read;
    }

    private static string? Text(AnyValue? value)
    {
        if (value is null) return null;
        if (value.ValueCase == AnyValue.ValueOneofCase.StringValue) return value.StringValue;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, value, 0);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter json, AnyValue? value, int depth)
    {
        switch (depth > MaxDepth ? AnyValue.ValueOneofCase.None : value?.ValueCase ?? AnyValue.ValueOneofCase.None)
        {
            case AnyValue.ValueOneofCase.StringValue:
                json.WriteStringValue(value!.StringValue);
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                json.WriteBooleanValue(value!.BoolValue);
                break;
            case AnyValue.ValueOneofCase.IntValue:
                json.WriteNumberValue(value!.IntValue);
                break;
            case AnyValue.ValueOneofCase.DoubleValue when double.IsFinite(value!.DoubleValue):
                json.WriteNumberValue(value.DoubleValue);
                break;
            case AnyValue.ValueOneofCase.ArrayValue when Parse(ArrayValue.Parser, value!.ArrayValue) is { } list:
                json.WriteStartArray();
                foreach (var item in list.Values) Write(json, item, depth + 1);
                json.WriteEndArray();
                break;
            case AnyValue.ValueOneofCase.KvlistValue when Parse(KeyValueList.Parser, value!.KvlistValue) is { } pairs:
                json.WriteStartObject();
                foreach (var pair in pairs.Values)
                {
                    json.WritePropertyName(pair.Key);
                    Write(json, pair.Value, depth + 1);
                }
                json.WriteEndObject();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static T? Parse<T>(MessageParser<T> parser, ByteString bytes) where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
