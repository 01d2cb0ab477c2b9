using AgentConsole.Limits.Counters;

namespace AgentConsole.Limits;

/// <summary>How limits did on this node since it started.</summary>
/// <param name="Decisions">Reservations decided.</param>
/// <param name="RefusedUnknown">Of the refused those because what was spent was not known.</param>
/// <param name="LocalDecisions">Decided by this node's share while the counters were away.</param>
/// <param name="UnderEstimated">Settled above the estimate: the only way over a limit.</param>
/// <param name="Missed">Events left to the check.</param>
/// <param name="P50Ms">Of the last decisions, the counters' answer included; null before the first.</param>
/// <param name="AwaySince">Since when the counters cannot be reached; null: they can.</param>
/// <param name="MemorySince">When this node first saw the memory that the counters have now; null: it never did.</param>
public sealed record LimiterFigures(
    long Decisions, long Refused, long RefusedUnknown, long LocalDecisions, long UnderEstimated, long Missed, double? P50Ms, double? P99Ms, DateTimeOffset? AwaySince, DateTimeOffset? MemorySince);

/// <summary>How the counters stand and what was decided, as this node knows it.</summary>
public sealed class LimiterState(TimeProvider time)
{
    private const int Kept = 4096;

    /// <summary>Twice as long as a node takes to see that the counters are back.</summary>
    private static readonly TimeSpan CatchingUp = TimeSpan.FromMilliseconds(500);

    private readonly double[] _latencies = new double[Kept];
    private readonly Lock _lock = new();
    private long _decisions, _refused, _unknown, _local, _under, _missed;
    private string? _memory;
    private DateTimeOffset? _awaySince, _memorySince;
    private long? _backAt;

    /// <summary>What the counters remember in, as last seen.</summary>
    internal string? Memory
    {
        get
        {
            lock (_lock) return _memory;
        }
    }

    /// <summary>The counters could not be reached when they were last looked at.</summary>
    internal bool IsAway
    {
        get
        {
            lock (_lock) return _awaySince is not null;
        }
    }

    /// <summary>Whether what the counters say of money may be gone by: not while they are away, nor until every node has had the time to count what it settled meanwhile.</summary>
    internal bool KnowsMoney
    {
        get
        {
            lock (_lock) return _awaySince is null && (_backAt is not { } at || time.GetElapsedTime(at) >= CatchingUp);
        }
    }

    public LimiterFigures Read()
    {
        lock (_lock)
        {
            var count = (int)Math.Min(_decisions, Kept);
            var sorted = _latencies[..count];
            Array.Sort(sorted);
            double? At(double share) => count == 0 ? null : sorted[Math.Min(count - 1, (int)(share * count))];
            return new(_decisions, _refused, _unknown, _local, _under, _missed, At(0.5), At(0.99), _awaySince, _memorySince);
        }
    }

    internal void Decided(LimitDecision decision, bool isLocal, TimeSpan took)
    {
        lock (_lock)
        {
            _latencies[_decisions++ % Kept] = took.TotalMilliseconds;
            if (isLocal) _local++;
            if (decision.Refusal is not { } refusal) return;
            _refused++;
            if (refusal.Reason == LimitRefusalReason.Unknown) _unknown++;
        }
    }

    internal void UnderEstimated()
    {
        lock (_lock) _under++;
    }

    internal void Missed(int events)
    {
        lock (_lock) _missed += events;
    }

    /// <summary>True when the counters are back after they were away.</summary>
    internal bool Saw(CountersMemory? memory, DateTimeOffset at)
    {
        lock (_lock)
        {
            var isBack = memory is not null && _awaySince is not null;
            if (isBack) _backAt = time.GetTimestamp();
            _awaySince = memory is null ? _awaySince ?? at : null;
            if (memory is not null && memory.Name != _memory) (_memory, _memorySince) = (memory.Name, at);
            return isBack;
        }
    }
}
