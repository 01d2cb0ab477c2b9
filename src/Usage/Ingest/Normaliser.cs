using System.Text.Json;

namespace AgentConsole.Usage.Ingest;

/// <summary>An item as the ledger will have it, or why not. The tenant is the one it names; null when it names none.</summary>
internal readonly record struct Normalised(UsageEvent? Event, string? Id, string? Tenant, string? Error)
{
    public static Normalised Refused(string? id, string? tenant, string error) => new(null, id, tenant, error);
}

/// <summary>Turns one source's item into a usage event.</summary>
internal delegate Normalised Normalise(JsonElement item, string? callerTenant, DateTimeOffset now);
