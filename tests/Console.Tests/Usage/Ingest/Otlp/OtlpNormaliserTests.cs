using System.Text;
using System.Text.Json;
using AgentConsole.Latency;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Tests.Usage.Ingest.Otlp;

/// <summary>What becomes of spans, attribute family by attribute family.</summary>
public sealed class OtlpNormaliserTests
{
    private const string Chat = """{"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.response.model":"gpt-5","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":10}""";

    private static List<Normalised> Read(params TestSpan[] spans) => Read(UsageFormat.OtlpJson, "acme", null, spans);

    private static List<Normalised> Read(UsageFormat format, string? tenant, string? callerTenant, params TestSpan[] spans)
    {
        var body = format == UsageFormat.OtlpProtobuf ? TestSpan.Protobuf(tenant, spans) : Encoding.UTF8.GetBytes(TestSpan.Json(tenant, spans).ToJsonString());
        var read = BodyReader.Read(format, body, callerTenant, ConsoleApp.Now);
        Assert.True(read.Ok, read.Error?.Message);
        return read.Value;
    }

    private static UsageEvent ReadEvent(string attributes, string name = "chat gpt-5", UsageFormat format = UsageFormat.OtlpJson)
    {
        var item = Assert.Single(Read(format, "acme", null, TestSpan.Of(1, name, attributes)));
        Assert.Null(item.Error);
        return item.Event!;
    }

    private static string With(string attributes, string more) => attributes[..^1] + "," + more + "}";

    public static TheoryData<string, string, string, TokenCounts> Families => new()
    {
        { "semantic conventions", "openai", """
            {"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-5","gen_ai.response.model":"gpt-5-2025-08-07",
             "gen_ai.usage.input_tokens":1000,"gen_ai.usage.cache_read.input_tokens":600,"gen_ai.usage.cache_creation.input_tokens":100,"gen_ai.usage.output_tokens":50,"gen_ai.usage.reasoning.output_tokens":20}
            """, new() { Input = 300, CacheRead = 600, CacheWrite5m = 100, Output = 30, Reasoning = 20 } },
        { "modalities", "google", """
            {"gen_ai.operation.name":"generate_content","gen_ai.provider.name":"gcp.gemini","gen_ai.request.model":"gemini-2.5-flash","gen_ai.usage.input_tokens":100,"gen_ai.usage.text.input_tokens":40,
             "gen_ai.usage.audio.input_tokens":30,"gen_ai.usage.image.input_tokens":20,"gen_ai.usage.video.input_tokens":10,"gen_ai.usage.output_tokens":9,"gen_ai.usage.audio.output_tokens":4}
            """, new() { Input = 40, AudioInput = 30, ImageInput = 20, VideoInput = 10, Output = 5, AudioOutput = 4 } },
        { "old conventions", "azure", """
            {"gen_ai.operation.name":"chat","gen_ai.system":"az.ai.openai","gen_ai.request.model":"gpt-4o","gen_ai.usage.prompt_tokens":12,"gen_ai.usage.completion_tokens":7}
            """, new() { Input = 12, Output = 7 } },
        { "OpenLLMetry", "anthropic", """
            {"llm.request.type":"chat","gen_ai.system":"Anthropic","gen_ai.request.model":"claude-sonnet-4-5","gen_ai.usage.prompt_tokens":160,"gen_ai.usage.completion_tokens":7,"llm.usage.total_tokens":167,
             "gen_ai.usage.cache_read_input_tokens":100,"gen_ai.usage.cache_creation_input_tokens":50}
            """, new() { Input = 10, CacheRead = 100, CacheWrite5m = 50, Output = 7 } },
        { "Pydantic AI", "openai", """
            {"gen_ai.operation.name":"chat","gen_ai.system":"openai","gen_ai.response.model":"gpt-5","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":50,
             "gen_ai.usage.details.reasoning_tokens":30,"gen_ai.usage.details.cache_read_tokens":64,"gen_ai.usage.details.web_search_requests":2}
            """, new() { Input = 36, CacheRead = 64, Output = 20, Reasoning = 30 } },
        { "OpenInference", "anthropic", """
            {"openinference.span.kind":"LLM","llm.provider":"anthropic","llm.model_name":"claude-sonnet-4-5","llm.token_count.prompt":160,"llm.token_count.completion":7,"llm.token_count.total":167,
             "llm.token_count.prompt_details.cache_read":100,"llm.token_count.prompt_details.cache_write":50,"llm.token_count.completion_details.reasoning":3}
            """, new() { Input = 10, CacheRead = 100, CacheWrite5m = 50, Output = 4, Reasoning = 3 } },
        { "Langfuse", "anthropic", """
            {"langfuse.observation.type":"generation","langfuse.observation.model.name":"claude-sonnet-4-5",
             "langfuse.observation.usage_details":"{\"input\":10,\"cache_read_input_tokens\":100,\"cache_creation_input_tokens\":50,\"output\":4,\"output_reasoning_tokens\":3,\"input_audio_tokens\":2,\"total\":169}"}
            """, new() { Input = 10, CacheRead = 100, CacheWrite5m = 50, AudioInput = 2, Output = 4, Reasoning = 3 } },
        { "Langfuse with a provider's object", "openai", """
            {"langfuse.observation.type":"generation","langfuse.observation.model.name":"gpt-5",
             "langfuse.observation.usage_details":"{\"prompt_tokens\":100,\"completion_tokens\":10,\"total_tokens\":110,\"prompt_tokens_details\":{\"cached_tokens\":60}}"}
            """, new() { Input = 40, CacheRead = 60, Output = 10 } },
        { "AI SDK", "openai", """
            {"ai.operationId":"ai.streamText.doStream","ai.model.provider":"openai.responses","ai.model.id":"gpt-5","ai.usage.promptTokens":100,"ai.usage.completionTokens":10,
             "gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":10,"ai.usage.cachedInputTokens":60,"ai.usage.reasoningTokens":4}
            """, new() { Input = 40, CacheRead = 60, Output = 6, Reasoning = 4 } },
        { "OpenRouter", "openrouter", """
            {"gen_ai.operation.name":"chat","gen_ai.provider.name":"anthropic","openrouter.provider_name":"Anthropic","gen_ai.response.model":"anthropic/claude-sonnet-4-5",
             "gen_ai.usage.input_tokens":"100","gen_ai.usage.input_tokens.cached":"60","gen_ai.usage.input_tokens.audio":"5","gen_ai.usage.input_tokens.video":5,
             "gen_ai.usage.output_tokens":"20","gen_ai.usage.output_tokens.reasoning":"4","gen_ai.usage.output_tokens.image":6}
            """, new() { Input = 30, CacheRead = 60, AudioInput = 5, VideoInput = 5, Output = 10, Reasoning = 4, ImageOutput = 6 } },
        { "embeddings", "openai", """
            {"gen_ai.operation.name":"embeddings","gen_ai.provider.name":"openai","gen_ai.request.model":"text-embedding-3-small","gen_ai.usage.input_tokens":81}
            """, new() { Input = 81 } },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Span_OfAnyConvention_MakesDisjointBuckets(string family, string provider, string attributes, TokenCounts expected)
    {
        Assert.NotEmpty(family);
        foreach (var format in new[] { UsageFormat.OtlpJson, UsageFormat.OtlpProtobuf })
        {
            var usage = ReadEvent(attributes, format: format);
            Assert.Equal(expected, usage.Tokens);
            Assert.Equal(provider, usage.Provider);
            Assert.Empty(usage.Conflicts);
            Assert.NotNull(usage.RawUsage);
        }
    }

    [Theory]
    [InlineData(3, 13216, 25, 120, null, new[] { "cache_exceeds_input" }, 3)]
    [InlineData(5000, 1000, 25, 120, null, new string[0], 3975)]
    [InlineData(5000, 1000, 25, 120, 5120L, new string[0], 3975)]
    [InlineData(5000, 1000, 25, 120, 6145L, new string[0], 5000)]
    [InlineData(5000, 1000, 25, 120, 7000L, new[] { "total_mismatch" }, 3975)]
    public void Span_CacheInOrBesideInput_IsToldByTheNumbers(long input, long read, long write, long output, long? total, string[] conflicts, long fresh)
    {
        var counts = $$"""
            "gen_ai.usage.input_tokens":{{input}},"gen_ai.usage.cache_read.input_tokens":{{read}},"gen_ai.usage.cache_creation.input_tokens":{{write}},"gen_ai.usage.output_tokens":{{output}}
            """;
        if (total is not null) counts += $",\"gen_ai.usage.total_tokens\":{total}";
        var usage = ReadEvent($$"""{"gen_ai.operation.name":"chat","gen_ai.provider.name":"anthropic","gen_ai.request.model":"claude-sonnet-4-5",{{counts}}}""");
        Assert.Equal(new TokenCounts { Input = fresh, CacheRead = read, CacheWrite5m = write, Output = output }, usage.Tokens);
        Assert.Equal(conflicts, usage.Conflicts);
    }

    [Theory]
    [InlineData(UsageFormat.OtlpJson)]
    [InlineData(UsageFormat.OtlpProtobuf)]
    public void Span_Complete_FillsTheEvent(UsageFormat format)
    {
        var span = TestSpan.Of(1, "chat gpt-5", With(Chat, """
            "gen_ai.request.model":"gpt-5-latest","gen_ai.conversation.id":"s-9","user.id":"u-17","gen_ai.agent.name":"planner","gen_ai.tool.name":"search","gen_ai.prompt.name":"triage","gen_ai.prompt.version":"12",
            "gen_ai.response.time_to_first_chunk":0.41,"gen_ai.request.stream":true,"openai.response.service_tier":"flex","gen_ai.usage.cost":0.0125,"http.response.status_code":200,
            "tag.env":"prod","deployment.environment.name":"eu","sandbox.id":"vm-5","key.id":"vk-3","team.id":"search"
            """)) with { StartMs = 100, EndMs = 1940 };
        var usage = Assert.Single(Read(format, "acme", null, span)).Event!;
        Assert.Equal(("acme", "otlp", span.EventId), (usage.TenantId, usage.Source, usage.Id));
        Assert.Equal(TestSpan.Start.AddMilliseconds(100), usage.OccurredAt);
        Assert.Equal((1840, 410, true), (usage.LatencyMs, usage.TtftMs, usage.Stream));
        Assert.Equal(("gpt-5", "gpt-5-latest", "chat", UsageStatus.Success, 200), (usage.Model, usage.RequestedModel, usage.Operation, usage.Status, usage.HttpStatus));
        Assert.Equal(("s-9", "u-17", "planner", "search"), (usage.Session, usage.User, usage.Agent, usage.Tool));
        Assert.Equal(("triage", "12", "vm-5", "vk-3", "search"), (usage.Prompt, usage.PromptVersion, usage.Sandbox, usage.Key, usage.Team));
        Assert.Equal(("flex", 0.0125m), (usage.ServiceTier, usage.CostReported));
        var tags = JsonSerializer.Deserialize<Dictionary<string, string>>(usage.Tags!)!;
        Assert.Equal(new Dictionary<string, string> { ["env"] = "prod", ["deployment.environment.name"] = "eu", ["service.name"] = "shop" }, tags);
    }

    [Fact]
    public void Span_WithTexts_KeepsNoneOfThem()
    {
        var texts = """
            "gen_ai.prompt":"SECRET","gen_ai.completion":"SECRET","gen_ai.input.messages":"SECRET","gen_ai.output.messages":"SECRET","gen_ai.system_instructions":"SECRET","gen_ai.tool.call.arguments":"SECRET",
            "gen_ai.prompt.0.content":"SECRET","input.value":"SECRET","langfuse.observation.input":"SECRET","ai.prompt":"SECRET","span.input":"SECRET","trace.output":"SECRET","llm.input_messages.0.message.content":"SECRET",
            "gen_ai.usage.note":"SECRET SECRET SECRET SECRET SECRET SECRET SECRET SECRET"
            """;
        var kept = Read(TestSpan.Of(1, "chat", With(Chat, texts)), TestSpan.Of(2, "chat", With("""{"gen_ai.operation.name":"chat"}""", texts)));
        Assert.Equal(2, kept.Count);
        Assert.NotNull(kept[1].Error);
        Assert.DoesNotContain("SECRET", JsonSerializer.Serialize(kept[0].Event), StringComparison.Ordinal);
        Assert.DoesNotContain("\"SECRET\"", kept[1].Payload, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "", "", UsageStatus.Failure, null)]
    [InlineData(0, "\"error.type\":\"429\"", "", UsageStatus.Failure, 429)]
    [InlineData(2, "\"error.type\":\"rate_limit\",\"http.response.status_code\":429", "", UsageStatus.Failure, 429)]
    [InlineData(2, "\"error.type\":\"System.OperationCanceledException\"", "", UsageStatus.Cancelled, null)]
    [InlineData(0, "\"langfuse.observation.level\":\"ERROR\"", "", UsageStatus.Failure, null)]
    [InlineData(1, "", "\"gen_ai.usage.input_tokens\":1", UsageStatus.Success, null)]
    public void Span_Ended_TellsItsStatus(int code, string attribute, string usage, UsageStatus status, int? httpStatus)
    {
        string[] attributes = ["\"gen_ai.operation.name\":\"chat\"", "\"gen_ai.provider.name\":\"openai\"", "\"gen_ai.request.model\":\"gpt-5\"", attribute, usage];
        var span = TestSpan.Of(1, "chat", "{" + string.Join(",", attributes.Where(static text => text.Length > 0)) + "}") with { StatusCode = code, StatusMessage = "no luck" };
        var read = Assert.Single(Read(span)).Event!;
        Assert.Equal((status, httpStatus, status == UsageStatus.Success ? null : "no luck"), (read.Status, read.HttpStatus, read.Error));
    }

    [Theory]
    [InlineData("First Token Stream Event", 250)]
    [InlineData("ai.stream.firstChunk", 250)]
    [InlineData("exception", null)]
    public void Span_WithFirstTokenEvent_TellsTimeToFirstToken(string name, int? expected) =>
        Assert.Equal(expected, Assert.Single(Read(TestSpan.Of(1, "chat", Chat) with { Event = (name, 250) })).Event!.TtftMs);

    [Theory]
    [InlineData("acme", null, "acme")]
    [InlineData("acme", "globex", "globex")]
    [InlineData(null, null, "initech")]
    public void Span_Tenant_IsTheKeysThenTheResourcesThenTheSpans(string? resource, string? caller, string expected) =>
        Assert.Equal(expected, Assert.Single(Read(UsageFormat.OtlpJson, resource, caller, TestSpan.Of(1, "chat", With(Chat, "\"tenant.id\":\"initech\"")))).Event!.TenantId);

    [Fact]
    public void Span_WithoutTenant_IsUnassigned() =>
        Assert.Equal("unassigned", Assert.Single(Read(UsageFormat.OtlpJson, null, null, TestSpan.Of(1, "chat", Chat))).Event!.TenantId);

    /// <summary>The outer span repeats the usage of the inner one; told by what it is, wherever the inner one is.</summary>
    [Theory]
    [InlineData("invoke_agent planner", """ "gen_ai.operation.name":"invoke_agent","gen_ai.agent.name":"planner" """, HopKind.Agent, "planner")]
    [InlineData("create_agent", """ "gen_ai.operation.name":"create_agent" """, HopKind.Agent, "create_agent")]
    [InlineData("execute_tool search", """ "gen_ai.operation.name":"execute_tool","gen_ai.tool.name":"search" """, HopKind.Tool, "search")]
    [InlineData("invoke_workflow", """ "gen_ai.operation.name":"invoke_workflow","gen_ai.workflow.name":"triage" """, HopKind.Workflow, "triage")]
    [InlineData("Agent.run", """ "openinference.span.kind":"AGENT" """, HopKind.Agent, "Agent.run")]
    [InlineData("RunnableSequence", """ "openinference.span.kind":"CHAIN" """, HopKind.Stage, "RunnableSequence")]
    [InlineData("w.workflow", """ "traceloop.span.kind":"workflow","traceloop.workflow.name":"w" """, HopKind.Workflow, "w")]
    [InlineData("planner.task", """ "traceloop.span.kind":"task","traceloop.entity.name":"planner" """, HopKind.Stage, "planner")]
    [InlineData("ai.toolCall", """ "ai.operationId":"ai.toolCall" """, HopKind.Tool, "ai.toolCall")]
    [InlineData("ai.streamText", """ "ai.operationId":"ai.streamText" """, null, null)]
    [InlineData("ai.generateObject", """ "x":1 """, null, null)]
    public void Span_OfAFramework_IsNoUsageButMayBeAHop(string name, string attributes, HopKind? kind, string? hop)
    {
        var items = Read(TestSpan.Of(1, name, With("{" + attributes + "}", """
            "gen_ai.request.model":"gpt-5","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":10,"ai.usage.promptTokens":100,"llm.token_count.prompt":100
            """)));
        Assert.Equal(kind is null ? 0 : 1, items.Count);
        Assert.All(items, item => Assert.Equal(((object?)null, (object?)null, kind, hop), ((object?)item.Error, (object?)item.Event, (HopKind?)item.Hop!.Kind, item.Hop.Name)));
    }

    [Theory]
    [InlineData("planner", """{"x":1}""", 1, "planner")]
    [InlineData("Router", """{"x":1}""", 1, "Router")]
    [InlineData("planner", """{"x":1}""", 3, null)]
    [InlineData("GET /", """{"http.request.method":"GET"}""", 2, null)]
    [InlineData("anything", """{"hop.name":"serialise"}""", 2, "serialise")]
    public void Span_NamedAsAStage_IsAHop(string name, string attributes, int kind, string? hop)
    {
        var items = Read(TestSpan.Of(1, name, attributes, parent: 9) with { Kind = kind, StartMs = 5, EndMs = 17.25 });
        Assert.Equal(hop is null ? 0 : 1, items.Count);
        Assert.All(items, item => Assert.Equal((hop, HopKind.Stage, 12_250, TestSpan.Start.AddMilliseconds(5), "0000000000000009"),
            (item.Hop!.Name, item.Hop.Kind, item.Hop.DurationUs, item.Hop.StartedAt, item.Hop.ParentSpanId)));
    }

    [Fact]
    public void Span_InferenceWithHopName_IsBoth()
    {
        var item = Assert.Single(Read(TestSpan.Of(1, "chat", With(Chat, "\"hop.name\":\"planner\""))));
        Assert.NotNull(item.Event);
        Assert.Equal(("planner", HopKind.Stage), (item.Hop!.Name, item.Hop.Kind));
    }

    [Fact]
    public void Spans_NestedInferences_CountTheInnermostOnly()
    {
        var items = Read(
            TestSpan.Of(3, "chat", Chat, parent: 2), TestSpan.Of(4, "chat", Chat, parent: 2),
            TestSpan.Of(2, "anything", """{"x":1}""", parent: 1), TestSpan.Of(1, "chat", Chat), TestSpan.Of(5, "chat", Chat));
        Assert.Equal([3, 4, 5], items.Select(static item => Convert.ToInt32(item.Id![^2..], 16)));
    }

    [Fact]
    public void Spans_RetriedInsideAWrapper_CountEachTryOnce()
    {
        var failed = """{"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-5"}""";
        var wrapper = TestSpan.Of(1, "chat", Chat);
        var items = Read(TestSpan.Of(2, "chat", failed, parent: 1) with { StatusCode = 2 }, TestSpan.Of(3, "chat", Chat, parent: 1), wrapper);
        Assert.Equal([UsageStatus.Failure, UsageStatus.Success], items.Select(static item => item.Event!.Status));

        // Usage that only the wrapper knows is not lost.
        items = Read(TestSpan.Of(2, "chat", failed, parent: 1) with { StatusCode = 2 }, wrapper);
        Assert.Equal([0, 110], items.Select(static item => item.Event!.Tokens.Total));
    }

    [Fact]
    public void Spans_SameIdsInOtherTraces_AreOthers()
    {
        var other = TestSpan.Of(2, "chat", Chat, parent: 1) with { Trace = "11111111111111111111111111111111" };
        Assert.Equal(2, Read(TestSpan.Of(1, "chat", Chat), other).Count);
    }

    [Fact]
    public void Spans_InACycle_EndAndLoseNothing()
    {
        Assert.Single(Read(TestSpan.Of(1, "chat", Chat, parent: 1)));
        Assert.Empty(Read(TestSpan.Of(1, "x", """{"x":1}""", parent: 2), TestSpan.Of(2, "x", """{"x":1}""", parent: 1)));
    }

    [Fact]
    public void Spans_BelowAnAgent_BelongToItAndItsSession()
    {
        var items = Read(TestSpan.Of(3, "chat", Chat, parent: 2), TestSpan.Of(2, "x", """{"x":1}""", parent: 1),
            TestSpan.Of(1, "invoke_agent", """{"gen_ai.operation.name":"invoke_agent","gen_ai.agent.name":"planner","gen_ai.conversation.id":"s-9","user.id":"u-17"}"""));
        var usage = items[0].Event!;
        Assert.Equal(("planner", "s-9", "u-17"), (usage.Agent, usage.Session, usage.User));
    }

    [Theory]
    [InlineData("""{"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-5"}""", "has no token counts, so what it used is unknown")]
    [InlineData("""{"gen_ai.operation.name":"chat","gen_ai.usage.input_tokens":1}""", "gen_ai.response.model or gen_ai.request.model is required")]
    [InlineData("""{"gen_ai.request.model":"m","gen_ai.usage.input_tokens":-1}""", "gen_ai.usage.input_tokens is negative")]
    [InlineData("""{"gen_ai.request.model":"m","gen_ai.usage.input_tokens":"many"}""", "gen_ai.usage.input_tokens is not a count")]
    [InlineData("""{"gen_ai.request.model":"m","gen_ai.usage.input_tokens":1.5}""", "gen_ai.usage.input_tokens is not a whole number")]
    [InlineData("""{"gen_ai.request.model":"m","gen_ai.usage.input_tokens":1000000000001}""", "gen_ai.usage.input_tokens is more than 1000000000000")]
    [InlineData("""{"gen_ai.request.model":"m\u0000","gen_ai.usage.input_tokens":1}""", "gen_ai.request.model contains characters that are not text")]
    [InlineData("""{"gen_ai.request.model":"m","gen_ai.usage.input_tokens":1,"gen_ai.usage.cost":-1}""", "gen_ai.usage.cost is not an amount of money in USD")]
    [InlineData("""{"gen_ai.request.model":"m","gen_ai.usage.input_tokens":1,"gen_ai.response.time_to_first_chunk":"soon"}""", "gen_ai.response.time_to_first_chunk is not a number")]
    [InlineData("""{"langfuse.observation.type":"generation","langfuse.observation.model.name":"m","langfuse.observation.usage_details":"[1]"}""", "langfuse.observation.usage_details is not a JSON object")]
    [InlineData("""{"langfuse.observation.type":"generation","langfuse.observation.model.name":"m","langfuse.observation.usage_details":"{"}""", "langfuse.observation.usage_details is not a JSON object")]
    public void Span_Invalid_IsRefusedWithTheReason(string attributes, string error)
    {
        foreach (var format in new[] { UsageFormat.OtlpJson, UsageFormat.OtlpProtobuf })
        {
            var item = Assert.Single(Read(format, "acme", null, TestSpan.Of(1, "chat", attributes)));
            Assert.Equal((error, "acme", "5b8efff798038103d269b633813fc60c:0000000000000001"), (item.Error, item.Tenant, item.Id));
            Assert.Contains("0000000000000001", item.Payload, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("traceId", "\"00000000000000000000000000000000\"", "traceId is not")]
    [InlineData("traceId", "\"xyz\"", "traceId is not")]
    [InlineData("traceId", null, "traceId is not")]
    [InlineData("spanId", "\"0000000000000000\"", "spanId is not")]
    [InlineData("startTimeUnixNano", "\"0\"", "startTimeUnixNano is required")]
    [InlineData("startTimeUnixNano", "\"18446744073709551615\"", "startTimeUnixNano is more than 10 minutes in the future")]
    [InlineData("startTimeUnixNano", "\"1\"", "startTimeUnixNano is before the year 2000")]
    [InlineData("endTimeUnixNano", "1", "endTimeUnixNano is before startTimeUnixNano")]
    public void Span_WithoutIdentityOrTime_IsRefused(string field, string? value, string error)
    {
        var body = TestSpan.Json("acme", TestSpan.Of(1, "chat", Chat));
        var span = body["resourceSpans"]![0]!["scopeSpans"]![0]!["spans"]![0]!.AsObject();
        if (value is null) span.Remove(field);
        else span[field] = System.Text.Json.Nodes.JsonNode.Parse(value);
        var read = BodyReader.Read(UsageFormat.OtlpJson, Encoding.UTF8.GetBytes(body.ToJsonString()), null, ConsoleApp.Now);
        Assert.StartsWith(error, Assert.Single(read.Value!).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-5", "openai")]
    [InlineData("claude-sonnet-4-5", "anthropic")]
    [InlineData("google/gemini-2.5-pro", "google")]
    [InlineData("llama-9", "")]
    public void Span_WithoutProvider_TakesTheModelsMaker(string model, string provider) =>
        Assert.Equal(provider, ReadEvent($$"""{"gen_ai.request.model":"{{model}}","gen_ai.usage.input_tokens":1}""").Provider);
}
