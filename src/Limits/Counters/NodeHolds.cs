using System.Collections.Concurrent;
using StackExchange.Redis;

namespace AgentConsole.Limits.Counters;

/// <summary>
/// The holds that this node gave, so that Redis can be told of them when it has lost its memory. One that is over is kept a little longer: its request may still be settled, at any node,
/// also when the memory was lost just before it ended.
/// </summary>
internal sealed class NodeHolds
{
    /// <summary>Longer than it takes to tell a new memory.</summary>
    private const long KeptSeconds = 5;

    private readonly ConcurrentDictionary<string, OfTenant> _tenants = new(StringComparer.Ordinal);

    public IEnumerable<string> Tenants => _tenants.Where(static pair => !pair.Value.IsEmpty).Select(static pair => pair.Key);

    public NodeHold Add(ReserveCall call, DateTimeOffset at, DateTimeOffset ends)
    {
        var hold = new NodeHold(call, at, ends);
        Of(call.Tenant).Put(hold);
        return hold;
    }

    public void Extend(ExtendCall call, DateTimeOffset ends)
    {
        if (Find(call.Tenant, call.RequestId) is not { } hold) return;
        MeterClaim[] claims = [.. hold.Call.Claims.Select(claim => claim with { Amount = claim.Measure switch { LimitMeasure.Tokens => call.Tokens, LimitMeasure.Cost => call.Cost, _ => null } ?? claim.Amount })];
        Of(call.Tenant).Put(hold with { Call = hold.Call with { Claims = claims }, Ends = ends });
    }

    public NodeHold? Find(string tenant, string requestId) => _tenants.TryGetValue(tenant, out var own) ? own.Find(requestId) : null;

    /// <summary>Null when nobody holds it here; empty when several tenants do.</summary>
    public string? TenantOf(string requestId)
    {
        string? found = null;
        foreach (var (tenant, own) in _tenants)
            if (own.Find(requestId) is not null) found = found is null ? tenant : "";
        return found;
    }

    public void Remove(string tenant, string requestId)
    {
        if (_tenants.TryGetValue(tenant, out var own)) own.Remove(requestId);
    }

    /// <summary>Lets go of those that have been over for a while.</summary>
    public void Forget(string tenant, DateTimeOffset now) => Of(tenant).Forget(now);

    /// <summary>All of a tenant's, the first time that an epoch is heard of.</summary>
    public IReadOnlyList<NodeHold> Untold(string tenant, string epoch) => Of(tenant).Untold(epoch);

    /// <summary>The epoch that was heard of last; null before the first.</summary>
    public string? EpochOf(string tenant) => _tenants.TryGetValue(tenant, out var own) ? own.Epoch : null;

    private OfTenant Of(string tenant) => _tenants.GetOrAdd(tenant, static _ => new());

    /// <summary>By id, and by the second in which they end: to find those that are over, the others are not looked at.</summary>
    private sealed class OfTenant
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, NodeHold> _holds = new(StringComparer.Ordinal);
        private readonly SortedDictionary<long, HashSet<string>> _ends = [];
        private string? _epoch;

        public string? Epoch => Volatile.Read(ref _epoch);

        public bool IsEmpty
        {
            get
            {
                lock (_lock) return _holds.Count == 0;
            }
        }

        public NodeHold? Find(string requestId)
        {
            lock (_lock) return _holds.GetValueOrDefault(requestId);
        }

        public void Put(NodeHold hold)
        {
            lock (_lock)
            {
                RemoveNeedsLock(hold.Call.RequestId);
                _holds.Add(hold.Call.RequestId, hold);
                if (!_ends.TryGetValue(hold.EndSecond, out var ends)) _ends.Add(hold.EndSecond, ends = new(StringComparer.Ordinal));
                ends.Add(hold.Call.RequestId);
            }
        }

        public void Remove(string requestId)
        {
            lock (_lock) RemoveNeedsLock(requestId);
        }

        public void Forget(DateTimeOffset now)
        {
            lock (_lock)
            {
                while (_ends.Count > 0 && _ends.First() is var (second, ids) && second + KeptSeconds < now.ToUnixTimeSeconds())
                {
                    foreach (var id in ids) _holds.Remove(id);
                    _ends.Remove(second);
                }
            }
        }

        public IReadOnlyList<NodeHold> Untold(string epoch)
        {
            if (Volatile.Read(ref _epoch) == epoch || Interlocked.Exchange(ref _epoch, epoch) == epoch) return [];
            lock (_lock) return [.. _holds.Values];
        }

        private void RemoveNeedsLock(string requestId)
        {
            if (!_holds.Remove(requestId, out var hold) || !_ends.TryGetValue(hold.EndSecond, out var ends)) return;
            ends.Remove(requestId);
            if (ends.Count == 0) _ends.Remove(hold.EndSecond);
        }
    }
}

internal sealed record NodeHold(ReserveCall Call, DateTimeOffset At, DateTimeOffset Ends)
{
    public long EndSecond => Ends.ToUnixTimeSeconds();

    public List<RedisValue> Arguments()
    {
        var arguments = new List<RedisValue> { Call.RequestId, Ends.ToUnixTimeMilliseconds(), At.ToUnixTimeMilliseconds(), Call.Note, Call.Claims.Count };
        foreach (var claim in Call.Claims) arguments.AddRange([claim.Meter, claim.Kind, (int)claim.Measure, claim.Amount, claim.Window.StartMs, claim.Window.EndMs]);
        return arguments;
    }
}
