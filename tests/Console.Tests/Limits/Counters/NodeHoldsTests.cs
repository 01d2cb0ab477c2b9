using AgentConsole.Limits;
using AgentConsole.Limits.Counters;

namespace AgentConsole.Tests.Limits.Counters;

public sealed class NodeHoldsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    private readonly NodeHolds _holds = new();

    [Fact]
    public void Forget_OfHoldsThatAreOver_KeepsTheOthers()
    {
        Add("acme", "short", 5);
        Add("acme", "long", 60);
        Add("other", "foreign", 5);

        _holds.Forget("acme", Now.AddSeconds(10));
        Assert.NotNull(_holds.Find("acme", "short"));
        _holds.Forget("acme", Now.AddSeconds(11));

        Assert.Null(_holds.Find("acme", "short"));
        Assert.NotNull(_holds.Find("acme", "long"));
        Assert.NotNull(_holds.Find("other", "foreign"));
        Assert.Equal(["acme", "other"], _holds.Tenants.Order());
    }

    [Fact]
    public void Forget_OfAHoldThatWasExtended_WaitsForItsNewEnd()
    {
        Add("acme", "a", 5);
        _holds.Extend(new("acme", "a", TimeSpan.FromSeconds(60), 7, null, []), Now.AddSeconds(60));

        _holds.Forget("acme", Now.AddSeconds(30));
        Assert.Equal(7, Assert.Single(_holds.Find("acme", "a")!.Call.Claims).Amount);

        _holds.Forget("acme", Now.AddSeconds(66));
        Assert.Null(_holds.Find("acme", "a"));
    }

    [Fact]
    public void Remove_OfAHold_LeavesNothingOfIt()
    {
        Add("acme", "a", 5);
        Add("acme", "b", 5);

        _holds.Remove("acme", "a");

        Assert.Null(_holds.TenantOf("a"));
        Assert.Equal("acme", _holds.TenantOf("b"));
        _holds.Remove("acme", "b");
        Assert.Empty(_holds.Tenants);
    }

    [Fact]
    public void Untold_OfANewEpoch_IsAllOfThemOnce()
    {
        Add("acme", "a", 5);
        Add("acme", "b", 60);

        Assert.Equal(["a", "b"], _holds.Untold("acme", "one").Select(static hold => hold.Call.RequestId).Order());
        Assert.Empty(_holds.Untold("acme", "one"));
        Assert.Equal(2, _holds.Untold("acme", "two").Count);
    }

    private void Add(string tenant, string id, int seconds) =>
        _holds.Add(new(tenant, id, TimeSpan.FromSeconds(seconds), "", [new("tD:0:", "tD:", LimitMeasure.Tokens, 100, 1000, MeterWindow.None)]), Now, Now.AddSeconds(seconds));
}
