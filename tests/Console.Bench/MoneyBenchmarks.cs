using System.Text.Json;
using AgentConsole.Pricing;
using AgentConsole.Usage.Ingest.Dialects;
using BenchmarkDotNet.Attributes;

namespace AgentConsole.Bench;

/// <summary>Normalise and price one event, its JSON already parsed. Goal: at most 2 µs and 1 KB.</summary>
[MemoryDiagnoser]
public class MoneyBenchmarks
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly JsonElement _chat = Parse("""
        {"prompt_tokens":3329,"completion_tokens":353,"total_tokens":3682,"prompt_tokens_details":{"cached_tokens":3072,"audio_tokens":0},
         "completion_tokens_details":{"reasoning_tokens":128,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}
        """);

    private readonly JsonElement _anthropic = Parse("""
        {"cache_creation":{"ephemeral_1h_input_tokens":0,"ephemeral_5m_input_tokens":574},"cache_creation_input_tokens":574,"cache_read_input_tokens":20443,
         "inference_geo":"global","input_tokens":6,"output_tokens":489,"output_tokens_details":{"thinking_tokens":77},
         "server_tool_use":{"web_fetch_requests":0,"web_search_requests":0},"service_tier":"standard"}
        """);

    private readonly JsonElement _google = Parse("""
        {"candidatesTokenCount":74,"promptTokenCount":3297,"promptTokensDetails":[{"modality":"TEXT","tokenCount":83},{"modality":"VIDEO","tokenCount":2893},
         {"modality":"AUDIO","tokenCount":321}],"thoughtsTokenCount":175,"totalTokenCount":3546}
        """);

    [Benchmark(Baseline = true)]
    public decimal OpenAiChat() => ReadAndPrice(_chat, "openai", "gpt-5-2025-08-07");

    [Benchmark]
    public decimal Anthropic() => ReadAndPrice(_anthropic, "anthropic", "claude-sonnet-4-5-20250929");

    [Benchmark]
    public decimal Google() => ReadAndPrice(_google, "google", "gemini-2.5-flash");

    [Benchmark]
    public RawUsageReading ReadOnly() => RawUsage.Read(_anthropic, null, "anthropic");

    private static decimal ReadAndPrice(JsonElement usage, string provider, string model)
    {
        var reading = RawUsage.Read(usage, null, provider);
        return PriceBook.Seed.Price(new Consumption("acme", provider, model, At, reading.Tokens, reading.ServiceTier ?? "standard", false, reading.Region, reading.ToolUses))!.Value.Cost;
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
