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
