using System.Text.Json;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Usage;

/// <summary>The reads that pages use beside the API.</summary>
public sealed class UsageQueriesTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private UsageQueries Queries => shared.App.Get<UsageQueries>();

    [Fact]
    public async Task Values_AreThoseOfTheTenantMostUsedFirstWithoutNone()
    {
        await shared.Client.SendUsageAsync(Json.Array(new[] { "b", "a", "b", null, "c", "c", "c" }.Select((user, index) => Json.Event($"{index}", _tenant, item => item["user"] = user))));
        await shared.Client.SendUsageAsync(Json.Event("x", _tenant + "-other", item => item["user"] = "foreign"));
        await shared.App.RollUpAsync();
        Assert.Equal(["c", "b", "a"], await Queries.ListValuesAsync(Dimension.User, _tenant, 10, CancellationToken.None));
        Assert.Equal(["c", "b"], await Queries.ListValuesAsync(Dimension.User, _tenant, 2, CancellationToken.None));
        Assert.Empty(await Queries.ListValuesAsync(Dimension.Key, _tenant, 10, CancellationToken.None));
        Assert.Equal([_tenant], await Queries.ListValuesAsync(Dimension.Tenant, _tenant, 10, CancellationToken.None));
    }

    [Fact]
    public async Task Breakdown_WithoutPercentiles_HasTheSameSums()
    {
        await shared.Client.SendUsageAsync(Json.Array(Enumerable.Range(0, 9).Select(index => Json.Event($"p{index}", _tenant, item => item["latencyMs"] = 100 * index))));
        await shared.App.RollUpAsync();
        await shared.Client.SendUsageAsync(Json.Event("tail", _tenant, static item => item["latencyMs"] = 5000));
        var path = $"/api/v1/usage/breakdown?tenant={_tenant}&from=2026-11-20T00:00:00Z&to=2026-11-20T17:59:00Z&groupBy=model&grain=hour";
        var (with, without) = (await shared.Client.GetJsonAsync(path), await shared.Client.GetJsonAsync($"{path}&percentiles=false"));
        Assert.NotEqual(JsonValueKind.Null, with.GetProperty("total").GetProperty("latencyMs").ValueKind);
        Assert.Equal(JsonValueKind.Null, without.GetProperty("total").GetProperty("latencyMs").ValueKind);
        foreach (var name in new[] { "requests", "cost", "tokens" })
            Assert.Equal(with.GetProperty("total").GetProperty(name).GetRawText(), without.GetProperty("total").GetProperty(name).GetRawText());
        Assert.Equal(10, without.GetProperty("rows")[0].GetProperty("requests").GetInt32());
    }

    [Fact]
    public async Task HasEvents_IsFalseUntilTheFirst()
    {
        Assert.False(await Queries.HasEventsAsync(_tenant, CancellationToken.None));
        await shared.Client.SendUsageAsync(Json.Event("a", _tenant));
        Assert.True(await Queries.HasEventsAsync(_tenant, CancellationToken.None));
        Assert.True(await Queries.HasEventsAsync(null, CancellationToken.None));
    }

    [Fact]
    public async Task Rejected_AreListedWithWhatWasSent()
    {
        await shared.Client.SendUsageAsync(Json.Array([Json.Event("a", _tenant, item => item["status"] = "odd")]));
        var item = Assert.Single(await Queries.ListRejectedAsync(ConsoleApp.Now.AddMinutes(-1), ConsoleApp.Now.AddMinutes(1), _tenant, 10, CancellationToken.None));
        Assert.Equal(("native", "a", "status is not one of success, failure, cancelled, denied"), (item.Source, item.EventId, item.Error));
        Assert.Contains("\"odd\"", item.Payload, StringComparison.Ordinal);
        Assert.Empty(await Queries.ListRejectedAsync(ConsoleApp.Now.AddMinutes(1), ConsoleApp.Now.AddMinutes(2), _tenant, 10, CancellationToken.None));
    }
}
