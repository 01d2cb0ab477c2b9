using System.Runtime.InteropServices;

namespace AgentConsole.Usage.Rollups;

internal readonly record struct RollupKey(
    string Tenant, RollupKind Kind, RollupGrain Grain, DateTime BucketStart, string Subject, string Provider, string Model, UsageStatus Status) : IComparable<RollupKey>
{
    /// <summary>The row of a coarser level that this one is a part of.</summary>
    public RollupKey At(RollupLevel level)
    {
        var bucket = level.BucketOf(BucketStart);
        return level.Kind is RollupKind.UserTotal or RollupKind.KeyTotal
            ? this with { Kind = level.Kind, Grain = level.Grain, BucketStart = bucket, Provider = "", Model = "", Status = Rollup.AnyStatus }
            : this with { Grain = level.Grain, BucketStart = bucket };
    }

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
    public long Failures;
    public long Attempts;
    public long Unpriced;
    public TokenCounts Tokens;
    public decimal Cost;
    /// <summary>The bin of each event's latency.</summary>
    public List<byte> Latency = [];

    public void Add(in RolledEvent usage)
    {
        Requests++;
        if (usage.Status == UsageStatus.Failure) Failures++;
        Attempts += usage.Attempts;
        Tokens += usage.Tokens;
        if (usage.Cost is { } cost) Cost += cost;
        else Unpriced++;
        if (usage.LatencyMs is { } latency) Latency.Add(LatencyHistogram.Bin(latency));
    }

    public void Correct(decimal cost, int unpriced)
    {
        Cost += cost;
        Unpriced += unpriced;
    }

    public void Add(RollupSums other)
    {
        Requests += other.Requests;
        Failures += other.Failures;
        Attempts += other.Attempts;
        Unpriced += other.Unpriced;
        Tokens += other.Tokens;
        Cost += other.Cost;
        Latency.AddRange(other.Latency);
    }
}

/// <summary>The rollup rows that a batch of events changes, summed before the store is asked.</summary>
internal sealed class RollupBatch
{
    private static readonly RollupLevel[] OfModel = Coarser(RollupKind.Model);
    private static readonly RollupLevel[] OfUser = Coarser(RollupKind.User, RollupKind.UserTotal);
    private static readonly RollupLevel[] OfKey = Coarser(RollupKind.Key, RollupKind.KeyTotal);

    private readonly Dictionary<RollupKey, RollupSums> _rows = [];

    /// <summary>The rows in the order of the primary key, coarser levels included.</summary>
    public IReadOnlyList<KeyValuePair<RollupKey, RollupSums>> Rows()
    {
        foreach (var (key, sums) in _rows.ToList())
            foreach (var level in CoarserOf(key.Kind))
                Sums(key.At(level)).Add(sums);
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

    private static RollupLevel[] Coarser(params RollupKind[] kinds) =>
        [.. RollupCover.Kept.Where(level => kinds.Contains(level.Kind) && level.Grain != RollupGrain.QuarterHour)];

    private static RollupKey ModelKey(in RolledEvent usage)
    {
        var bucket = new RollupLevel(RollupKind.Model, RollupGrain.QuarterHour).BucketOf(usage.OccurredAt);
        return new(usage.Tenant, RollupKind.Model, RollupGrain.QuarterHour, bucket, "", usage.Provider, usage.Model, usage.Status);
    }

    /// <summary>The levels that are sums of a kind's quarter hours.</summary>
    private static RollupLevel[] CoarserOf(RollupKind kind) => kind switch
    {
        RollupKind.Model => OfModel,
        RollupKind.User => OfUser,
        RollupKind.Key => OfKey,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private RollupSums Sums(in RollupKey key) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_rows, key, out _) ??= new RollupSums();
}
