using System.Text.Json;
using AgentConsole.Pricing;
using AgentConsole.Usage.Contents;

namespace AgentConsole.Usage;

/// <summary>One LLM request as the ledger keeps it: who, what, how many tokens, what it cost and why. Never changed after it is written, but for re-pricing.</summary>
public sealed class UsageEvent
{
    public const int MaxIdLength = 200;
    public const int MaxNameLength = 200;

    public required string TenantId { get; init; }
    /// <summary>The ingestion path it came by (<see cref="UsageSources"/>); unique with tenant and id.</summary>
    public required string Source { get; init; }
    public required string Id { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>Canonical provider id; aliases are resolved on the way in.</summary>
    public required string Provider { get; init; }
    public required string Model { get; init; }
    public string? RequestedModel { get; init; }
    public string? Operation { get; init; }
    public UsageStatus Status { get; init; }
    public int? HttpStatus { get; init; }
    public string? Error { get; init; }

    public string? User { get; init; }
    public string? Key { get; init; }
    public string? Team { get; init; }
    public string? Session { get; init; }
    public string? Thread { get; init; }
    public string? Agent { get; init; }
    public string? Tool { get; init; }
    public string? Prompt { get; init; }
    public string? PromptVersion { get; init; }
    public string? Sandbox { get; init; }

    public TokenCounts Tokens { get; init; }
    /// <summary>Billable uses other than tokens, such as <c>webSearch</c>, by name, as a JSON object.</summary>
    public string? ToolUses { get; init; }
    /// <summary>The provider's usage object as it came, JSON.</summary>
    public string? RawUsage { get; init; }
    public string? UsageDialect { get; init; }
    public string ServiceTier { get; init; } = "standard";
    public bool Batch { get; init; }
    public string? Region { get; init; }

    /// <summary>USD; null when nothing prices this event.</summary>
    public decimal? Cost { get; set; }
    /// <summary>USD, as the sender computed it.</summary>
    public decimal? CostReported { get; init; }
    /// <summary>The price row that made <see cref="Cost"/>.</summary>
    public string? PriceId { get; set; }
    /// <summary>Codes of contradictions found in the sender's numbers, such as <c>cache_exceeds_input</c>.</summary>
    public string[] Conflicts { get; set; } = [];

    public int? LatencyMs { get; init; }
    public int? TtftMs { get; init; }
    public bool Stream { get; init; }
    public int AttemptCount { get; init; } = 1;
    /// <summary>JSON arrays and objects, in the shape of the public API.</summary>
    public string? Attempts { get; init; }
    /// <summary>Those the sender told with the request; else, when it is read alone, those of its trace.</summary>
    public string? Hops { get; set; }
    public string? Tags { get; init; }

    /// <summary>Its texts on their way to a table of their own; null when they are not to be stored. Not public, so that neither the mapping nor a serialiser meets it.</summary>
    internal UsageContent? Content { get; set; }

    /// <summary>What the price book is asked about.</summary>
    public Consumption ToConsumption() => new(
        TenantId, Provider, Model, OccurredAt, Tokens, ServiceTier, Batch, Region,
        ToolUses is null ? null : JsonSerializer.Deserialize<Dictionary<string, long>>(ToolUses));
}

public static class UsageSources
{
    public const string Native = "native";
    public const string LiteLlm = "litellm";
    public const string Otlp = "otlp";
    public const string OpenRouter = "openrouter";
}
