using System.Text.Json;
using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Pricing;

public sealed class PriceJsonTests
{
    [Fact]
    public void Read_OfEverySeedRowWritten_IsTheSameRow() => Assert.All(PriceBook.Seed.Rows, row =>
        Assert.Equal(row.Id, Read(PriceJson.Write(row).ToJsonString(), PriceOrigin.Seed)!.Id));

    [Fact]
    public void Read_OfEveryField_KeepsIt()
    {
        var row = Read("""
            {"provider":"bedrock","model":"m","match":{"or":[{"equals":"m"},{"and":[{"starts_with":"m-"},{"ends_with":"-x"},{"contains":"y"},{"regex":"^m"}]},{"dated":"n"}]},
             "validFrom":"2026-01-01T00:00:00Z","validTo":"2026-02-01T00:00:00Z","tier":"Flex","minInputTokens":200001,"window":{"from":"16:30","to":"00:30"},
             "perMillion":{"input":"0.0028","cacheWrite1h":6,"output":1e-3},"perRequest":"0.005","toolFees":{"webSearch":"0.01"},"batchFactor":"0.5","regionFactors":{"us":"1.1"},
             "tenant":"acme","discount":"0.1","margin":"0.2","source":"a page","asOf":"2026-01-02","later":"ignored"}
            """)!;

        Assert.Equal(("aws", "flex", 200_001L, "acme", 0.1m, 0.2m), (row.Provider, row.Tier, row.MinInputTokens, row.Tenant, row.Discount, row.Margin));
        Assert.Equal([0.0028m, 6m, 0.001m], [row.PerMillion[TokenBucket.Input], row.PerMillion[TokenBucket.CacheWrite1h], row.PerMillion[TokenBucket.Output]]);
        Assert.Equal((0.005m, 0.01m, 0.5m, 1.1m), (row.PerRequest, row.ToolFees!["webSearch"], row.BatchFactor, row.RegionFactors!["us"]));
        Assert.Equal(new DailyWindow(new(16, 30), new(0, 30)), row.Window);
        Assert.True(row.Match.Matches("m-y-x") && row.Match.Matches("n-20260101") && !row.Match.Matches("m-y"));
        Assert.Equal(PriceJson.Write(row).ToJsonString(), PriceJson.Write(Read(PriceJson.Write(row).ToJsonString())!).ToJsonString());
    }

    [Theory]
    [InlineData("""{"provider":"p","model":"m"}""")]
    [InlineData("""{"model":"m","perMillion":{"input":"1"}}""")]
    [InlineData("""{"provider":"p","model":"","perMillion":{"input":"1"}}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"-1"}}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"1000001"}}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"much"}}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":1e400}}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"imput":"1"}}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"1"},"discount":"1.1"}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"1"},"match":{"regex":"("}}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"1"},"match":{"or":[]}}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"1"},"validFrom":"2026-01-01T00:00:00Z","validTo":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"1"},"validFrom":"soon"}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"1"},"minInputTokens":-1}""")]
    [InlineData("""{"provider":"p","model":"m","perMillion":{"input":"1"},"batchFactor":"-0.5"}""")]
    [InlineData("[]")]
    public void Read_OfAnImpossibleRow_IsRefused(string json) => Assert.Null(Read(json));

    private static PriceRow? Read(string json, PriceOrigin origin = PriceOrigin.Entered) =>
        PriceJson.Read(JsonDocument.Parse(json).RootElement, origin) is { Ok: true } read ? read.Value : null;
}
