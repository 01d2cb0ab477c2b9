using AgentConsole.Usage;
using AgentConsole.Usage.Pages;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class UsageViewTests
{
    [Theory]
    [InlineData("/usage?range=24h", Grain.Hour)]
    [InlineData("/usage?range=7d", Grain.Hour)]
    [InlineData("/usage?range=30d", Grain.Day)]
    [InlineData("/usage?range=30d&grain=week", Grain.Week)]
    [InlineData("/usage?range=24h&grain=nonsense", Grain.Hour)]
    [InlineData("/usage?range=24h&grain=total", Grain.Hour)]
    [InlineData("/usage?from=2025-01-01&to=2026-01-01&grain=15m", Grain.Day)]
    public void Read_Grain_FitsTheRangeUnlessNamed(string url, Grain expected) => Assert.Equal(expected, SampleUsage.View(url).Grain);

    [Fact]
    public void Read_Filters_HaveTheNamesOfTheApi()
    {
        var filter = SampleUsage.View("/usage?model=a&model=b&user=&promptVersion=3&tenant=acme").Filter;

        Assert.Equal(["a", "b"], filter[Dimension.Model]);
        Assert.Equal([null], filter[Dimension.User]);
        Assert.Equal(["3"], filter[Dimension.PromptVersion]);
        Assert.Equal(["acme"], filter[Dimension.Tenant]);
        Assert.Empty(filter[Dimension.Key]);
    }

    [Fact]
    public void Read_EmptyTenant_IsNoFilter() => Assert.Empty(SampleUsage.View("/usage?tenant=").Filter.Values);

    [Fact]
    public void Read_GroupBy_IsTheDefaultWhenUnknown()
    {
        Assert.Equal(Dimension.User, SampleUsage.View("/usage?groupBy=user").GroupBy);
        Assert.Equal(Dimension.Model, SampleUsage.View("/usage?groupBy=weather").GroupBy);
    }
}
