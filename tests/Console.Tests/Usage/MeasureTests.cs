using AgentConsole.Usage;

namespace AgentConsole.Tests.Usage;

public sealed class MeasureTests
{
    private static readonly Measures Sample = new(10, 2, 12, new TokenCounts { Input = 60, CacheRead = 40, AudioCacheRead = 0, Output = 20 }, 9m, 1, new(400, 900, 1500));

    [Fact]
    public void Name_OfEach_IsReadBack() => Assert.All(MeasureTerms.All, static measure => Assert.Equal(measure, MeasureTerms.Parse(measure.Name())));

    [Fact]
    public void Bucket_OfEachKindOfToken_IsItsOwn() =>
        Assert.Equal(TokenCounts.Buckets.Select(static bucket => bucket.Name()), MeasureTerms.All.Where(static measure => measure.Bucket() is not null).Select(static measure => measure.Name()));

    [Theory]
    [InlineData(Measure.Cost, 9)]
    [InlineData(Measure.CostPerRequest, 1)]
    [InlineData(Measure.FailureRate, 0.2)]
    [InlineData(Measure.CacheHitRate, 0.4)]
    [InlineData(Measure.Tokens, 120)]
    [InlineData(Measure.CacheRead, 40)]
    [InlineData(Measure.LatencyP95, 900)]
    public void Of_Measures_IsWhatItsNameSays(Measure measure, double expected) => Assert.Equal((decimal)expected, measure.Of(Sample));

    [Theory]
    [InlineData(Measure.CostPerRequest)]
    [InlineData(Measure.FailureRate)]
    [InlineData(Measure.CacheHitRate)]
    [InlineData(Measure.CacheSavings)]
    [InlineData(Measure.LatencyP99)]
    [InlineData(Measure.TtftP50)]
    [InlineData(Measure.TokensPerSecond)]
    public void Of_Nothing_IsUnknownAndNotZero(Measure measure) => Assert.Null(measure.Of(Measures.Zero));

    [Fact]
    public void Cost_OfWhatNobodyPrices_IsUnknown() => Assert.Null(Measure.Cost.Of(Measures.Zero with { Requests = 2, UnpricedRequests = 2 }));

    [Fact]
    public void Rank_OfWhatDoesNotAddUp_IsByRequests() => Assert.Equal(10, Measure.LatencyP95.Rank(Sample));

    [Theory]
    [InlineData("model", "model")]
    [InlineData("tag.env", "tag.env")]
    [InlineData("tag.a.b", "tag.a.b")]
    [InlineData("tag.", null)]
    [InlineData("weather", null)]
    [InlineData(null, null)]
    public void Facet_Parsed_IsADimensionOrATag(string? name, string? expected) => Assert.Equal(expected, Facet.Parse(name)?.Name);
}
