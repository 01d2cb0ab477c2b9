using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>LiteLLM's callbacks as its proxy sends them, over HTTP and read back.</summary>
public sealed class LiteLlmIngestTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _org = $"org-{Guid.NewGuid():N}";

    private JsonObject Payload(string id, Action<JsonObject>? change = null)
    {
        var payload = JsonNode.Parse(Success)!.AsObject();
        payload["id"] = id;
        payload["metadata"]!["user_api_key_org_id"] = _org;
        change?.Invoke(payload);
        return payload;
    }

    private Task<Answer> SendAsync(params JsonNode[] payloads) => shared.Client.SendAsync("/api/v1/ingest/litellm", Json.Body(Json.Array(payloads).ToJsonString()));

    private async Task<JsonElement> SendAndFindAsync(JsonObject payload, string? tenant = null)
    {
        var answer = await SendAsync(payload);
        Assert.True(answer.Accepted == 1, answer.Rejected.FirstOrDefault()?.Error);
        return await shared.Client.GetJsonAsync($"/api/v1/requests/{tenant ?? _org}/{payload["id"]}");
    }

    [Fact]
    public async Task Success_OfAnthropicWithCache_IsDisjointAndPriced()
    {
        var request = await SendAndFindAsync(Payload("chatcmpl-1"));
        var tokens = request.GetProperty("tokens");
        Assert.Equal((100, 13000, 400, 0, 250), (Count(tokens, "input"), Count(tokens, "cacheRead"), Count(tokens, "cacheWrite5m"), Count(tokens, "cacheWrite1h"), Count(tokens, "output")));
        Assert.Equal(13750, Count(tokens, "total"));
        Assert.Equal(("litellm", "anthropic", "claude-sonnet-4-5", "sonnet", "chat", "success"),
            (Text(request, "source"), Text(request, "provider"), Text(request, "model"), Text(request, "requestedModel"), Text(request, "operation"), Text(request, "status")));
        Assert.Equal(("u-17", "vk-prod", "search", "s-9"), (Text(request, "user"), Text(request, "key"), Text(request, "team"), Text(request, "session")));
        Assert.Equal((1900, 400, true), (request.GetProperty("latencyMs").GetInt32(), request.GetProperty("ttftMs").GetInt32(), request.GetProperty("stream").GetBoolean()));
        Assert.Equal("2026-11-20T17:30:00.1+00:00", Text(request, "occurredAt"));
        Assert.Equal("0.00945", Text(request, "cost"));
        Assert.Equal("0.00945", Text(request, "costReported"));
        Assert.Empty(request.GetProperty("receipt").GetProperty("conflicts").EnumerateArray());
        Assert.Equal(13500, request.GetProperty("rawUsage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal("prod", Text(request.GetProperty("tags"), "env"));
    }

    [Theory]
    [InlineData("1795195800.1", "1795195802")]
    [InlineData("\"1795195800.1\"", "\"1795195802.0\"")]
    [InlineData("\"2026-11-20T17:30:00.100000\"", "\"2026-11-20T17:30:02\"")]
    [InlineData("\"2026-11-20 17:30:00.100000+00:00\"", "\"2026-11-20 17:30:02+00:00\"")]
    [InlineData("\"2026-11-20T17:30:00.1Z\"", "\"2026-11-20T17:30:02Z\"")]
    public async Task Times_AsSecondsOrIso_AreThatInstant(string start, string end)
    {
        var request = await SendAndFindAsync(Payload("chatcmpl-t", payload =>
        {
            payload["startTime"] = JsonNode.Parse(start);
            payload["endTime"] = JsonNode.Parse(end);
        }));
        Assert.Equal(("2026-11-20T17:30:00.1+00:00", 1900), (Text(request, "occurredAt"), request.GetProperty("latencyMs").GetInt32()));
    }

    [Fact]
    public async Task Failure_WithoutUsage_IsKeptWithItsReason()
    {
        var request = await SendAndFindAsync(Payload("fail-1", payload =>
        {
            payload["status"] = "failure";
            payload["error_str"] = "litellm.RateLimitError: too many";
            payload["error_information"] = JsonNode.Parse("""{"error_code":"429","error_class":"RateLimitError","llm_provider":"anthropic","traceback":"...","error_message":"too many"}""");
            payload["response_cost"] = 0;
            payload["prompt_tokens"] = 0;
            payload["completion_tokens"] = 0;
            payload["metadata"]!["usage_object"] = null;
        }));
        Assert.Equal(("failure", 429, "too many", "0"), (Text(request, "status"), request.GetProperty("httpStatus").GetInt32(), Text(request, "error"), Text(request, "cost")));
        Assert.Equal(0, Count(request.GetProperty("tokens"), "total"));
    }

    [Fact]
    public async Task CacheHit_UsedNothing()
    {
        var request = await SendAndFindAsync(Payload("hit-1", payload =>
        {
            payload["cache_hit"] = true;
            payload["response_cost"] = 0;
        }));
        Assert.Equal(0, Count(request.GetProperty("tokens"), "total"));
        Assert.Equal("0", Text(request, "cost"));
    }

    [Fact]
    public async Task WithoutUsageObject_TheTotalsAreRead()
    {
        var request = await SendAndFindAsync(Payload("totals-1", payload =>
        {
            payload["metadata"]!.AsObject().Remove("usage_object");
            payload["prompt_tokens"] = 1200;
            payload["completion_tokens"] = 90;
        }));
        Assert.Equal((1200, 90), (Count(request.GetProperty("tokens"), "input"), Count(request.GetProperty("tokens"), "output")));
    }

    [Fact]
    public async Task Tenant_IsTheOrganisationElseTheTeamElseUnassigned()
    {
        var team = $"team-{Guid.NewGuid():N}";
        Assert.Equal(team, Text(await SendAndFindAsync(Payload("x", payload =>
        {
            payload["metadata"]!["user_api_key_org_id"] = null;
            payload["metadata"]!["user_api_key_team_id"] = team;
        }), team), "tenant"));
        var id = $"bare-{Guid.NewGuid():N}";
        var bare = await SendAndFindAsync(Payload(id, payload => payload.Remove("metadata")), "unassigned");
        Assert.Equal(JsonValueKind.Null, bare.GetProperty("key").ValueKind);
    }

    [Fact]
    public async Task Prefix_OfTheProviderBeforeTheModel_IsLeftOut() =>
        Assert.Equal("claude-sonnet-4-5", Text(await SendAndFindAsync(Payload("p", payload => payload["model"] = "anthropic/claude-sonnet-4-5")), "model"));

    [Theory]
    [InlineData("id", null, "required")]
    [InlineData("startTime", null, "startTime is required")]
    [InlineData("startTime", "\"soon\"", "startTime is neither seconds since 1970 nor an ISO 8601 time")]
    [InlineData("startTime", "\"\\ud800\"", "startTime is neither seconds since 1970 nor an ISO 8601 time")]
    [InlineData("startTime", "1e300", "startTime is neither seconds since 1970 nor an ISO 8601 time")]
    [InlineData("startTime", "1795195800000", "startTime is neither seconds since 1970 nor an ISO 8601 time")]
    [InlineData("startTime", "1795199000", "startTime is more than 10 minutes in the future")]
    [InlineData("startTime", "0", "startTime is before the year 2000")]
    [InlineData("status", "\"odd\"", "status is neither success nor failure")]
    [InlineData("model", "null", "model is required")]
    [InlineData("response_cost", "-1", "response_cost is not an amount of money in USD")]
    public async Task Payload_Bad_IsRejectedAlone(string name, string? json, string error)
    {
        var bad = Payload("bad", payload => { payload.Remove("call_id"); payload.Remove("trace_id"); payload.Remove("endTime"); payload.Remove("completionStartTime"); });
        var text = Payload("good").ToJsonString();
        bad.Remove(name);
        var item = json is null ? bad.ToJsonString() : $"{bad.ToJsonString()[..^1]},\"{name}\":{json}}}";
        var answer = await shared.Client.SendAsync("/api/v1/ingest/litellm", Json.Body($"{text}\n{item}", "application/x-ndjson"));
        Assert.Equal(1, answer.Accepted);
        Assert.Contains(error, Assert.Single(answer.Rejected).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SameId_IsADuplicateOfItsSourceOnly()
    {
        await SendAsync(Payload("same"));
        Assert.Equal(1, (await SendAsync(Payload("same", payload => payload["model"] = "other"))).Duplicates);
        Assert.Equal(1, (await shared.Client.SendUsageAsync(Json.Event("same", _org))).Accepted);
    }

    [Fact]
    public async Task Usage_ThatContradictsItself_IsTakenAndFlagged()
    {
        var answer = await SendAsync(Payload("odd-1", payload => payload["metadata"]!["usage_object"] = JsonNode.Parse("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":100}}""")));
        Assert.Equal(1, answer.Accepted);
        var request = await shared.Client.GetJsonAsync($"/api/v1/requests/{_org}/odd-1");
        Assert.Contains("cache_exceeds_input", request.GetProperty("receipt").GetProperty("conflicts").EnumerateArray().Select(code => code.GetString()));
    }

    private static long Count(JsonElement tokens, string bucket) => tokens.GetProperty(bucket).GetInt64();

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private const string Success = """
        { "id":"", "trace_id":"trace-1", "call_id":"call-1", "call_type":"acompletion", "stream":true, "response_cost":0.00945,
          "cost_breakdown":{"input_cost":0.0057,"output_cost":0.00375,"total_cost":0.00945,"tool_usage_cost":0.0},
          "response_cost_failure_debug_info":null, "status":"success", "status_fields":{"llm_api_status":"success","guardrail_status":"not_run"},
          "custom_llm_provider":"anthropic", "total_tokens":13750, "prompt_tokens":13500, "completion_tokens":250,
          "startTime":1795195800.1, "endTime":1795195802.0, "completionStartTime":1795195800.5, "response_time":1.9,
          "model_map_information":{"model_map_key":"claude-sonnet-4-5","model_map_value":{"max_tokens":64000,"mode":"chat","litellm_provider":"anthropic"}},
          "model":"claude-sonnet-4-5", "model_id":"0a1b2c", "model_group":"sonnet", "api_base":"https://api.anthropic.com/v1/messages",
          "metadata":{ "user_api_key_hash":"88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b", "user_api_key_alias":"vk-prod",
            "user_api_key_org_id":null, "user_api_key_team_id":"t-1", "user_api_key_team_alias":"search", "user_api_key_user_id":"member-1", "user_api_key_user_email":"a@example.test",
            "user_api_key_end_user_id":null, "spend_logs_metadata":null, "requester_ip_address":"10.0.0.1", "requester_metadata":{}, "prompt_management_metadata":null,
            "mcp_tool_call_metadata":null, "applied_guardrails":[], "attempted_fallbacks":0,
            "usage_object":{ "completion_tokens":250, "prompt_tokens":13500, "total_tokens":13750,
              "completion_tokens_details":null,
              "prompt_tokens_details":{"audio_tokens":null,"cached_tokens":13000,"text_tokens":null,"image_tokens":null,"cache_creation_tokens":400},
              "cache_creation_input_tokens":400, "cache_read_input_tokens":13000 } },
          "cache_hit":false, "cache_key":null, "saved_cache_cost":0.0, "request_tags":["env:prod","User-Agent: openai"], "end_user":"u-17", "session_id":"s-9",
          "requester_ip_address":"10.0.0.1", "messages":[{"role":"user","content":"hello \ud83d\ude00"}], "response":{"id":"x","choices":[]}, "error_str":null,
          "error_information":{"error_code":"","error_class":"","llm_provider":"","traceback":"","error_message":""},
          "model_parameters":{"max_tokens":1024,"stream":true},
          "hidden_params":{"model_id":"0a1b2c","cache_key":null,"api_base":"https://api.anthropic.com","response_cost":0.00945,"litellm_overhead_time_ms":3.1,"additional_headers":{"x_ratelimit_remaining_requests":99},"batch_models":null,"litellm_model_name":"anthropic/claude-sonnet-4-5","usage_object":null},
          "guardrail_information":null, "standard_built_in_tools_params":{"web_search_options":null,"file_search":null} }
        """;
}
