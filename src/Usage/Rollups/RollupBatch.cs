using System.Runtime.InteropServices;

namespace AgentConsole.Usage.Rollups;

internal readonly record struct RollupKey(
    string Tenant, RollupKind Kind, RollupGrain Grain, DateTime BucketStart, string Subject, string Provider, string Model, UsageStatus Status) : IComparable<RollupKey>
{
    /// <summary>The order of the primary key: rows are written as the index has them.</summary>
    public int CompareTo(RollupKey other)
    {
        var order = string.CompareOrdinal(Tenant, other.Tenant);
        if (order == 0) order = Kind.CompareTo(other.Kind);
        if (order == 0) order = Grain.CompareTo(other.Grain);
        if (order == 0) order = BucketStart.CompareTo(other.BucketStart);
        if (order == 0) order = string.CompareOrdinal(Subject, other.Subject);
        if (order == 0) order = string.CompareOrdinal(Provider, other.Provider);
        if (order == 0) order = string.CompareOrdinal(Model, other.Model);
        return order == 0 ? Status.CompareTo(other.Status) : order;
    }
}

internal sealed class RollupSums
{
    public long Requests;
    public long Attempts;
    public long Unpriced;
    public TokenCounts Tokens;
    public decimal Cost;
    public List<long> Latency = [];

    public void Add(in RolledEvent usage)
    {
        Requests++;
        Attempts += usage.Attempts;
        Tokens += usage.Tokens;
        if (usage.Cost is { } cost) Cost += cost;
        else Unpriced++;
        if (usage.LatencyMs is { } latency) Latency.Add(LatencyHistogram.Entry(LatencyHistogram.Bin(latency), 1));
    }

    public void Correct(decimal cost, int unpriced)
    {
        Cost += cost;
        Unpriced += unpriced;
    }

    public void Add(RollupSums other)
    {
        Requests += other.Requests;
        Attempts += other.Attempts;
        Unpriced += other.Unpriced;
        Tokens += other.Tokens;
        Cost += other.Cost;
        Latency.AddRange(other.Latency);
    }

    /// <summary>One entry per bin.</summary>
    public long[] LatencyEntries()
    {
        if (Latency.Count <= 1) return [.. Latency];
        var histogram = new LatencyHistogram();
        foreach (var entry in Latency) histogram.AddEntry(entry);
        return histogram.ToEntries();
    }
}

/// <summary>The rollup rows that a batch of events changes, summed before the store is asked.</summary>
internal sealed class RollupBatch
{
    private readonly Dictionary<RollupKey, RollupSums> _rows = [];

    /// <summary>The rows in the order of the primary key, coarser grains included.</summary>
    public IReadOnlyList<KeyValuePair<RollupKey, RollupSums>> Rows()
    {
        var fine = _rows.ToList();
        foreach (var (key, sums) in fine)
        {
            if (key.Kind == RollupKind.Model) Sums(key with { Grain = RollupGrain.Hour, BucketStart = key.BucketStart.Date.AddHours(key.BucketStart.Hour) }).Add(sums);
            Sums(key with { Grain = RollupGrain.Day, BucketStart = key.BucketStart.Date }).Add(sums);
        }
        var rows = _rows.ToList();
        rows.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        return rows;
    }

    public void Add(in RolledEvent usage)
    {
        var key = ModelKey(usage);
        Sums(key).Add(usage);
        Sums(key with { Kind = RollupKind.User, Subject = usage.User }).Add(usage);
        Sums(key with { Kind = RollupKind.Key, Subject = usage.Key }).Add(usage);
    }

    /// <summary>An event that was added before costs so much more now, or less, and its being unpriced counts so much more, or less.</summary>
    public void Correct(in RolledEvent usage, decimal cost, int unpriced)
    {
        var key = ModelKey(usage);
        Sums(key).Correct(cost, unpriced);
        Sums(key with { Kind = RollupKind.User, Subject = usage.User }).Correct(cost, unpriced);
        Sums(key with { Kind = RollupKind.Key, Subject = usage.Key }).Correct(cost, unpriced);
    }

    private static RollupKey ModelKey(in RolledEvent usage)
    {
        var at = usage.OccurredAt;
        var bucket = new DateTime(at.Ticks - at.Ticks % TimeSpan.FromMinutes(15).Ticks, DateTimeKind.Utc);
        return new(usage.Tenant, RollupKind.Model, RollupGrain.QuarterHour, bucket, "", usage.Provider, usage.Model, usage.Status);
    }

    private RollupSums Sums(in RollupKey key) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_rows, key, out _) ??= new RollupSums();
}
