using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage.Ingest.Otlp.Wire;

namespace AgentConsole.Tests.Usage.Ingest.Otlp;

/// <summary>OTLP over HTTP: what exporters are answered, and that it is the truth.</summary>
public sealed class OtlpEndpointTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Path = "/v1/traces";
    private const string Protobuf = "application/x-protobuf";
    private const string Chat = """{"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.response.model":"gpt-5","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":10}""";

    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private static TestSpan Span(int id, string attributes = Chat, int parent = 0) => TestSpan.Of(id, "chat gpt-5", attributes, parent);

    private HttpContent Json(params TestSpan[] spans) => Testing.Json.Body(TestSpan.Json(_tenant, spans).ToJsonString());

    private HttpContent Wire(params TestSpan[] spans) => Wire(TestSpan.Protobuf(_tenant, spans));

    private static HttpContent Wire(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(Protobuf);
        return content;
    }

    private Task<long> EventsAsync() => shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}' AND source = 'otlp'");

    [Fact]
    public async Task Post_Protobuf_IsKeptAndAnsweredEmpty()
    {
        using var response = await shared.Client.PostAsync(Path, Wire(Span(1), Span(2)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Protobuf, response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(2, await EventsAsync());
    }

    [Fact]
    public async Task Post_Json_IsKeptAndAnsweredEmpty()
    {
        using var response = await shared.Client.PostAsync(Path, Json(Span(1)));
        Assert.Equal("{}", await response.Content.ReadAsStringAsync());
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(1, await EventsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_Gzip_IsUnpacked(bool protobuf)
    {
        using var plain = protobuf ? Wire(Span(1)) : Json(Span(1));
        using var packed = new ByteArrayContent(Testing.Json.Gzip(await plain.ReadAsByteArrayAsync()));
        packed.Headers.ContentType = plain.Headers.ContentType;
        packed.Headers.ContentEncoding.Add("gzip");
        using var response = await shared.Client.PostAsync(Path, packed);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, await EventsAsync());
    }

    [Fact]
    public async Task Post_Again_ChangesNothingWhateverTheEncoding()
    {
        foreach (var body in new[] { Wire(Span(1)), Wire(Span(1)), Json(Span(1)) })
        {
            using var response = await shared.Client.PostAsync(Path, body);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        Assert.Equal(1, await EventsAsync());
    }

    [Fact]
    public async Task Post_SomeBad_IsPartialSuccessInTheSameEncoding()
    {
        var bad = Span(2, """{"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-5"}""");
        using var json = await shared.Client.PostAsync(Path, Json(Span(1), bad));
        var partial = (await Testing.Json.ReadAsync(json)).GetProperty("partialSuccess");
        Assert.Equal("1", partial.GetProperty("rejectedSpans").GetString());
        Assert.Equal($"span {bad.EventId}: has no token counts, so what it used is unknown", partial.GetProperty("errorMessage").GetString());

        using var wire = await shared.Client.PostAsync(Path, Wire(Span(1), bad));
        var answer = ExportResponse.Parser.ParseFrom(await wire.Content.ReadAsByteArrayAsync());
        Assert.Equal((1, partial.GetProperty("errorMessage").GetString()), (answer.PartialSuccess.RejectedSpans, answer.PartialSuccess.ErrorMessage));

        Assert.Equal(1, await EventsAsync());
        Assert.Equal(2, await shared.App.CountAsync($"usage_rejections WHERE tenant_id = '{_tenant}' AND source = 'otlp' AND event_id = '{bad.EventId}' AND payload LIKE '%gpt-5%'"));
    }

    [Fact]
    public async Task Post_SpansOfOtherThings_AreTakenAndDropped()
    {
        using var response = await shared.Client.PostAsync(Path, Json(Span(1, """{"http.request.method":"GET"}"""), Span(2, """{"db.system":"postgresql"}""", 1)));
        Assert.Equal("{}", await response.Content.ReadAsStringAsync());
        Assert.Equal(0, await EventsAsync());
        Assert.Equal(0, await shared.App.CountAsync($"usage_rejections WHERE tenant_id = '{_tenant}'"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"resourceSpans":[]}""")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[]}],"new":1}]}""")]
    public async Task Post_NothingInJson_IsFine(string body)
    {
        using var response = await shared.Client.PostAsync(Path, Testing.Json.Body(body));
        Assert.Equal("{}", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"resourceSpans":{}}""")]
    [InlineData("""{"resourceSpans":[7]}""")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":"a"}]}""")]
    public async Task Post_UnreadableJson_Is400WithStatus(string body)
    {
        using var response = await shared.Client.PostAsync(Path, Testing.Json.Body(body));
        var detail = await Testing.Json.ProblemAsync(response, 400);
        var status = await Testing.Json.ReadAsync(response);
        Assert.Equal((3, detail), (status.GetProperty("code").GetInt32(), status.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Post_UnreadableProtobuf_Is400WithStatus()
    {
        var whole = TestSpan.Protobuf(_tenant, Span(1));
        foreach (var body in new[] { whole[..^9], [0xFF, 0xFF, 0xFF], "{}"u8.ToArray() })
        {
            using var response = await shared.Client.PostAsync(Path, Wire(body));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal(Protobuf, response.Content.Headers.ContentType?.MediaType);
            var status = RpcStatus.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync());
            Assert.Equal((3, "The body is not an ExportTraceServiceRequest in protobuf."), (status.Code, status.Message));
        }
        Assert.Equal(0, await EventsAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/grpc")]
    [InlineData(null)]
    public async Task Post_OtherMediaType_Is415(string? type)
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        if (type is not null) content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var response = await shared.Client.PostAsync(Path, content);
        await Testing.Json.ProblemAsync(response, 415);
    }

    [Fact]
    public async Task Post_WithoutKey_Is401()
    {
        foreach (var path in new[] { Path, "/api/v1/ingest/openrouter" })
        {
            using var stranger = shared.App.Client(null);
            using var response = await stranger.PostAsync(path, Json(Span(1)));
            await Testing.Json.ProblemAsync(response, 401);
        }
    }

    [Fact]
    public async Task Post_TooManySpansToKeep_Is413AndOthersDoNotCount()
    {
        TestSpan[] Spans(int count, string attributes) => [.. Enumerable.Range(1, count).Select(id => Span(id, attributes))];
        using var many = await shared.Client.PostAsync(Path, Wire(Spans(10_001, Chat)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, many.StatusCode);
        Assert.Equal(8, RpcStatus.Parser.ParseFrom(await many.Content.ReadAsByteArrayAsync()).Code);
        using var others = await shared.Client.PostAsync(Path, Wire([.. Spans(10_001, """{"http.request.method":"GET"}"""), Span(20_000)]));
        Assert.Equal(HttpStatusCode.OK, others.StatusCode);
        Assert.Equal(1, await EventsAsync());
    }

    [Fact]
    public async Task Post_LargeBody_Is413()
    {
        using var response = await shared.Client.PostAsync(Path, Testing.Json.Body(new string(' ', (16 * 1024 * 1024) + 1)));
        await Testing.Json.ProblemAsync(response, 413);
    }

    /// <summary>Children come before their parents, in other bodies.</summary>
    [Fact]
    public async Task Request_OfATraceWithHops_ShowsThemWhenRead()
    {
        var chat = Span(4, parent: 3) with { StartMs = 400, EndMs = 900 };
        (await shared.Client.PostAsync(Path, Json(chat))).EnsureSuccessStatusCode();
        var before = await shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/{chat.EventId}");
        Assert.Equal(0, before.GetProperty("hops").GetArrayLength());

        var planner = TestSpan.Of(3, "planner", """{"x":1}""", 1) with { Kind = 1, StartMs = 210, EndMs = 1170 };
        var tool = TestSpan.Of(5, "execute_tool search", """{"gen_ai.operation.name":"execute_tool","gen_ai.tool.name":"search"}""", 1) with { StartMs = 1200, EndMs = 1500.5, StatusCode = 2 };
        var agent = TestSpan.Of(1, "invoke_agent", """{"gen_ai.operation.name":"invoke_agent","gen_ai.agent.name":"triage","gen_ai.usage.input_tokens":100,"gen_ai.request.model":"gpt-5"}""") with { StartMs = 200, EndMs = 2400 };
        foreach (var body in new[] { Json(planner, tool), Wire(agent), Wire(agent, planner) }) (await shared.Client.PostAsync(Path, body)).EnsureSuccessStatusCode();

        var hops = (await shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/{chat.EventId}")).GetProperty("hops").EnumerateArray()
            .Select(static hop => (hop.GetProperty("name").GetString(), hop.GetProperty("startMs").GetDouble(), hop.GetProperty("durationMs").GetDouble(), hop.GetProperty("kind").GetString(), hop.GetProperty("status").GetString()));
        Assert.Equal([("triage", 0, 2200, "agent", "success"), ("planner", 10, 960, "stage", "success"), ("search", 1000, 300.5, "tool", "failure")], hops);
        Assert.Equal(1, await EventsAsync());
    }

    [Fact]
    public async Task Request_OfAnotherTenantsTrace_ShowsNoneOfItsHops()
    {
        var hop = TestSpan.Of(1, "planner", """{"x":1}""") with { Kind = 1 };
        (await shared.Client.PostAsync(Path, Testing.Json.Body(TestSpan.Json("someone-else", hop).ToJsonString()))).EnsureSuccessStatusCode();
        var chat = Span(2, parent: 1);
        (await shared.Client.PostAsync(Path, Json(chat))).EnsureSuccessStatusCode();
        Assert.Equal(0, (await shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/{chat.EventId}")).GetProperty("hops").GetArrayLength());
    }

    [Fact]
    public async Task OpenApi_ListsTheEndpoints()
    {
        var paths = (await shared.Client.GetJsonAsync("/openapi/v1.json")).GetProperty("paths");
        var traces = paths.GetProperty(Path).GetProperty("post").GetProperty("requestBody").GetProperty("content");
        Assert.Equal([Protobuf, "application/json"], traces.EnumerateObject().Select(static type => type.Name));
        foreach (var method in new[] { "post", "put" }) Assert.True(paths.GetProperty("/api/v1/ingest/openrouter").TryGetProperty(method, out _));
    }
}
