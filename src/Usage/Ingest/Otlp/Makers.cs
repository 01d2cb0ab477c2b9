using AgentConsole.Pricing;

namespace AgentConsole.Usage.Ingest.Otlp;

/// <summary>Who makes a model, by its name, for spans that do not say who served it.</summary>
internal static class Makers
{
    private static readonly (string Prefix, string Provider)[] Table =
    [
        ("gpt-", "openai"), ("chatgpt-", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"), ("text-embedding-", "openai"),
        ("claude", "anthropic"), ("gemini", "google"), ("grok", "x-ai"), ("deepseek", "deepseek"),
        ("mistral", "mistral"), ("magistral", "mistral"), ("codestral", "mistral"), ("devstral", "mistral"), ("kimi", "moonshotai"), ("command-", "cohere"),
    ];

    /// <summary>The canonical provider; empty when the name tells none, which leaves the request unpriced.</summary>
    public static string Of(string model)
    {
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0) return Providers.IsKnown(model[..slash]) ? Providers.Canonical(model[..slash]) : "";
        foreach (var (prefix, provider) in Table)
            if (model.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return provider;
        return "";
    }
}
