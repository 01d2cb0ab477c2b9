using System.Text.Json;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest.Dialects;

namespace AgentConsole.Tests.Usage.Ingest.Dialects;

public sealed class RawUsageTests
{
    public static TheoryData<string, string, string, TokenCounts> Bodies => new()
    {
        { "openai", "openai-chat", """{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":30,"audio_tokens":10},"completion_tokens_details":{"reasoning_tokens":20,"audio_tokens":5}}""",
            new() { Input = 60, CacheRead = 30, AudioInput = 10, Output = 25, Reasoning = 20, AudioOutput = 5 } },
        { "openai", "openai-responses", """{"input_tokens":115,"input_tokens_details":{"cache_write_tokens":27,"cached_tokens":10},"output_tokens":14,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":129}""",
            new() { Input = 78, CacheRead = 10, CacheWrite5m = 27, Output = 10, Reasoning = 4 } },
        { "openai", "openai-embeddings", """{"prompt_tokens":4,"total_tokens":4}""", new() { Input = 4 } },
        { "openai", "openai-responses", """{"input_tokens":100,"output_tokens":40,"total_tokens":140,"input_token_details":{"cached_tokens":60,"audio_tokens":50,"cached_tokens_details":{"audio_tokens":20}},"output_token_details":{"audio_tokens":30}}""",
            new() { Input = 10, CacheRead = 40, AudioCacheRead = 20, AudioInput = 30, Output = 10, AudioOutput = 30 } },
        { "azure", "openai-chat", """{"id":"x","service_tier":"default","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}""", new() { Input = 10, Output = 5 } },
        { "azure", "anthropic", """{"input_tokens":6,"cache_read_input_tokens":20,"output_tokens":9}""", new() { Input = 6, CacheRead = 20, Output = 9 } },
        { "anthropic", "anthropic", """{"input_tokens":3,"cache_creation_input_tokens":25,"cache_read_input_tokens":13216,"output_tokens":120}""",
            new() { Input = 3, CacheWrite5m = 25, CacheRead = 13216, Output = 120 } },
        { "anthropic", "anthropic", """{"input_tokens":3,"cache_creation_input_tokens":25,"cache_creation":{"ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":20},"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}""",
            new() { Input = 3, CacheWrite5m = 5, CacheWrite1h = 20, Output = 5, Reasoning = 4 } },
        { "aws.bedrock", "bedrock", """{"inputTokens":3,"outputTokens":227,"totalTokens":1952,"cacheReadInputTokens":10,"cacheWriteInputTokens":1712,"cacheDetails":[{"inputTokens":1700,"ttl":"1h"},{"inputTokens":12,"ttl":"5m"}]}""",
            new() { Input = 3, CacheRead = 10, CacheWrite5m = 12, CacheWrite1h = 1700, Output = 227 } },
        { "gcp.vertex_ai", "google", """{"promptTokenCount":257,"candidatesTokenCount":170,"thoughtsTokenCount":773,"toolUsePromptTokenCount":1732,"cachedContentTokenCount":100,"totalTokenCount":2932,"promptTokensDetails":[{"modality":"TEXT","tokenCount":157},{"modality":"AUDIO","tokenCount":60},{"modality":"IMAGE","tokenCount":40}],"cacheTokensDetails":[{"modality":"AUDIO","tokenCount":50},{"modality":"TEXT","tokenCount":50}]}""",
            new() { Input = 257 + 1732 - 100 - 10 - 40, CacheRead = 50, AudioCacheRead = 50, AudioInput = 10, ImageInput = 40, Output = 170, Reasoning = 773 } },
        { "google", "google", """{"modelVersion":"gemini","usageMetadata":{"promptTokenCount":5,"totalTokenCount":5}}""", new() { Input = 5 } },
        { "google", "google", """{"prompt_token_count":5,"candidates_token_count":2,"total_token_count":7,"thoughts_token_count":null}""", new() { Input = 5, Output = 2 } },
        { "x_ai", "openai-chat", """{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"prompt_tokens_details":{"cached_tokens":6,"text_tokens":32},"completion_tokens_details":{"reasoning_tokens":94}}""",
            new() { Input = 26, CacheRead = 6, Output = 9, Reasoning = 94 } },
        { "deepseek", "openai-chat", """{"prompt_tokens":563,"completion_tokens":116,"total_tokens":679,"prompt_cache_hit_tokens":512,"prompt_cache_miss_tokens":51,"completion_tokens_details":{"reasoning_tokens":60}}""",
            new() { Input = 51, CacheRead = 512, Output = 56, Reasoning = 60 } },
        { "mistral", "openai-chat", """{"prompt_tokens":268,"completion_tokens":5,"total_tokens":273,"num_cached_tokens":200,"prompt_tokens_details":{"cached_tokens":224}}""", new() { Input = 44, CacheRead = 224, Output = 5 } },
        { "groq", "openai-chat", """{"completion_time":0.5,"prompt_tokens":336,"completion_tokens":96,"total_tokens":432,"prompt_tokens_details":{"cached_tokens":256}}""", new() { Input = 80, CacheRead = 256, Output = 96 } },
        { "openrouter", "openai-chat", """{"prompt_tokens":3329,"completion_tokens":53,"total_tokens":3382,"cost":0.002,"prompt_tokens_details":{"cache_write_tokens":115,"cached_tokens":3211,"video_tokens":1}}""",
            new() { Input = 2, CacheRead = 3211, CacheWrite5m = 115, VideoInput = 1, Output = 53 } },
        { "openrouter", "openrouter-generation", """{"data":{"native_tokens_prompt":"30","native_tokens_completion":9,"native_tokens_cached":20,"native_tokens_reasoning":4,"usage":0.1}}""",
            new() { Input = 10, CacheRead = 20, Output = 5, Reasoning = 4 } },
        { "anthropic", "openai-chat", """{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30}""",
            new() { Input = 10, CacheRead = 60, CacheWrite5m = 30, Output = 5 } },
        { "moonshot", "openai-chat", """{"prompt_tokens":100,"completion_tokens":5,"cached_tokens":60}""", new() { Input = 40, CacheRead = 60, Output = 5 } },
        { "cohere", "cohere", """{"billed_units":{"input_tokens":45,"output_tokens":29},"tokens":{"input_tokens":1469,"output_tokens":42}}""", new() { Input = 45, Output = 29 } },
        { "openai", "openai-responses", """{"type":"response.completed","response":{"usage":{"input_tokens":"7","output_tokens":"2","total_tokens":"9"}}}""", new() { Input = 7, Output = 2 } },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Read_OfAProvidersBody_MakesDisjointBuckets(string provider, string dialect, string body, TokenCounts expected)
    {
        var reading = Read(body, null, provider);

        Assert.Null(reading.Error);
        Assert.Equal(expected, reading.Tokens);
        Assert.Equal(dialect, reading.Dialect);
        Assert.Empty(reading.Conflicts);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":30}}""", "cache_exceeds_input", 45)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"audio_tokens":11}}""", "details_exceed_input", 26)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":6}}""", "reasoning_exceeds_output", 21)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"audio_tokens":6}}""", "details_exceed_output", 21)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":16}""", "total_mismatch", 15)]
    [InlineData("""{"completion_tokens":5}""", "input_missing", 5)]
    [InlineData("""{"input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":10,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4}}""", "cache_write_mismatch", 12)]
    [InlineData("""{"input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4}}""", "cache_write_mismatch", 9)]
    [InlineData("""{"promptTokenCount":10,"cachedContentTokenCount":3,"cacheTokensDetails":[{"modality":"AUDIO","tokenCount":4}],"promptTokensDetails":[{"modality":"AUDIO","tokenCount":5}]}""", "cached_audio_exceeds", 10)]
    [InlineData("""{"input_tokens":1,"output_tokens":1,"cache_read_input_tokens":1,"iterations":[{"type":"advisor_message","model":"other"}]}""", "other_model_used", 3)]
    public void Read_OfAContradiction_RaisesItAndKeepsEveryToken(string body, string conflict, long total)
    {
        var reading = Read(body, null, "openai");

        Assert.Null(reading.Error);
        Assert.Contains(conflict, reading.Conflicts);
        Assert.Equal(total, reading.Tokens.Total);
        Assert.All(TokenCounts.Buckets, bucket => Assert.True(reading.Tokens[bucket] >= 0));
    }

    [Theory]
    [InlineData("openai-responses", """{"input_tokens":6,"cache_read_input_tokens":20,"output_tokens":9}""", "cache_unread", 15)]
    [InlineData("anthropic", """{"input_tokens":6,"input_tokens_details":{"cached_tokens":5},"output_tokens":9}""", "cache_unread", 15)]
    [InlineData("openai-embeddings", """{"prompt_tokens":6,"completion_tokens":9}""", "output_unread", 6)]
    [InlineData("anthropic", """{"prompt_tokens":6,"completion_tokens":9}""", "dialect_mismatch", 15)]
    [InlineData("google", """{"inputTokens":6,"outputTokens":9}""", "dialect_mismatch", 15)]
    public void Read_InADeclaredDialectThatDoesNotFit_ObeysAndRaisesIt(string dialect, string body, string conflict, long total)
    {
        var reading = Read(body, dialect, "azure");

        Assert.Equal([conflict], reading.Conflicts);
        Assert.Equal(total, reading.Tokens.Total);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":5}""", "prompt_tokens is negative.")]
    [InlineData("""{"prompt_tokens":1.5,"completion_tokens":5}""", "prompt_tokens is not a whole number.")]
    [InlineData("""{"prompt_tokens":"many","completion_tokens":5}""", "prompt_tokens is not a count.")]
    [InlineData("""{"prompt_tokens":true,"completion_tokens":5}""", "prompt_tokens is not a count.")]
    [InlineData("""{"prompt_tokens":99999999999999999999,"completion_tokens":5}""", "prompt_tokens is more than 1000000000000.")]
    [InlineData("""{"prompt_tokens":9e99,"completion_tokens":5}""", "prompt_tokens is not a count.")]
    [InlineData("""{"prompt_tokens":1000000000001,"completion_tokens":5}""", "prompt_tokens is more than 1000000000000.")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":-3}}""", "prompt_tokens_details.cached_tokens is negative.")]
    [InlineData("""{"promptTokenCount":1,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":-3}]}""", "A count by modality is negative.")]
    [InlineData("""{"input_tokens":1,"output_tokens":1,"server_tool_use":{"web_search_requests":-3}}""", "webSearch is negative.")]
    [InlineData("""{"hello":1}""", "rawUsage holds no token counts of a known shape.")]
    [InlineData("""{}""", "rawUsage holds no token counts of a known shape.")]
    [InlineData("[]", "rawUsage must be a JSON object.")]
    [InlineData("null", "rawUsage must be a JSON object.")]
    public void Read_OfWhatIsNoCount_IsAnError(string body, string error) =>
        Assert.Equal(error, Read(body, null, "openai").Error);

    [Theory]
    [InlineData("""{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"prompt_tokens_details":{"cached_tokens":60,"cache_creation_tokens":30,"cache_creation_token_details":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"web_search_requests":2},"cache_read_input_tokens":60,"cache_creation_input_tokens":30}""", 20)]
    [InlineData("""{"input_tokens":10,"cache_read_input_tokens":60,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":5,"server_tool_use":{"web_search_requests":2}}""", 20)]
    public void Read_OfWhatLiteLlmSends_IsTheSameInEitherForm(string body, long hourWrites)
    {
        var reading = Read(body, "litellm", "anthropic");

        Assert.Equal(new TokenCounts { Input = 10, CacheRead = 60, CacheWrite5m = 10, CacheWrite1h = hourWrites, Output = 5 }, reading.Tokens);
        Assert.Equal(2, reading.ToolUses!["webSearch"]);
        Assert.Empty(reading.Conflicts);
    }

    [Fact]
    public void Read_InAnUnknownDialect_IsAnErrorThatNamesTheKnown() =>
        Assert.Contains("openai-chat, openai-responses", Read("""{"prompt_tokens":1}""", "klingon", "openai").Error);

    [Theory]
    [InlineData("""{"input_tokens":1,"output_tokens":1,"service_tier":"priority","inference_geo":"us"}""", "priority", "us")]
    [InlineData("""{"input_tokens":1,"output_tokens":1,"speed":"fast","inference_geo":"not_available"}""", "fast", null)]
    [InlineData("""{"service_tier":"flex","usage":{"prompt_tokens":1,"completion_tokens":1}}""", "flex", null)]
    [InlineData("""{"service_tier":"default","usage":{"prompt_tokens":1,"completion_tokens":1}}""", "standard", null)]
    [InlineData("""{"usageMetadata":{"promptTokenCount":1,"trafficType":"ON_DEMAND_PRIORITY"}}""", "priority", null)]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":1}""", null, null)]
    public void Read_OfABody_TellsTierAndRegion(string body, string? tier, string? region)
    {
        var reading = Read(body, null, "anthropic");

        Assert.Equal((tier, region), (reading.ServiceTier, reading.Region));
    }

    [Theory]
    [InlineData("""{"input_tokens":1,"output_tokens":1,"server_tool_use":{"web_search_requests":10,"web_fetch_requests":0}}""", 10)]
    [InlineData("""{"output":[{"type":"web_search_call"},{"type":"message"},{"type":"web_search_call"}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""", 2)]
    [InlineData("""{"candidates":[{"groundingMetadata":{"webSearchQueries":["a","b","c"]}}],"usageMetadata":{"promptTokenCount":1}}""", 3)]
    public void Read_OfABodyWithSearches_CountsThem(string body, long searches) =>
        Assert.Equal(searches, Assert.Single(Read(body, null, "anthropic").ToolUses!).Value);

    /// <summary>Whatever the parts, the buckets of a consistent body sum to the provider's own total.</summary>
    [Fact]
    public void Read_OfAnyConsistentBody_SumsToTheProvidersTotal()
    {
        var random = new Random(20261120);
        for (var round = 0; round < 5_000; round++)
        {
            var (body, provider, total) = Consistent(random);
            var reading = Read(body, null, provider);
            Assert.True(reading.Error is null && reading.Conflicts.Count == 0, body);
            Assert.True(reading.Tokens.Total == total, body);
        }
    }

    /// <summary>Whatever the contradiction, buckets are never negative and never fewer than the provider's own input and output.</summary>
    [Fact]
    public void Read_OfAnyNumbers_LosesNoToken()
    {
        var random = new Random(4711);
        for (var round = 0; round < 5_000; round++)
        {
            long prompt = random.Next(1000), completion = random.Next(1000);
            var reading = Read($$"""
                {"prompt_tokens":{{prompt}},"completion_tokens":{{completion}},"total_tokens":{{random.Next(2000)}},
                 "prompt_tokens_details":{"cached_tokens":{{random.Next(1500)}},"cache_write_tokens":{{random.Next(300)}},"audio_tokens":{{random.Next(300)}}},
                 "completion_tokens_details":{"reasoning_tokens":{{random.Next(1500)}},"audio_tokens":{{random.Next(300)}} } }
                """, null, random.Next(2) == 0 ? "openai" : "x-ai");
            Assert.Null(reading.Error);
            Assert.All(TokenCounts.Buckets, bucket => Assert.True(reading.Tokens[bucket] >= 0));
            Assert.True(reading.Tokens.InputTotal >= prompt && reading.Tokens.OutputTotal >= completion);
        }
    }

    private static (string Body, string Provider, long Total) Consistent(Random random)
    {
        long fresh = random.Next(100_000), read = random.Next(100_000), write = random.Next(1_000), audio = random.Next(500), text = random.Next(5_000), reasoning = random.Next(5_000);
        return random.Next(4) switch
        {
            0 => ($$$"""{"prompt_tokens":{{{fresh + read + write + audio}}},"completion_tokens":{{{text + reasoning}}},"total_tokens":{{{fresh + read + write + audio + text + reasoning}}},"prompt_tokens_details":{"cached_tokens":{{{read}}},"cache_write_tokens":{{{write}}},"audio_tokens":{{{audio}}}},"completion_tokens_details":{"reasoning_tokens":{{{reasoning}}}}}""", "openai", fresh + read + write + audio + text + reasoning),
            1 => ($$$"""{"prompt_tokens":{{{fresh + read}}},"completion_tokens":{{{text}}},"total_tokens":{{{fresh + read + text + reasoning}}},"prompt_tokens_details":{"cached_tokens":{{{read}}}},"completion_tokens_details":{"reasoning_tokens":{{{reasoning}}}}}""", "xai", fresh + read + text + reasoning),
            2 => ($$$"""{"promptTokenCount":{{{fresh + read + audio}}},"toolUsePromptTokenCount":{{{write}}},"cachedContentTokenCount":{{{read}}},"candidatesTokenCount":{{{text}}},"thoughtsTokenCount":{{{reasoning}}},"totalTokenCount":{{{fresh + read + audio + write + text + reasoning}}},"promptTokensDetails":[{"modality":"AUDIO","tokenCount":{{{audio}}}}]}""", "gemini", fresh + read + audio + write + text + reasoning),
            _ => ($$$"""{"inputTokens":{{{fresh}}},"cacheReadInputTokens":{{{read}}},"cacheWriteInputTokens":{{{write}}},"outputTokens":{{{text}}},"totalTokens":{{{fresh + read + write + text}}}}""", "bedrock", fresh + read + write + text),
        };
    }

    private static RawUsageReading Read(string json, string? dialect, string provider) =>
        RawUsage.Read(JsonDocument.Parse(json).RootElement, dialect, provider);
}
