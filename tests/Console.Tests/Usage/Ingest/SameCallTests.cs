using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Ingest.Otlp;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>One call, told by every source there is, is the same tokens and the same money.</summary>
public sealed class SameCallTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly string[] Buckets = ["input", "cacheRead", "cacheWrite5m", "output", "reasoning"];

    private readonly string _tenant = $"t-{Guid.NewGuid():N}";
    private int _next;

    /// <summary>Provider, model, then fresh input, cache read, cache write, output, reasoning.</summary>
    public static TheoryData<string, string, long[], string> Calls => new()
    {
        { "anthropic", "claude-sonnet-4-5", [3, 13216, 25, 120, 0], "0.00586755" },
        { "anthropic", "claude-sonnet-4-5", [300_000, 20_000, 1_000, 500, 0], "1.83075" },
        { "openai", "gpt-5", [1000, 24_000, 0, 90, 410], "0.00925" },
        { "openai", "gpt-5.6-luna", [280_000, 1_000, 27, 10, 5], "0.1120805" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_FromEverySource_HasTheSameBucketsAndCost(string provider, string model, long[] counts, string cost)
    {
        var call = new Call(provider, model, counts[0], counts[1], counts[2], counts[3], counts[4]);
        var requests = new List<(string Source, JsonElement Request)>
        {
            ("native", await NativeAsync(call, "usage", call.Native())),
            ("raw chat", await NativeAsync(call, "rawUsage", call.OpenAiChat())),
            ("raw responses", await NativeAsync(call, "rawUsage", call.OpenAiResponses())),
            ("raw anthropic", await NativeAsync(call, "rawUsage", call.Anthropic())),
            ("litellm", await LiteLlmAsync(call)),
            ("otlp json", await OtlpAsync(call, protobuf: false)),
            ("otlp protobuf", await OtlpAsync(call, protobuf: true)),
            ("openrouter", await OpenRouterAsync(call)),
        };
        foreach (var (source, request) in requests)
        {
            var tokens = request.GetProperty("tokens");
            Assert.True(cost == request.GetProperty("cost").GetString(), $"{source}: {request.GetProperty("cost")}");
            // Anthropic tells no reasoning apart from the output.
            var expected = source == "raw anthropic" ? [.. counts[..3], counts[3] + counts[4], 0] : counts;
            Assert.Equal((source, string.Join(' ', expected)), (source, string.Join(' ', Buckets.Select(bucket => tokens.GetProperty(bucket).GetInt64()))));
            Assert.Equal((source, counts.Sum()), (source, tokens.GetProperty("total").GetInt64()));
            Assert.Equal(0, request.GetProperty("receipt").GetProperty("conflicts").GetArrayLength());
        }
    }

    private async Task<JsonElement> NativeAsync(Call call, string field, JsonObject usage)
    {
        var id = $"n-{++_next}";
        await shared.Client.SendUsageAsync(Json.Event(id, _tenant, item =>
        {
            (item["provider"], item["model"]) = (call.Provider, call.Model);
            item.Remove("usage");
            item[field] = usage;
        }));
        return await FindAsync(id);
    }

    private async Task<JsonElement> LiteLlmAsync(Call call)
    {
        var id = $"l-{++_next}";
        var usage = call.OpenAiChat();
        var payload = new JsonObject
        {
            ["id"] = id,
            ["call_type"] = "acompletion",
            ["status"] = "success",
            ["custom_llm_provider"] = call.Provider,
            ["model"] = call.Model,
            ["startTime"] = "2026-11-20T17:30:00Z",
            ["endTime"] = "2026-11-20T17:30:01Z",
            ["prompt_tokens"] = call.InputTotal,
            ["completion_tokens"] = call.OutputTotal,
            ["metadata"] = new JsonObject { ["user_api_key_org_id"] = _tenant, ["usage_object"] = usage },
        };
        Assert.Equal(1, (await shared.Client.SendAsync("/api/v1/ingest/litellm", Json.Body(payload.ToJsonString()))).Accepted);
        return await FindAsync(id);
    }

    private async Task<JsonElement> OtlpAsync(Call call, bool protobuf)
    {
        var span = new TestSpan(++_next, 0, "chat", new JsonObject
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.provider.name"] = call.Provider,
            ["gen_ai.request.model"] = call.Model,
            ["gen_ai.usage.input_tokens"] = call.InputTotal,
            ["gen_ai.usage.cache_read.input_tokens"] = call.Read,
            ["gen_ai.usage.cache_creation.input_tokens"] = call.Write,
            ["gen_ai.usage.output_tokens"] = call.OutputTotal,
            ["gen_ai.usage.reasoning.output_tokens"] = call.Reasoning,
        });
        HttpContent body = protobuf ? new ByteArrayContent(TestSpan.Protobuf(_tenant, span)) : Json.Body(TestSpan.Json(_tenant, span).ToJsonString());
        if (protobuf) body.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        (await shared.Client.PostAsync("/v1/traces", body)).EnsureSuccessStatusCode();
        return await FindAsync(span.EventId);
    }

    private async Task<JsonElement> OpenRouterAsync(Call call)
    {
        var span = new TestSpan(++_next, 0, "chat", new JsonObject
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.provider.name"] = call.Provider,
            ["gen_ai.response.model"] = $"{call.Provider}/{call.Model}",
            ["gen_ai.usage.input_tokens"] = $"{call.InputTotal}",
            ["gen_ai.usage.input_tokens.cached"] = $"{call.Read}",
            ["gen_ai.usage.input_tokens.cache_write"] = $"{call.Write}",
            ["gen_ai.usage.output_tokens"] = $"{call.OutputTotal}",
            ["gen_ai.usage.output_tokens.reasoning"] = $"{call.Reasoning}",
        });
        Assert.Equal(1, (await shared.Client.SendAsync("/api/v1/ingest/openrouter", Json.Body(TestSpan.Json(_tenant, span).ToJsonString()))).Accepted);
        return await FindAsync(span.EventId);
    }

    private Task<JsonElement> FindAsync(string id) => shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/{id}");

    private sealed record Call(string Provider, string Model, long Fresh, long Read, long Write, long Output, long Reasoning)
    {
        public long InputTotal => Fresh + Read + Write;

        public long OutputTotal => Output + Reasoning;

        public JsonObject Native() => new() { ["input"] = Fresh, ["cacheRead"] = Read, ["cacheWrite5m"] = Write, ["output"] = Output, ["reasoning"] = Reasoning };

        public JsonObject OpenAiChat() => new()
        {
            ["prompt_tokens"] = InputTotal,
            ["completion_tokens"] = OutputTotal,
            ["total_tokens"] = InputTotal + OutputTotal,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Read, ["cache_creation_tokens"] = Write },
            ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Reasoning },
        };

        public JsonObject OpenAiResponses() => new()
        {
            ["input_tokens"] = InputTotal,
            ["output_tokens"] = OutputTotal,
            ["total_tokens"] = InputTotal + OutputTotal,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = Read, ["cache_write_tokens"] = Write },
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Reasoning },
        };

        public JsonObject Anthropic() => new() { ["input_tokens"] = Fresh, ["cache_read_input_tokens"] = Read, ["cache_creation_input_tokens"] = Write, ["output_tokens"] = OutputTotal };
    }
}
