using System.Buffers.Binary;

namespace AgentConsole.Usage.Rollups;

/// <summary>
/// Latencies in log-spaced bins, mergeable by adding. Bin n holds [1.06^n, 1.06^(n+1)) ms and answers its geometric middle: at most 3 % off, up to ten minutes; above that, ten minutes.
/// Stored packed and sparse, five bytes an entry: the bin, then its count, big-endian; a bin may occur in several entries, so that merging two is joining their bytes.
/// </summary>
internal sealed class LatencyHistogram
{
    public const int EntryBytes = 5;

    private const double Growth = 1.06;
    private const int BinCount = 229;
    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly long[] _counts = new long[BinCount];

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
        var packed = new byte[EntryBytes * _counts.Count(static count => count > 0)];
        var entry = packed.AsSpan();
        for (var bin = 0; bin < BinCount; bin++)
        {
            if (_counts[bin] == 0) continue;
            entry[0] = (byte)bin;
            BinaryPrimitives.WriteUInt32BigEndian(entry[1..], checked((uint)_counts[bin]));
            entry = entry[EntryBytes..];
        }
        return packed;
    }

    public void AddPacked(ReadOnlySpan<byte> packed)
    {
        for (; packed.Length >= EntryBytes; packed = packed[EntryBytes..])
            AddBin(packed[0], BinaryPrimitives.ReadUInt32BigEndian(packed[1..]));
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
        for (var bin = 0; bin < BinCount; bin++)
            if (other._counts[bin] > 0) AddBin(bin, times * other._counts[bin]);
    }

    public LatencyPercentiles? Percentiles() => Count == 0 ? null : new(Percentile(0.50), Percentile(0.95), Percentile(0.99));

    /// <summary>The nearest-rank percentile.</summary>
    public double Percentile(double quantile)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        for (var bin = 0; bin < BinCount; bin++)
        {
            rank -= _counts[bin];
            if (rank <= 0) return Middle(bin);
        }
        return Middle(BinCount - 1);
    }

    private static double Middle(int bin) => bin == 0 ? 1 : Math.Round(Math.Pow(Growth, bin + 0.5), 1);

    private void AddBin(int bin, long count)
    {
        _counts[bin] += count;
        Count += count;
    }
}
