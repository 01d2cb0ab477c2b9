namespace AgentConsole.Bench.Load;

/// <summary>Durations of one kind, from any thread.</summary>
internal sealed class Latencies
{
    private readonly Lock _lock = new();
    private readonly List<double> _milliseconds = [];

    public int Count
    {
        get
        {
            lock (_lock) return _milliseconds.Count;
        }
    }

    public void Add(TimeSpan took)
    {
        lock (_lock) _milliseconds.Add(took.TotalMilliseconds);
    }

    /// <summary>The duration that this share of them did not exceed, in milliseconds; 0 when there are none.</summary>
    public double Percentile(double share)
    {
        double[] sorted;
        lock (_lock) sorted = [.. _milliseconds];
        if (sorted.Length == 0) return 0;
        Array.Sort(sorted);
        return sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    public override string ToString() => $"p50 {Percentile(0.50):F1} ms, p95 {Percentile(0.95):F1} ms, p99 {Percentile(0.99):F1} ms";
}
