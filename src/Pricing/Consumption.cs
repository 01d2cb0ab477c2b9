using AgentConsole.Usage;

namespace AgentConsole.Pricing;

/// <summary>What is to be priced: one request's billable use.</summary>
/// <param name="Tenant">Whose contract prices apply.</param>
/// <param name="At">When the request happened: prices are dated.</param>
/// <param name="ServiceTier">standard, flex, priority, … as the provider names it.</param>
/// <param name="ToolUses">Billable uses other than tokens, such as webSearch, by name.</param>
public readonly record struct Consumption(
    string Tenant,
    string Provider,
    string Model,
    DateTimeOffset At,
    TokenCounts Tokens,
    string ServiceTier = "standard",
    bool Batch = false,
    string? Region = null,
    IReadOnlyDictionary<string, long>? ToolUses = null);
