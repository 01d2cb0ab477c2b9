using System.Text.Json;
using static AgentConsole.Usage.Ingest.Dialects.Count;

namespace AgentConsole.Usage.Ingest.Dialects;

/// <summary>What each provider's numbers mean. One row per dialect: read it across.</summary>
internal static class DialectTable
{
    public const string PublicNames = "openai-chat, openai-responses, openai-embeddings, anthropic, bedrock, google";

    // Where several fields tell the same count, the first one present is taken.
    //                     name                 cached tokens are   reasoning tokens are
    public static readonly Dialect Chat = new("openai-chat", Cache.InInput, Thinking.InOutput,
    [
        (Input, "prompt_tokens"), (Output, "completion_tokens"), (Total, "total_tokens"),
        (CacheRead, "prompt_tokens_details.cached_tokens"),
        (CacheWrite, "prompt_tokens_details.cache_write_tokens"), (CacheWrite, "prompt_tokens_details.cache_creation_tokens"),
        (CacheWrite, "cache_creation_input_tokens"),
        (AudioInput, "prompt_tokens_details.audio_tokens"), (ImageInput, "prompt_tokens_details.image_tokens"), (VideoInput, "prompt_tokens_details.video_tokens"),
        (CacheRead, "cache_read_input_tokens"), (CacheRead, "prompt_cache_hit_tokens"), (CacheRead, "cached_tokens"),
        (Reasoning, "completion_tokens_details.reasoning_tokens"),
        (AudioOutput, "completion_tokens_details.audio_tokens"), (ImageOutput, "completion_tokens_details.image_tokens"),
    ]);

    /// <summary>LiteLLM's own form, whatever the provider: the prompt includes what was read from and written to the cache.</summary>
    public static readonly Dialect LiteLlm = new("litellm", Cache.InInput, Thinking.InOutput,
    [
        (Input, "prompt_tokens"), (Output, "completion_tokens"), (Total, "total_tokens"),
        (CacheRead, "prompt_tokens_details.cached_tokens"), (CacheRead, "cache_read_input_tokens"), (CacheRead, "prompt_cache_hit_tokens"),
        (CacheWrite, "prompt_tokens_details.cache_creation_tokens"), (CacheWrite, "cache_creation_input_tokens"),
        (CacheWrite5m, "prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens"),
        (CacheWrite1h, "prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens"),
        (AudioInput, "prompt_tokens_details.audio_tokens"), (ImageInput, "prompt_tokens_details.image_tokens"), (VideoInput, "prompt_tokens_details.video_tokens"),
        (Reasoning, "completion_tokens_details.reasoning_tokens"),
        (AudioOutput, "completion_tokens_details.audio_tokens"), (ImageOutput, "completion_tokens_details.image_tokens"),
    ]);

    public static readonly Dialect XaiChat = new("openai-chat", Cache.InInput, Thinking.BesideOutput,
    [
        (Input, "prompt_tokens"), (Output, "completion_tokens"), (Total, "total_tokens"),
        (CacheRead, "prompt_tokens_details.cached_tokens"), (CacheRead, "cached_prompt_text_tokens"),
        (AudioInput, "prompt_tokens_details.audio_tokens"), (ImageInput, "prompt_tokens_details.image_tokens"),
        (Reasoning, "completion_tokens_details.reasoning_tokens"), (Reasoning, "reasoning_tokens"),
        (AudioOutput, "completion_tokens_details.audio_tokens"),
    ]);

    /// <summary>The generation record of OpenRouter, in the provider's own tokens.</summary>
    public static readonly Dialect OpenRouterGeneration = new("openrouter-generation", Cache.InInput, Thinking.InOutput,
    [
        (Input, "native_tokens_prompt"), (Output, "native_tokens_completion"),
        (CacheRead, "native_tokens_cached"), (Reasoning, "native_tokens_reasoning"), (ImageOutput, "native_tokens_completion_images"),
    ]);

    public static readonly Dialect Responses = new("openai-responses", Cache.InInput, Thinking.InOutput,
    [
        (Input, "input_tokens"), (Output, "output_tokens"), (Total, "total_tokens"),
        (CacheRead, "input_tokens_details.cached_tokens"), (CacheWrite, "input_tokens_details.cache_write_tokens"),
        (AudioInput, "input_tokens_details.audio_tokens"), (ImageInput, "input_tokens_details.image_tokens"),
        (Reasoning, "output_tokens_details.reasoning_tokens"),
        (AudioOutput, "output_tokens_details.audio_tokens"), (ImageOutput, "output_tokens_details.image_tokens"),
    ]);

    /// <summary>OpenAI's realtime sessions tell the cached audio apart.</summary>
    public static readonly Dialect Realtime = new("openai-responses", Cache.InInput, Thinking.InOutput,
    [
        (Input, "input_tokens"), (Output, "output_tokens"), (Total, "total_tokens"),
        (CacheRead, "input_token_details.cached_tokens"), (AudioInput, "input_token_details.audio_tokens"), (ImageInput, "input_token_details.image_tokens"),
        (AudioCacheRead, "input_token_details.cached_tokens_details.audio_tokens"),
        (AudioOutput, "output_token_details.audio_tokens"),
    ]);

    public static readonly Dialect Embeddings = new("openai-embeddings", Cache.InInput, Thinking.InOutput,
    [
        (Input, "prompt_tokens"), (Input, "input_tokens"), (Input, "total_tokens"),
    ]);

    public static readonly Dialect Anthropic = new("anthropic", Cache.BesideInput, Thinking.InOutput,
    [
        (Input, "input_tokens"), (Output, "output_tokens"),
        (CacheRead, "cache_read_input_tokens"), (CacheWrite, "cache_creation_input_tokens"),
        (CacheWrite5m, "cache_creation.ephemeral_5m_input_tokens"), (CacheWrite1h, "cache_creation.ephemeral_1h_input_tokens"),
        (Reasoning, "output_tokens_details.thinking_tokens"),
    ]);

    public static readonly Dialect Bedrock = new("bedrock", Cache.BesideInput, Thinking.InOutput,
    [
        (Input, "inputTokens"), (Output, "outputTokens"), (Total, "totalTokens"),
        (CacheRead, "cacheReadInputTokens"), (CacheRead, "cacheReadInputTokenCount"),
        (CacheWrite, "cacheWriteInputTokens"), (CacheWrite, "cacheWriteInputTokenCount"),
    ], Lists.BedrockCacheWrites);

    public static readonly Dialect Google = new("google", Cache.InInput, Thinking.BesideOutput,
    [
        (Input, "promptTokenCount"), (ToolInput, "toolUsePromptTokenCount"), (Total, "totalTokenCount"),
        (Output, "candidatesTokenCount"), (Output, "responseTokenCount"),
        (CacheRead, "cachedContentTokenCount"), (Reasoning, "thoughtsTokenCount"),
    ], Lists.GoogleModalities);

    /// <summary>The same as the Python client writes it.</summary>
    public static readonly Dialect GooglePython = new("google", Cache.InInput, Thinking.BesideOutput,
    [
        (Input, "prompt_token_count"), (ToolInput, "tool_use_prompt_token_count"), (Total, "total_token_count"),
        (Output, "candidates_token_count"), (Output, "response_token_count"),
        (CacheRead, "cached_content_token_count"), (Reasoning, "thoughts_token_count"),
    ], Lists.GooglePythonModalities);

    /// <summary>Cohere bills other counts than it tokenises; the billed ones are the ones that cost.</summary>
    public static readonly Dialect CohereBilled = new("cohere", Cache.InInput, Thinking.InOutput,
    [
        (Input, "billed_units.input_tokens"), (Output, "billed_units.output_tokens"), (ImageInput, "billed_units.images"),
    ]);

    public static readonly Dialect CohereTokens = new("cohere", Cache.InInput, Thinking.InOutput,
    [
        (Input, "tokens.input_tokens"), (Output, "tokens.output_tokens"), (CacheRead, "cached_tokens"),
    ]);

    /// <summary>
    /// Attributes of a span, old names after new ones: OpenTelemetry's conventions, OpenRouter, Pydantic AI (<c>details</c>), OpenLLMetry (<c>llm.usage</c>), OpenInference (<c>llm.token_count</c>), the AI SDK.
    /// The conventions say that input includes the cache; not every instrumentation obeys.
    /// </summary>
    public static readonly Dialect Otel = new("otel", Cache.InInputUnlessTotalSaysBeside, Thinking.InOutput,
    [
        (Input, "gen_ai.usage.input_tokens"), (Input, "gen_ai.usage.prompt_tokens"), (Input, "llm.usage.prompt_tokens"),
        (Input, "llm.token_count.prompt"), (Input, "ai.usage.inputTokens"), (Input, "ai.usage.promptTokens"), (Input, "ai.usage.tokens"),
        (Output, "gen_ai.usage.output_tokens"), (Output, "gen_ai.usage.completion_tokens"), (Output, "llm.usage.completion_tokens"),
        (Output, "llm.token_count.completion"), (Output, "ai.usage.outputTokens"), (Output, "ai.usage.completionTokens"),
        (Total, "gen_ai.usage.total_tokens"), (Total, "llm.usage.total_tokens"), (Total, "llm.token_count.total"), (Total, "ai.usage.totalTokens"),
        (CacheRead, "gen_ai.usage.cache_read.input_tokens"), (CacheRead, "gen_ai.usage.cache_read_input_tokens"), (CacheRead, "gen_ai.usage.input_tokens.cached"),
        (CacheRead, "gen_ai.usage.details.cache_read_tokens"), (CacheRead, "gen_ai.usage.details.cache_read_input_tokens"),
        (CacheRead, "gen_ai.usage.details.cached_tokens"), (CacheRead, "gen_ai.usage.details.cached_content_tokens"),
        (CacheRead, "llm.usage.cache_read_input_tokens"), (CacheRead, "llm.token_count.prompt_details.cache_read"),
        (CacheRead, "ai.usage.inputTokenDetails.cacheReadTokens"), (CacheRead, "ai.usage.cachedInputTokens"),
        (CacheWrite, "gen_ai.usage.cache_creation.input_tokens"), (CacheWrite, "gen_ai.usage.cache_write.input_tokens"),
        (CacheWrite, "gen_ai.usage.cache_creation_input_tokens"), (CacheWrite, "gen_ai.usage.input_tokens.cache_write"),
        (CacheWrite, "gen_ai.usage.details.cache_write_tokens"), (CacheWrite, "gen_ai.usage.details.cache_creation_input_tokens"),
        (CacheWrite, "llm.usage.cache_creation_input_tokens"), (CacheWrite, "llm.token_count.prompt_details.cache_write"),
        (CacheWrite, "ai.usage.inputTokenDetails.cacheWriteTokens"),
        (CacheWrite5m, "gen_ai.usage.details.ephemeral_5m_input_tokens"), (CacheWrite1h, "gen_ai.usage.details.ephemeral_1h_input_tokens"),
        (Reasoning, "gen_ai.usage.reasoning.output_tokens"), (Reasoning, "gen_ai.usage.reasoning_tokens"), (Reasoning, "gen_ai.usage.output_tokens.reasoning"),
        (Reasoning, "gen_ai.usage.details.reasoning_tokens"), (Reasoning, "gen_ai.usage.details.thoughts_tokens"), (Reasoning, "llm.usage.reasoning_tokens"),
        (Reasoning, "llm.token_count.completion_details.reasoning"),
        (Reasoning, "ai.usage.outputTokenDetails.reasoningTokens"), (Reasoning, "ai.usage.reasoningTokens"),
        (AudioInput, "gen_ai.usage.audio.input_tokens"), (AudioInput, "gen_ai.usage.input_tokens.audio"),
        (AudioInput, "gen_ai.usage.details.input_audio_tokens"), (AudioInput, "llm.token_count.prompt_details.audio"),
        (ImageInput, "gen_ai.usage.image.input_tokens"), (ImageInput, "gen_ai.usage.input_tokens.image"),
        (VideoInput, "gen_ai.usage.video.input_tokens"), (VideoInput, "gen_ai.usage.input_tokens.video"),
        (AudioOutput, "gen_ai.usage.audio.output_tokens"), (AudioOutput, "gen_ai.usage.output_tokens.audio"),
        (AudioOutput, "gen_ai.usage.details.output_audio_tokens"), (AudioOutput, "llm.token_count.completion_details.audio"),
        (ImageOutput, "gen_ai.usage.image.output_tokens"), (ImageOutput, "gen_ai.usage.output_tokens.image"),
    ], names: Names.Attributes);

    /// <summary>Langfuse's usage details: every key is a kind of its own, as their sum is the total there.</summary>
    public static readonly Dialect Langfuse = new("langfuse", Cache.BesideInput, Thinking.BesideOutput,
    [
        (Input, "input"), (Output, "output"), (Total, "total"),
        (CacheRead, "cache_read_input_tokens"), (CacheRead, "input_cached_tokens"), (CacheRead, "input_cache_read"),
        (CacheWrite, "cache_creation_input_tokens"), (CacheWrite, "input_cache_creation"),
        (CacheWrite5m, "input_cache_creation_5m"), (CacheWrite1h, "input_cache_creation_1h"),
        (Reasoning, "output_reasoning_tokens"), (Reasoning, "output_reasoning"),
        (AudioInput, "input_audio_tokens"), (AudioInput, "input_audio"), (ImageInput, "input_image"), (VideoInput, "input_video"),
        (AudioOutput, "output_audio_tokens"), (AudioOutput, "output_audio"), (ImageOutput, "output_image"),
    ], details: Details.BesideWhole);

    /// <summary>The row for a declared dialect; a provider that speaks it with an accent has its own.</summary>
    public static Dialect? Named(string name, string provider) => name switch
    {
        "openai-chat" => ChatOf(provider),
        "litellm" => LiteLlm,
        "openai-responses" => Responses,
        "openai-embeddings" => Embeddings,
        "anthropic" => Anthropic,
        "bedrock" => Bedrock,
        "google" => Google,
        "openrouter-generation" => OpenRouterGeneration,
        "cohere" => CohereBilled,
        "otel" => Otel,
        "langfuse" => Langfuse,
        _ => null,
    };

    /// <summary>By the shape first, as any provider may serve any API; by the provider where shapes are alike.</summary>
    public static Dialect? Infer(JsonElement usage, string provider)
    {
        if (usage.TryGetProperty("input_tokens"u8, out _) || usage.TryGetProperty("output_tokens"u8, out _))
            return InputTokens(usage, provider);
        if (usage.TryGetProperty("prompt_tokens"u8, out _) || usage.TryGetProperty("completion_tokens"u8, out _))
            return usage.TryGetProperty("completion_tokens"u8, out _) ? ChatOf(provider) : Embeddings;
        if (Bedrock.Speaks(usage))
            return Bedrock;
        if (Google.Speaks(usage) || usage.TryGetProperty("totalTokenCount"u8, out _))
            return Google;
        if (GooglePython.Speaks(usage))
            return GooglePython;
        if (OpenRouterGeneration.Speaks(usage))
            return OpenRouterGeneration;
        if (CohereBilled.Speaks(usage))
            return CohereBilled;
        if (CohereTokens.Speaks(usage))
            return CohereTokens;
        return Embeddings.Speaks(usage) ? Embeddings : null;
    }

    private static Dialect ChatOf(string provider) => provider == "x-ai" ? XaiChat : Chat;

    private static Dialect InputTokens(JsonElement usage, string provider)
    {
        if (usage.TryGetProperty("cache_read_input_tokens"u8, out _) || usage.TryGetProperty("cache_creation_input_tokens"u8, out _)
            || usage.TryGetProperty("cache_creation"u8, out _))
            return Anthropic;
        if (usage.TryGetProperty("input_token_details"u8, out _))
            return Realtime;
        if (usage.TryGetProperty("input_tokens_details"u8, out _) || usage.TryGetProperty("total_tokens"u8, out _))
            return Responses;
        return provider is "anthropic" or "aws" or "google" or "minimax" ? Anthropic : Responses;
    }
}
