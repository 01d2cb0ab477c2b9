using System.Buffers.Binary;

namespace AgentConsole.Usage.Rollups;

/// <summary>
/// Latencies in log-spaced bins, mergeable by adding. Bin n holds [1.06^n, 1.06^(n+1)) ms and answers its geometric middle: at most 3 % off, up to ten minutes; above that, ten minutes.
/// Stored sparse as <c>bigint[]</c>, an entry <c>bin &lt;&lt; 40 | count</c>; a bin may occur in several entries, so that merging two is joining their arrays.
/// </summary>
internal sealed class LatencyHistogram
{
    private const double Growth = 1.06;
    private const int BinCount = 229;
    private const int CountBits = 40;
    private const long CountMask = (1L << CountBits) - 1;
    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly long[] _counts = new long[BinCount];

    public long Count { get; private set; }

    public static int Bin(int milliseconds) =>
        milliseconds <= 1 ? 0 : Math.Min(BinCount - 1, (int)(Math.Log(milliseconds) / LogGrowth));

    public static long Entry(int bin, long count) => ((long)bin << CountBits) | count;

    public void Add(int milliseconds) => AddBin(Bin(milliseconds), 1);

    public void AddEntry(long entry) => AddBin((int)(entry >> CountBits), entry & CountMask);

    /// <summary>Adds arrays as PostgreSQL's <c>array_send</c> writes them, one after the other.</summary>
    /// <param name="arrays">Elements of 8 bytes are entries, of 4 bytes milliseconds.</param>
    public void AddSent(ReadOnlySpan<byte> arrays)
    {
        while (arrays.Length > 0)
        {
            var dimensions = BinaryPrimitives.ReadInt32BigEndian(arrays);
            var count = dimensions == 0 ? 0 : BinaryPrimitives.ReadInt32BigEndian(arrays[12..]);
            arrays = arrays[(12 + 8 * dimensions)..];
            for (; count > 0; count--)
            {
                var size = BinaryPrimitives.ReadInt32BigEndian(arrays);
                if (size == 8) AddEntry(BinaryPrimitives.ReadInt64BigEndian(arrays[4..]));
                else Add(BinaryPrimitives.ReadInt32BigEndian(arrays[4..]));
                arrays = arrays[(4 + size)..];
            }
        }
    }

    public void Add(LatencyHistogram other)
    {
        for (var bin = 0; bin < BinCount; bin++)
            if (other._counts[bin] > 0) AddBin(bin, other._counts[bin]);
    }

    public long[] ToEntries()
    {
        var entries = new List<long>();
        for (var bin = 0; bin < BinCount; bin++)
            if (_counts[bin] > 0) entries.Add(Entry(bin, _counts[bin]));
        return [.. entries];
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
