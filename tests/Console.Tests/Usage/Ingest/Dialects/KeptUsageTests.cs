using System.Text.Json;
using AgentConsole.Usage.Ingest;
using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Tests.Usage.Ingest.Dialects;

/// <summary>Raw usage is evidence of counts. A whole response body may be sent in its place, and then nothing that a model wrote may stay.</summary>
public sealed class KeptUsageTests
{
    private const string Secret = "sesame";

    public static TheoryData<string, string, string, int> Bodies => new()
    {
        { "openai", "chat", """{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-5","service_tier":"default","choices":[{"index":0,"message":{"role":"assistant","content":"sesame","tool_calls":[{"function":{"name":"sesame","arguments":"sesame"}}]},"logprobs":{"content":[{"token":"sesame","bytes":[115,101]}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":0}}}""", 12 },
        { "openai", "responses", """{"id":"resp_1","object":"response","status":"completed","instructions":"sesame","model":"gpt-5","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"sesame"}]},{"type":"web_search_call","action":{"query":"sesame"}}],"metadata":{"note":"sesame"},"usage":{"input_tokens":7,"input_tokens_details":{"cached_tokens":0},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":12}}""", 12 },
        { "openai", "responses event", """{"type":"response.completed","response":{"id":"resp_1","output":[{"content":[{"text":"sesame"}]}],"usage":{"input_tokens":7,"output_tokens":5,"total_tokens":12}}}""", 12 },
        { "openai", "embeddings", """{"object":"list","data":[{"object":"embedding","embedding":[0.12345,0.2],"index":0}],"model":"text-embedding-3-small","usage":{"prompt_tokens":12,"total_tokens":12}}""", 12 },
        { "anthropic", "message", """{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"sesame"},{"type":"tool_use","name":"sesame","input":{"q":"sesame"}}],"stop_reason":"end_turn","stop_sequence":"sesame seeds","usage":{"input_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":5,"service_tier":"standard"}}""", 12 },
        { "anthropic", "start event", """{"type":"message_start","message":{"id":"msg_1","content":[{"text":"sesame"}],"usage":{"input_tokens":7,"output_tokens":5}}}""", 12 },
        { "google", "gemini", """{"candidates":[{"content":{"parts":[{"text":"sesame"}],"role":"model"},"groundingMetadata":{"webSearchQueries":["sesame"]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":5,"totalTokenCount":12,"promptTokensDetails":[{"modality":"TEXT","tokenCount":7}]},"modelVersion":"gemini-2.5-pro","responseId":"r1"}""", 12 },
        { "aws", "bedrock converse", """{"output":{"message":{"role":"assistant","content":[{"text":"sesame"}]}},"stopReason":"end_turn","usage":{"inputTokens":7,"outputTokens":5,"totalTokens":12},"metrics":{"latencyMs":5},"trace":{"guardrail":{"modelOutput":["sesame"]}}}""", 12 },
        { "openai", "usage with more", """{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12,"content":"sesame","note":"sesame","text":["sesame"],"ids":[115,101],"deep":{"er":{"text":"sesame"}}}""", 12 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Body_IsKeptWithoutItsTexts_AndCountsTheSame(string provider, string of, string json, int tokens)
    {
        Assert.NotEmpty(of);
        using var raw = JsonDocument.Parse(json);
        var kept = Assert.IsType<string>(KeptUsage.Without(raw.RootElement));
        Assert.DoesNotContain(Secret, kept, StringComparison.Ordinal);
        Assert.DoesNotContain("115", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("0.12345", kept, StringComparison.Ordinal);
        using var again = JsonDocument.Parse(kept);
        var (before, after) = (RawUsage.Read(raw.RootElement, null, provider), RawUsage.Read(again.RootElement, null, provider));
        Assert.Equal((tokens, before.Tokens), ((int)after.Tokens.Total, after.Tokens));
        Assert.Null(KeptUsage.Without(again.RootElement) is { } second && second != kept ? second : null);
    }

    [Fact]
    public void Body_KeepsItsIdsAndNames()
    {
        using var raw = JsonDocument.Parse("""{"id":"msg_1","type":"message","model":"claude-sonnet-4-5","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":5}}""");
        Assert.Equal("""{"id":"msg_1","type":"message","model":"claude-sonnet-4-5","stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":5}}""", KeptUsage.Without(raw.RootElement));
    }

    /// <summary>As senders are told to send it: kept byte by byte.</summary>
    [Theory]
    [InlineData("""{"prompt_tokens": 7, "completion_tokens":5,"cost":"0.0012","prompt_tokens_details":{"cached_tokens":0},"is_byok":false}""")]
    [InlineData("""{"promptTokenCount":7,"promptTokensDetails":[{"modality":"TEXT","tokenCount":7}],"trafficType":"ON_DEMAND"}""")]
    [InlineData("""{"input_tokens":7,"output_tokens":5,"service_tier":"standard","inference_geo":"us","server_tool_use":{"web_search_requests":1}}""")]
    public void UsageObject_Alone_IsKeptAsItCame(string json)
    {
        using var raw = JsonDocument.Parse(json);
        Assert.Null(KeptUsage.Without(raw.RootElement));
    }

    [Theory]
    [InlineData("""{"id":"a","model":7,"messages":[{"role":"user","content":"sesame"}],"status":"odd"}""")]
    [InlineData("""{"id":"a","input":"sesame","output":{"text":"sesame"},"prompt":"sesame","status":"odd"}""")]
    [InlineData("""{"id":"a","response":{"choices":[{"message":{"content":"sesame"}}]},"completion":"sesame","status":"odd"}""")]
    [InlineData("""{"id":"a","rawUsage":{"choices":[{"text":"sesame"}],"usage":{"prompt_tokens":-1}},"status":"odd"}""")]
    [InlineData("""{"id":"a","note":"sesame","deep":{"note":["sesame"]},"status":"odd"}""")]
    [InlineData("""{"id":"a","attributes":{"gen_ai.input.messages":"sesame"},"status":"odd"}""")]
    [InlineData("""{"id":"a","metadata":{"requester_metadata":{"question":"sesame"},"mcp_tool_call_metadata":{"name":"x","arguments":{"q":"sesame"},"result":"sesame"}},"status":"odd"}""")]
    [InlineData("""{"id":"a","user":"\ud800","messages":"sesame","\ud800":"sesame","status":"odd"}""")]
    public void RefusedItem_IsKeptWithoutItsTexts(string json)
    {
        using var item = JsonDocument.Parse(json);
        var kept = System.Text.Encoding.UTF8.GetString(WithoutTexts.Of(item.RootElement));
        Assert.DoesNotContain(Secret, kept, StringComparison.Ordinal);
        using var again = JsonDocument.Parse(kept);
        Assert.Equal(("a", "odd"), (again.RootElement.GetProperty("id").GetString(), again.RootElement.GetProperty("status").GetString()));
        Assert.Contains("left out", kept, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusedItem_KeepsWhatItsSenderMustMend()
    {
        const string json = """{"id":"a","tenant":"acme","occurredAt":"yesterday","provider":"openai","model":"gpt-5","prompt":{"name":"triage","version":"12"},"tags":{"env":"prod"},"usage":{"input":-3},"attempts":[{"provider":"azure","status":"failure","reason":"rate_limited"}]}""";
        using var item = JsonDocument.Parse(json);
        Assert.Equal(json, System.Text.Encoding.UTF8.GetString(WithoutTexts.Of(item.RootElement)));
    }
}
