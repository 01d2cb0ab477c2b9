using System.Collections.Frozen;

namespace AgentConsole.Pricing;

/// <summary>Who serves and bills the models. Canonical ids are those of the genai-prices catalogue; other systems' names are aliases.</summary>
public static class Providers
{
    /// <summary>Canonical id, then what OpenTelemetry, LiteLLM, OpenRouter and SDKs call it.</summary>
    private static readonly (string Id, string[] Aliases)[] Table =
    [
        ("openai", ["open_ai", "text-completion-openai", "openai-chat", "openai-responses"]),
        ("azure", ["azure.ai.openai", "azure.ai.inference", "az.ai.openai", "az.ai.inference", "azure_ai", "azure_openai", "azure-openai", "azure_text", "microsoft"]),
        ("anthropic", ["anthropic_text", "claude"]),
        ("aws", ["aws.bedrock", "bedrock", "bedrock_converse", "bedrock_mantle", "amazon", "amazon_bedrock", "amazon-bedrock", "aws_bedrock", "sagemaker"]),
        ("google", ["gcp.gemini", "gcp.vertex_ai", "gcp.gen_ai", "gemini", "vertex", "vertexai", "vertex_ai", "vertex_ai_beta", "google_genai", "google-genai",
            "google_vertexai", "google-vertex", "google-gla", "google_ai_studio", "google-ai-studio", "google-vertex-anthropic"]),
        ("x-ai", ["xai", "x_ai", "grok"]),
        ("deepseek", ["deep_seek"]),
        ("mistral", ["mistral_ai", "mistralai", "codestral", "text-completion-codestral"]),
        ("moonshotai", ["moonshot", "moonshot_ai", "moonshot-ai", "kimi"]),
        ("groq", []),
        ("openrouter", ["open_router"]),
        ("cohere", ["cohere_chat"]),
        ("fireworks", ["fireworks_ai", "fireworks-ai"]),
        ("together", ["together_ai", "together-ai", "togetherai"]),
        ("perplexity", ["perplexity_ai"]),
        ("voyageai", ["voyage", "voyage_ai"]),
        ("zhipuai", ["zhipu", "bigmodel"]),
        ("minimax", []),
        ("cerebras", []),
        ("novita", ["novita_ai"]),
        ("ovhcloud", []),
        ("avian", []),
        ("doubleword", []),
    ];

    private static readonly FrozenDictionary<string, string> Ids =
        Table.SelectMany(static row => row.Aliases.Prepend(row.Id).Select(name => (name, row.Id)))
            .ToFrozenDictionary(static pair => pair.name, static pair => pair.Id, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whose prices hold for models that a provider resells and does not list itself.</summary>
    private static readonly FrozenDictionary<string, string[]> Resold = new Dictionary<string, string[]>
    {
        ["azure"] = ["azure", "openai", "anthropic"],
        ["google"] = ["google", "anthropic"],
    }.ToFrozenDictionary();

    /// <summary>The canonical id of any known name; an unknown name comes back trimmed and in lower case.</summary>
    public static string Canonical(string name) =>
        Ids.TryGetValue(name, out var id) ? id : CanonicalOfOdd(name.Trim());

    public static bool IsKnown(string name) => Ids.ContainsKey(name);

    /// <summary>Where to look for a price, in order; the provider itself comes first.</summary>
    internal static string[] PricedBy(string canonical) =>
        Resold.TryGetValue(canonical, out var chain) ? chain : [canonical];

    /// <summary>True when the provider bills what the vendor before the slash of the model's name bills.</summary>
    internal static bool PassesPricesThrough(string canonical) => canonical == "openrouter";

    /// <summary>LiteLLM splits Vertex by the maker of the model: <c>vertex_ai-anthropic_models</c>.</summary>
    private static string CanonicalOfOdd(string name)
    {
        if (Ids.TryGetValue(name, out var id))
            return id;
        return name.StartsWith("vertex_ai-", StringComparison.OrdinalIgnoreCase) ? "google" : name.ToLowerInvariant();
    }
}
