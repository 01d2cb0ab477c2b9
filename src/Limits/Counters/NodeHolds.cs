using System.Collections.Concurrent;
using StackExchange.Redis;

namespace AgentConsole.Limits.Counters;

/// <summary>The holds that this node gave and that are not over, so that Redis can be told of them when it has lost its memory. As many as Redis itself allows.</summary>
internal sealed class NodeHolds
{
    private readonly ConcurrentDictionary<string, OfTenant> _tenants = new(StringComparer.Ordinal);

    public IEnumerable<string> Tenants => _tenants.Where(static pair => !pair.Value.Holds.IsEmpty).Select(static pair => pair.Key);

    public void Add(ReserveCall call, DateTimeOffset at, DateTimeOffset ends) => Of(call.Tenant).Holds[call.RequestId] = new(call, at, ends);

    public void Extend(ExtendCall call, DateTimeOffset ends)
    {
        if (!Of(call.Tenant).Holds.TryGetValue(call.RequestId, out var hold)) return;
        MeterClaim[] claims = [.. hold.Call.Claims.Select(claim => claim with { Amount = claim.Measure switch { LimitMeasure.Tokens => call.Tokens, LimitMeasure.Cost => call.Cost, _ => null } ?? claim.Amount })];
        Of(call.Tenant).Holds[call.RequestId] = hold with { Call = hold.Call with { Claims = claims }, Ends = ends };
    }

    public NodeHold? Find(string tenant, string requestId) => _tenants.TryGetValue(tenant, out var own) ? own.Holds.GetValueOrDefault(requestId) : null;

    /// <summary>Null when nobody holds it here; empty when several tenants do.</summary>
    public string? TenantOf(string requestId)
    {
        string? found = null;
        foreach (var (tenant, own) in _tenants)
            if (own.Holds.ContainsKey(requestId)) found = found is null ? tenant : "";
        return found;
    }

    public void Remove(string tenant, string requestId)
    {
        if (_tenants.TryGetValue(tenant, out var own)) own.Holds.TryRemove(requestId, out _);
    }

    /// <summary>Lets go of those that are over.</summary>
    public void Forget(string tenant, DateTimeOffset now)
    {
        foreach (var (id, hold) in Of(tenant).Holds)
            if (hold.Ends <= now) Remove(tenant, id);
    }

    /// <summary>All of a tenant's, the first time that an epoch is heard of.</summary>
    public IReadOnlyList<NodeHold> Untold(string tenant, string epoch)
    {
        var own = Of(tenant);
        if (Volatile.Read(ref own.Epoch) == epoch || Interlocked.Exchange(ref own.Epoch, epoch) == epoch) return [];
        return [.. own.Holds.Values];
    }

    private OfTenant Of(string tenant) => _tenants.GetOrAdd(tenant, static _ => new());

    private sealed class OfTenant
    {
        public readonly ConcurrentDictionary<string, NodeHold> Holds = new(StringComparer.Ordinal);
        public string? Epoch;
    }
}

internal sealed record NodeHold(ReserveCall Call, DateTimeOffset At, DateTimeOffset Ends)
{
    public List<RedisValue> Arguments()
    {
        var arguments = new List<RedisValue> { Call.RequestId, Ends.ToUnixTimeMilliseconds(), At.ToUnixTimeMilliseconds(), Call.Note, Call.Claims.Count };
        foreach (var claim in Call.Claims) arguments.AddRange([claim.Meter, claim.Kind, (int)claim.Measure, claim.Amount, claim.Window.StartMs, claim.Window.EndMs]);
        return arguments;
    }
}
