namespace AgentConsole.Demo.Traffic;

/// <summary>A model as the demo's tenants meet it.</summary>
/// <param name="TtftMs">Median time to the first token.</param>
/// <param name="TokensPerSecond">How fast it writes.</param>
/// <param name="Cache">How it bills a prompt cache.</param>
internal sealed record DemoModel(string Provider, string Name, int TtftMs, int TokensPerSecond, PromptCache Cache)
{
    public static readonly DemoModel Opus = new("anthropic", "claude-opus-5", 1400, 110, PromptCache.ReadAndWrite);
    public static readonly DemoModel Sonnet = new("anthropic", "claude-sonnet-5", 900, 150, PromptCache.ReadAndWrite);
    public static readonly DemoModel Haiku = new("anthropic", "claude-haiku-4-5", 420, 140, PromptCache.ReadAndWrite);
    public static readonly DemoModel Gpt55 = new("openai", "gpt-5.5", 1600, 120, PromptCache.Read);
    public static readonly DemoModel Gpt54 = new("openai", "gpt-5.4", 1000, 150, PromptCache.Read);
    public static readonly DemoModel Gpt54Mini = new("openai", "gpt-5.4-mini", 480, 130, PromptCache.Read);
    public static readonly DemoModel Gpt54Nano = new("openai", "gpt-5.4-nano", 260, 180, PromptCache.Read);
    public static readonly DemoModel Embedding = new("openai", "text-embedding-3-small", 90, 0, PromptCache.None);
    public static readonly DemoModel GeminiPro = new("google", "gemini-3.1-pro-preview", 1300, 160, PromptCache.Read);
    public static readonly DemoModel GeminiFlash = new("google", "gemini-3.7-flash", 380, 170, PromptCache.Read);
    public static readonly DemoModel GeminiVoice = new("google", "gemini-2.5-flash", 520, 150, PromptCache.Read);
    public static readonly DemoModel Grok = new("x-ai", "grok-4.5", 800, 170, PromptCache.Read);
    public static readonly DemoModel DeepSeek = new("deepseek", "deepseek-v4-flash", 700, 70, PromptCache.Read);
    public static readonly DemoModel MistralSmall = new("mistral", "mistral-small-2603", 350, 150, PromptCache.None);
    /// <summary>A house model that no price list knows: its requests stay unpriced.</summary>
    public static readonly DemoModel Unpriced = new("mistral", "ledger-classifier-2", 210, 160, PromptCache.None);

    /// <summary>Who serves when this one does not, first choice first.</summary>
    public IReadOnlyList<DemoModel> Fallbacks => this switch
    {
        { Name: "text-embedding-3-small" or "ledger-classifier-2" } => [],
        { Provider: "anthropic", Name: "claude-haiku-4-5" } => [Gpt54Mini, GeminiFlash],
        { Provider: "anthropic" } => [Gpt54, GeminiPro],
        { Provider: "openai", Name: "gpt-5.5" or "gpt-5.4" } => [Sonnet, GeminiPro],
        { Provider: "openai" } => [GeminiFlash, Haiku],
        _ => [Gpt54Mini, Haiku],
    };
}

internal enum PromptCache { None, Read, ReadAndWrite }
