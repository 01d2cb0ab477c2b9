using System.Collections.Concurrent;
using AgentConsole.Limits.Counters;

namespace AgentConsole.Limits.Truth;

/// <summary>What this node could not count, as the counters were away.</summary>
/// <param name="Memory">What they remembered in then; another one learns of it from the ledger.</param>
internal sealed record LateCount(string RequestId, LimitSubject Subject, DateTimeOffset ReservedAt, RequestUse Use, string? Memory);

/// <summary>
/// What was settled while the counters were away: written down already, and counted as soon as they are back, before this node grants anything more to its tenant.
/// What is too much for it is left to the check.
/// </summary>
internal sealed class LateCounts(ICounters counters, CurrentLimits current, LimiterState state, CheckSoon soon)
{
    /// <summary>On this node, of all tenants.</summary>
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<string, OfTenant> _tenants = new(StringComparer.Ordinal);
    private int _waiting;

    private sealed class OfTenant
    {
        public readonly ConcurrentQueue<LateCount> Counts = new();
        public readonly SemaphoreSlim Counting = new(1);
    }

    public void Add(string requestId, LimitSubject subject, DateTimeOffset reservedAt, RequestUse use)
    {
        soon.Ask(subject.Tenant);
        if (Interlocked.Increment(ref _waiting) > Most) Interlocked.Decrement(ref _waiting);
        else _tenants.GetOrAdd(subject.Tenant, static _ => new()).Counts.Enqueue(new(requestId, subject, reservedAt, use, state.Memory));
    }

    public async Task CountAllAsync(CancellationToken cancellationToken)
    {
        foreach (var tenant in _tenants.Keys) await CountAsync(tenant, cancellationToken);
    }

    /// <summary>All of a tenant's, when it returns. Fails with <see cref="CountersAwayException"/>; what is counted again then changes nothing.</summary>
    public async ValueTask CountAsync(string tenant, CancellationToken cancellationToken)
    {
        if (!_tenants.TryGetValue(tenant, out var own) || own.Counts.IsEmpty) return;
        await own.Counting.WaitAsync(cancellationToken);
        try
        {
            while (own.Counts.TryPeek(out var late))
            {
                if (late.Memory == state.Memory) await counters.CountAsync(tenant, late.RequestId, CountUsage.Counts(current.Book.For(tenant), late.Subject, late.ReservedAt, late.Use), isEvent: false);
                own.Counts.TryDequeue(out _);
                Interlocked.Decrement(ref _waiting);
            }
        }
        finally
        {
            own.Counting.Release();
        }
    }
}
