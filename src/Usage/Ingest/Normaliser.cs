using System.Text.Json;
using AgentConsole.Latency;

namespace AgentConsole.Usage.Ingest;

/// <summary>An item as the ledger will have it, or why not. The tenant is the one it names; null when it names none.</summary>
internal readonly record struct Normalised(UsageEvent? Event, string? Id, string? Tenant, string? Error)
{
    /// <summary>The item's place in the body, from 0.</summary>
    public int Index { get; init; }

    /// <summary>The stage whose time it tells, beside the event or instead of one.</summary>
    public HopTiming? Hop { get; init; }

    /// <summary>What is kept of a refused item.</summary>
    public string? Payload { get; init; }

    public static Normalised Refused(string? id, string? tenant, string error) => new(null, id, tenant, error);
}

/// <summary>Turns one source's item into a usage event.</summary>
internal delegate Normalised Normalise(JsonElement item, string? callerTenant, DateTimeOffset now);
