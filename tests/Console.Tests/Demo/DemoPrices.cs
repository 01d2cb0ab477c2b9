using AgentConsole.Demo.Traffic;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Demo;

/// <summary>USD per million tokens of the demo's models, apart from the price book so that the two can disagree.</summary>
internal static class DemoPrices
{
    private sealed record Price(decimal Input, decimal Output, decimal Read, decimal Write5m = 0, decimal Write1h = 0, decimal Audio = 0);

    private static readonly Dictionary<string, Price> Prices = new()
    {
        ["claude-opus-5"] = new(5, 25, 0.5m, 6.25m, 10),
        ["claude-sonnet-5"] = new(3, 15, 0.3m, 3.75m, 6),
        ["claude-haiku-4-5"] = new(1, 5, 0.1m, 1.25m, 2),
        ["gpt-5.5"] = new(5, 30, 0.5m),
        ["gpt-5.4"] = new(2.5m, 15, 0.25m),
        ["gpt-5.4-mini"] = new(0.75m, 4.5m, 0.075m),
        ["gpt-5.4-nano"] = new(0.2m, 1.25m, 0.02m),
        ["text-embedding-3-small"] = new(0.02m, 0, 0),
        ["gemini-3.1-pro-preview"] = new(2, 12, 0.2m),
        ["gemini-3.7-flash"] = new(0.75m, 3.75m, 0.075m),
        ["gemini-2.5-flash"] = new(0.3m, 2.5m, 0.03m, Audio: 1),
        ["grok-4.5"] = new(2, 6, 0.5m),
        ["deepseek-v4-flash"] = new(0.14m, 0.28m, 0.0028m),
        ["mistral-small-2603"] = new(0.15m, 0.6m, 0.015m),
    };

    public static decimal Cost(DemoEvent item) => !Prices.TryGetValue(item.Model.Name, out var price) ? 0 : Sum(item.Tokens, price) / 1_000_000m;

    private static decimal Sum(TokenCounts tokens, Price price) =>
        (tokens.Input + tokens.ImageInput) * price.Input + tokens.AudioInput * price.Audio
        + (tokens.Output + tokens.Reasoning) * price.Output
        + tokens.CacheRead * price.Read + tokens.CacheWrite5m * price.Write5m + tokens.CacheWrite1h * price.Write1h;
}
