using AgentConsole.Usage;

namespace AgentConsole.Bench.Load;

/// <summary>A trace's row as a gateway would have seen it: who asked which model, and how much of the prompt came from the cache. All of it follows from the row's number.</summary>
internal sealed record TraceRequest(TraceRow Row)
{
    private const int Users = 97;
    private const int Keys = 7;
    private static readonly string[] Tenants = ["acme", "globex", "initech"];

    /// <summary>Provider as LiteLLM names it, the canonical id, the model, and USD per million: input, output, cache read, cache write.</summary>
    private static readonly TraceModel[] Models =
    [
        new("openai", "openai", "gpt-5", 1.25m, 10, 0.125m, 0),
        new("openai", "openai", "gpt-4o", 2.5m, 10, 1.25m, 0),
        new("anthropic", "anthropic", "claude-sonnet-4-5", 3, 15, 0.3m, 3.75m),
        new("anthropic", "anthropic", "claude-haiku-4-5", 1, 5, 0.1m, 1.25m),
        new("gemini", "google", "gemini-2.5-flash", 0.3m, 2.5m, 0.03m, 0),
    ];

    public string Id => $"trace-{Row.Number:000000}";
    public string Tenant => Tenants[Mixed(1) % Tenants.Length];
    public string User => $"user-{Mixed(2) % Users:00}";
    public string Key => $"key-{Mixed(3) % Keys}";
    public TraceModel Model => Models[Mixed(4) % Models.Length];

    /// <summary>Of the prompt, what was read from the cache; only every other request found any.</summary>
    public int CacheRead => Mixed(5) % 2 == 0 ? Row.ContextTokens / 2 : 0;

    /// <summary>Of the prompt, what was written to the cache, where the provider bills that.</summary>
    public int CacheWrite => Model.CacheWrite > 0 ? Row.ContextTokens / 8 : 0;

    public TokenCounts Tokens => new()
    {
        Input = Row.ContextTokens - CacheRead - CacheWrite,
        CacheRead = CacheRead,
        CacheWrite5m = CacheWrite,
        Output = Row.GeneratedTokens,
    };

    /// <summary>USD, reckoned here and not by the price book: what the product must agree with.</summary>
    public decimal Cost =>
        (Tokens.Input * Model.Input + CacheRead * Model.CacheRead + CacheWrite * Model.CacheWrite + Row.GeneratedTokens * Model.Output) / 1_000_000m;

    public TimeSpan Latency => TimeSpan.FromMilliseconds(220 + 14 * Row.GeneratedTokens);

    /// <summary>Spreads neighbouring rows; the same on every machine.</summary>
    private int Mixed(uint salt)
    {
        var mixed = ((uint)Row.Number + salt * 0x9E3779B9u) * 0x85EBCA6Bu;
        mixed = (mixed ^ (mixed >> 13)) * 0xC2B2AE35u;
        return (int)((mixed ^ (mixed >> 16)) & int.MaxValue);
    }
}

/// <summary>Prices in USD per million tokens.</summary>
/// <param name="LiteLlmProvider">The name in <c>custom_llm_provider</c>.</param>
/// <param name="Provider">The canonical id that it must become.</param>
internal sealed record TraceModel(string LiteLlmProvider, string Provider, string Name, decimal Input, decimal Output, decimal CacheRead, decimal CacheWrite);
