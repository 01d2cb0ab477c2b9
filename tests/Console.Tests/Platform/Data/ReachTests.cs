using AgentConsole.Platform.Data;

namespace AgentConsole.Tests.Platform.Data;

public sealed class ReachTests
{
    [Fact]
    public void Within_IsNeverMore()
    {
        var reach = Reach.Of("b", "a", "a");
        Assert.Equal(["a", "b"], reach.Tenants);
        Assert.Equal(Reach.Of("a"), reach.Within("a"));
        Assert.Equal(Reach.None, reach.Within("c"));
        Assert.Equal(Reach.None, Reach.None.Within("a"));
        Assert.Equal(Reach.Of("c"), Reach.Platform.Within("c"));
    }

    [Fact]
    public void Of_NobodyIsNone_WhichIsNotThePlatform()
    {
        Assert.Same(Reach.None, Reach.Of());
        Assert.NotEqual(Reach.Platform, Reach.None);
        Assert.False(Reach.None.Includes("a"));
        Assert.False(Reach.Of("a").Includes("A"));
    }

    [Fact]
    public void Text_OfDifferentReaches_Differs() =>
        Assert.Equal(4, new[] { Reach.Platform, Reach.None, Reach.Of("platform"), Reach.Of("a", "b") }.Select(static reach => reach.ToString()).Distinct().Count());
}
