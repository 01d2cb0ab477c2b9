using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage.Ingest.Otlp.Wire;
using Google.Protobuf;

namespace AgentConsole.Tests.Usage.Ingest.Otlp;

/// <summary>A span as a test describes it, in either encoding of OTLP.</summary>
/// <param name="Id">1 to 255; the parent's 0 means none.</param>
internal sealed record TestSpan(int Id, int Parent, string Name, JsonObject Attributes)
{
    public string Trace { get; init; } = "5b8efff798038103d269b633813fc60c";
    public int Kind { get; init; } = 3;
    public double StartMs { get; init; }
    public double EndMs { get; init; } = 1840;
    public int StatusCode { get; init; }
    public string? StatusMessage { get; init; }
    public (string Name, double AtMs)? Event { get; init; }

    public static readonly DateTimeOffset Start = ConsoleApp.Now.AddMinutes(-30);

    public string SpanId => Hex(Id);

    public string EventId => $"{Trace}:{SpanId}";

    /// <summary>Attributes as a JSON object: whole numbers are ints, others doubles.</summary>
    public static TestSpan Of(int id, string name, string attributes, int parent = 0) => new(id, parent, name, JsonNode.Parse(attributes)!.AsObject());

    public static JsonObject Json(string? tenant, params TestSpan[] spans) => new()
    {
        ["resourceSpans"] = new JsonArray(new JsonObject
        {
            ["resource"] = new JsonObject { ["attributes"] = JsonAttributes(Resource(tenant)) },
            ["scopeSpans"] = new JsonArray(new JsonObject { ["scope"] = new JsonObject { ["name"] = "test" }, ["spans"] = new JsonArray([.. spans.Select(static span => span.ToJson())]) }),
        }),
    };

    public static byte[] Protobuf(string? tenant, params TestSpan[] spans)
    {
        var resource = new Resource();
        resource.Attributes.Add(WireAttributes(Resource(tenant)));
        var scope = new ScopeSpans();
        scope.Spans.Add(spans.Select(static span => span.ToWire()));
        return new ExportRequest { ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { scope } } } }.ToByteArray();
    }

    private static JsonObject Resource(string? tenant)
    {
        var resource = new JsonObject { ["service.name"] = "shop" };
        if (tenant is not null) resource["tenant.id"] = tenant;
        return resource;
    }

    private static string Hex(int id) => id.ToString("x16");

    private static ulong Nanoseconds(double milliseconds) => (ulong)((Start - DateTimeOffset.UnixEpoch).Ticks * 100) + (ulong)(milliseconds * 1_000_000);

    private JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["traceId"] = Trace,
            ["spanId"] = SpanId,
            ["parentSpanId"] = Parent == 0 ? "" : Hex(Parent),
            ["name"] = Name,
            ["kind"] = Kind,
            ["startTimeUnixNano"] = Nanoseconds(StartMs).ToString(),
            ["endTimeUnixNano"] = Nanoseconds(EndMs).ToString(),
            ["attributes"] = JsonAttributes(Attributes),
            ["status"] = new JsonObject { ["code"] = StatusCode, ["message"] = StatusMessage },
        };
        if (Event is var (name, at)) json["events"] = new JsonArray(new JsonObject { ["name"] = name, ["timeUnixNano"] = Nanoseconds(at).ToString() });
        return json;
    }

    private Span ToWire()
    {
        var span = new Span
        {
            TraceId = ByteString.CopyFrom(Convert.FromHexString(Trace)),
            SpanId = ByteString.CopyFrom(Convert.FromHexString(SpanId)),
            Name = Name,
            Kind = Kind,
            StartTimeUnixNano = Nanoseconds(StartMs),
            EndTimeUnixNano = Nanoseconds(EndMs),
            Status = new Span.Types.Status { Code = StatusCode, Message = StatusMessage ?? "" },
        };
        if (Parent != 0) span.ParentSpanId = ByteString.CopyFrom(Convert.FromHexString(Hex(Parent)));
        if (Event is var (name, at)) span.Events.Add(new Span.Types.Event { Name = name, TimeUnixNano = Nanoseconds(at) });
        span.Attributes.Add(WireAttributes(Attributes));
        return span;
    }

    private static JsonArray JsonAttributes(JsonObject attributes) =>
        new([.. attributes.Select(static pair => new JsonObject { ["key"] = pair.Key, ["value"] = JsonValueOf(pair.Value) })]);

    private static JsonObject JsonValueOf(JsonNode? node) => node switch
    {
        JsonArray array => new() { ["arrayValue"] = new JsonObject { ["values"] = new JsonArray([.. array.Select(static item => JsonValueOf(item))]) } },
        JsonValue value when value.TryGetValue(out long integer) => new() { ["intValue"] = integer.ToString() },
        JsonValue value when value.TryGetValue(out double number) => new() { ["doubleValue"] = number },
        JsonValue value when value.TryGetValue(out bool truth) => new() { ["boolValue"] = truth },
        _ => new() { ["stringValue"] = node!.GetValue<string>() },
    };

    private static IEnumerable<KeyValue> WireAttributes(JsonObject attributes) =>
        attributes.Select(static pair => new KeyValue { Key = pair.Key, Value = WireValueOf(pair.Value) });

    private static AnyValue WireValueOf(JsonNode? node) => node switch
    {
        JsonArray => new(),
        JsonValue value when value.TryGetValue(out long integer) => new() { IntValue = integer },
        JsonValue value when value.TryGetValue(out double number) => new() { DoubleValue = number },
        JsonValue value when value.TryGetValue(out bool truth) => new() { BoolValue = truth },
        _ => new() { StringValue = node!.GetValue<string>() },
    };
}
