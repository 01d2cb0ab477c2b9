using AgentConsole.Usage;

namespace AgentConsole.Demo.Traffic;

/// <summary>One LLM request of the demo, in the terms of the public native event.</summary>
internal sealed record DemoEvent
{
    /// <summary>Set when the events of a day are in order: the place in it is part of the id.</summary>
    public string Id { get; init; } = "";
    public required string Tenant { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    public required DemoModel Model { get; init; }
    /// <summary>What was asked for, when a fallback served it.</summary>
    public DemoModel? Requested { get; init; }
    public required string Operation { get; init; }
    public UsageStatus Status { get; init; }
    public int HttpStatus { get; init; } = 200;
    public string? Error { get; init; }
    public required string User { get; init; }
    public required string Key { get; init; }
    public required string Team { get; init; }
    public required string Session { get; init; }
    public string? Thread { get; init; }
    public string? Agent { get; init; }
    public string? Tool { get; init; }
    public string? Prompt { get; init; }
    public string? PromptVersion { get; init; }
    public string? Sandbox { get; init; }
    public string Environment { get; init; } = "prod";
    /// <summary>Names a tool call and its arguments, so that a repeated one can be told.</summary>
    public string? CallHash { get; init; }
    public TokenCounts Tokens { get; init; }
    public bool Batch { get; init; }
    public int LatencyMs { get; init; }
    public int? TtftMs { get; init; }
    /// <summary>The tries that failed before this one.</summary>
    public IReadOnlyList<DemoAttempt> Attempts { get; init; } = [];
    public IReadOnlyList<DemoHop> Hops { get; init; } = [];
}

internal readonly record struct DemoAttempt(DemoModel Model, int Level, int HttpStatus, string Reason, int LatencyMs);

internal readonly record struct DemoHop(string Name, int StartMs, int DurationMs);
