using System.Buffers.Binary;

namespace AgentConsole.Usage.Rollups;

/// <summary>
/// Latencies in log-spaced bins, mergeable by adding. Bin n holds [1.06^n, 1.06^(n+1)) ms and answers its geometric middle: at most 3 % off, up to ten minutes; above that, ten minutes.
/// Stored packed and sparse, five bytes an entry: the bin, then its count, big-endian; a bin may occur in several entries, so that merging two is joining their bytes. One that is kept
/// and only read is held in that form, too: it has some sixty bins of the 229.
/// </summary>
internal sealed class LatencyHistogram
{
    public const int EntryBytes = 5;

    private const double Growth = 1.06;
    private const int BinCount = 229;
    private static readonly double LogGrowth = Math.Log(Growth);

    private long[]? _counts = new long[BinCount];
    private byte[] _packed = [];

    public long Count { get; private set; }

    public static byte Bin(int milliseconds) =>
        milliseconds <= 1 ? (byte)0 : (byte)Math.Min(BinCount - 1, (int)(Math.Log(milliseconds) / LogGrowth));

    /// <summary>One latency of each bin, packed.</summary>
    public static byte[] Pack(IReadOnlyList<byte> bins)
    {
        if (bins.Count == 1) return [bins[0], 0, 0, 0, 1];
        var histogram = new LatencyHistogram();
        foreach (var bin in bins) histogram.AddBin(bin, 1);
        return histogram.Pack();
    }

    public byte[] Pack()
    {
        if (_counts is not { } counts) return _packed;
        var packed = new byte[EntryBytes * counts.Count(static count => count > 0)];
        var entry = packed.AsSpan();
        for (var bin = 0; bin < BinCount; bin++)
        {
            if (counts[bin] == 0) continue;
            entry[0] = (byte)bin;
            BinaryPrimitives.WriteUInt32BigEndian(entry[1..], checked((uint)counts[bin]));
            entry = entry[EntryBytes..];
        }
        return packed;
    }

    /// <summary>Takes a fifth of the room from now on, as long as nothing is added.</summary>
    public void Compact()
    {
        if (_counts is null || Count > uint.MaxValue) return;
        (_packed, _counts) = (Pack(), null);
    }

    /// <param name="times">-1 takes away what was added.</param>
    public void AddPacked(ReadOnlySpan<byte> packed, int times = 1)
    {
        for (; packed.Length >= EntryBytes; packed = packed[EntryBytes..])
            AddBin(packed[0], times * (long)BinaryPrimitives.ReadUInt32BigEndian(packed[1..]));
    }

    /// <summary>Adds milliseconds as PostgreSQL's <c>int4send</c> writes them, one after the other.</summary>
    public void AddMilliseconds(ReadOnlySpan<byte> sent)
    {
        for (; sent.Length >= sizeof(int); sent = sent[sizeof(int)..])
            Add(BinaryPrimitives.ReadInt32BigEndian(sent));
    }

    public void Add(int milliseconds) => AddBin(Bin(milliseconds), 1);

    /// <param name="times">-1 takes away what was added.</param>
    public void Add(LatencyHistogram other, int times = 1)
    {
        if (other._counts is not { } counts) AddPacked(other._packed, times);
        else
            for (var bin = 0; bin < BinCount; bin++)
                if (counts[bin] > 0) AddBin(bin, times * counts[bin]);
    }

    public LatencyPercentiles? Percentiles() => Count == 0 ? null : new(Percentile(0.50), Percentile(0.95), Percentile(0.99));

    /// <summary>The nearest-rank percentile.</summary>
    public double Percentile(double quantile)
    {
        var (rank, counts) = (Math.Max(1, (long)Math.Ceiling(quantile * Count)), _counts ?? Unpack(_packed));
        for (var bin = 0; bin < BinCount; bin++)
        {
            rank -= counts[bin];
            if (rank <= 0) return Middle(bin);
        }
        return Middle(BinCount - 1);
    }

    private static double Middle(int bin) => bin == 0 ? 1 : Math.Round(Math.Pow(Growth, bin + 0.5), 1);

    private static long[] Unpack(ReadOnlySpan<byte> packed)
    {
        var counts = new long[BinCount];
        for (; packed.Length >= EntryBytes; packed = packed[EntryBytes..]) counts[packed[0]] += BinaryPrimitives.ReadUInt32BigEndian(packed[1..]);
        return counts;
    }

    private void AddBin(int bin, long count)
    {
        (_counts ??= Unpack(_packed))[bin] += count;
        Count += count;
    }
}
