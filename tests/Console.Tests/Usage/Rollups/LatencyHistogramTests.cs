using AgentConsole.Usage.Rollups;

namespace AgentConsole.Tests.Usage.Rollups;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentile_OfOneLatency_IsAtMostThreePercentOff()
    {
        for (var milliseconds = 2; milliseconds < 600_000; milliseconds += 1 + (milliseconds / 50))
        {
            var histogram = new LatencyHistogram();
            histogram.Add(milliseconds);
            Assert.InRange(histogram.Percentile(0.5), (milliseconds / 1.031) - 0.05, (milliseconds * 1.031) + 0.05);
        }
    }

    [Fact]
    public void Latency_OfMoreThanTenMinutes_IsCountedAsTenMinutes()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(int.MaxValue);
        Assert.InRange(histogram.Percentile(0.99), 580_000, 640_000);
    }

    [Fact]
    public void Merge_InAnyOrder_IsTheSameAsAddingAll()
    {
        var random = new Random(3);
        var (all, merged) = (new LatencyHistogram(), new LatencyHistogram());
        for (var part = 0; part < 10; part++)
        {
            var histogram = new LatencyHistogram();
            for (var index = 0; index < 100; index++)
            {
                var latency = random.Next(100_000);
                histogram.Add(latency);
                all.Add(latency);
            }
            foreach (var entry in histogram.Pack().Chunk(LatencyHistogram.EntryBytes).OrderBy(_ => random.Next())) merged.AddPacked(entry);
        }
        Assert.Equal(all.Pack(), merged.Pack());
        Assert.Equal((1000, all.Percentiles()), (merged.Count, merged.Percentiles()));
    }

    [Fact]
    public void Compact_ChangesNothingOfWhatItTells()
    {
        var (compact, plain, sum) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        foreach (var latency in new[] { 1, 7, 7, 90, 1_200, 700_000 })
        {
            compact.Add(latency);
            plain.Add(latency);
        }
        compact.Compact();
        Assert.Equal(plain.Percentiles(), compact.Percentiles());
        Assert.Equal(plain.Pack(), compact.Pack());
        sum.Add(compact);
        sum.Add(compact);
        sum.Add(compact, -1);
        Assert.Equal((plain.Count, plain.Percentiles()), (sum.Count, sum.Percentiles()));
        compact.Add(7);
        plain.Add(7);
        Assert.Equal(plain.Count, compact.Count);
        Assert.Equal(plain.Pack(), compact.Pack());
    }

    [Fact]
    public void Percentiles_OfNothing_AreUnknown() => Assert.Null(new LatencyHistogram().Percentiles());
}
