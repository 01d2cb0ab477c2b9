using System.Text.Json;
using AgentConsole.Latency;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Usage;

/// <summary>The hops of the trace that a request belongs to. They may have come before it or after, in other bodies.</summary>
internal static class TraceHops
{
    private const int MaxHops = 500;

    /// <summary>A JSON array as in the public contract, by start, in milliseconds from the trace's first known span; null when the request is no span, or its trace has no hops.</summary>
    public static async Task<string?> ReadAsync(ConsoleDb db, UsageEvent usage, CancellationToken cancellationToken)
    {
        if (TraceOf(usage) is not { } trace) return null;
        var hops = await db.Set<HopTiming>().AsNoTracking()
            .Where(hop => hop.TenantId == usage.TenantId && hop.TraceId == trace)
            .OrderBy(hop => hop.StartedAt).ThenBy(hop => hop.SpanId).Take(MaxHops)
            .Select(static hop => new { hop.Name, hop.Kind, hop.StartedAt, hop.DurationUs, hop.Status })
            .ToListAsync(cancellationToken);
        if (hops.Count == 0) return null;
        // A range, not a prefix: LIKE is not leakproof, so under row-level security no index would serve it.
        var (first, end) = (trace + ":", trace + ";");
        var request = await db.Set<UsageKey>().AsNoTracking()
            .Where(key => key.TenantId == usage.TenantId && string.Compare(key.EventId, first) >= 0 && string.Compare(key.EventId, end) < 0 && (key.Source == UsageSources.Otlp || key.Source == UsageSources.OpenRouter))
            .MinAsync(key => (DateTimeOffset?)key.OccurredAt, cancellationToken) ?? usage.OccurredAt;
        var start = hops[0].StartedAt < request ? hops[0].StartedAt : request;
        return JsonSerializer.Serialize(hops.Select(hop => new HopJson(
            hop.Name, Math.Round((hop.StartedAt - start).TotalMilliseconds, 3), hop.DurationUs / 1000.0, hop.Kind.Name(), hop.Status.Name())), JsonSerializerOptions.Web);
    }

    /// <summary>Spans are named by trace and span.</summary>
    private static string? TraceOf(UsageEvent usage) =>
        usage.Source is UsageSources.Otlp or UsageSources.OpenRouter && usage.Id.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? usage.Id[..colon] : null;

    private sealed record HopJson(string Name, double StartMs, double DurationMs, string Kind, string Status);
}
