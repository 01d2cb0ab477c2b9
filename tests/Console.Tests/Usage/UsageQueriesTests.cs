using System.Text.Json;
using AgentConsole.Platform.Data;
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
        Assert.Equal(["c", "b", "a"], await Queries.ListValuesAsync(Reach.Of(_tenant), Dimension.User, 10, CancellationToken.None));
        Assert.Equal(["c", "b"], await Queries.ListValuesAsync(Reach.Of(_tenant), Dimension.User, 2, CancellationToken.None));
        Assert.Empty(await Queries.ListValuesAsync(Reach.Of(_tenant), Dimension.Key, 10, CancellationToken.None));
        Assert.Equal([_tenant], await Queries.ListValuesAsync(Reach.Of(_tenant), Dimension.Tenant, 10, CancellationToken.None));
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
    public async Task Breakdown_SumBeyondWhatFloatingPointTells_IsExact()
    {
        const long beyond = (1L << 53) + 1;
        await shared.Client.SendUsageAsync(Json.Event("huge", _tenant));
        await shared.App.RollUpAsync();
        await shared.App.ExecuteAsync($"UPDATE usage_rollups SET input = {beyond} WHERE tenant_id = '{_tenant}'");
        var read = await shared.Client.GetJsonAsync($"/api/v1/usage/breakdown?tenant={_tenant}&from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z&groupBy=model");
        Assert.Equal((beyond, 1), (read.GetProperty("total").GetProperty("tokens").GetProperty("input").GetInt64(), read.GetProperty("total").GetProperty("requests").GetInt32()));
    }

    [Fact]
    public async Task HasEvents_IsFalseUntilTheFirst()
    {
        Assert.False(await Queries.HasEventsAsync(Reach.Of(_tenant), CancellationToken.None));
        await shared.Client.SendUsageAsync(Json.Event("a", _tenant));
        Assert.True(await Queries.HasEventsAsync(Reach.Of(_tenant), CancellationToken.None));
        Assert.True(await Queries.HasEventsAsync(Reach.Platform, CancellationToken.None));
    }

    [Fact]
    public async Task Rejected_AreListedWithWhatWasSent()
    {
        await shared.Client.SendUsageAsync(Json.Array([Json.Event("a", _tenant, item => item["status"] = "odd")]));
        var item = Assert.Single(await Queries.ListRejectedAsync(Reach.Of(_tenant), ConsoleApp.Now.AddMinutes(-1), ConsoleApp.Now.AddMinutes(1), 10, CancellationToken.None));
        Assert.Equal(("native", "a", "status is not one of success, failure, cancelled, denied"), (item.Source, item.EventId, item.Error));
        Assert.Contains("\"odd\"", item.Payload, StringComparison.Ordinal);
        Assert.Empty(await Queries.ListRejectedAsync(Reach.Of(_tenant), ConsoleApp.Now.AddMinutes(1), ConsoleApp.Now.AddMinutes(2), 10, CancellationToken.None));
    }

    [Fact]
    public async Task FirstUse_IsTheTenantsOwnToTheQuarterHour()
    {
        Assert.Null(await Queries.FindFirstUseAsync(Reach.Of(_tenant), CancellationToken.None));
        await shared.Client.SendUsageAsync(Json.Array([Json.Event("a", _tenant, static item => item["occurredAt"] = "2026-11-03T10:20:00Z"), Json.Event("b", _tenant), Json.Event("c", _tenant + "-other", static item => item["occurredAt"] = "2026-11-01T00:00:00Z")]));
        await shared.App.RollUpAsync();
        Assert.Equal(new DateTimeOffset(2026, 11, 3, 10, 15, 0, TimeSpan.Zero), await Queries.FindFirstUseAsync(Reach.Of(_tenant), CancellationToken.None));
        Assert.True(await Queries.FindFirstUseAsync(Reach.Platform, CancellationToken.None) <= new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task SumRequests_ConflictsAndUnpriced_IsExactlyOfWhatTheListHas()
    {
        var events = Enumerable.Range(0, 60).Select(index => Json.Event($"s{index}", _tenant, item =>
        {
            if (index % 3 == 0) item["model"] = "no-such-model-9";
            if (index % 4 == 0) item["costReported"] = "9.5";
            item["user"] = $"u-{index % 2}";
        }));
        await shared.Client.SendUsageAsync(Json.Array(events));
        foreach (var query in new RequestQuery[]
        {
            Ask(), Ask(new() { Unpriced = true }), Ask(new() { Conflicts = ["reported_cost_differs"] }), Ask(new() { Conflicts = [RequestFilter.AnyConflict] }) with { Filter = Of.With(Dimension.User, "u-0") },
            Ask(new() { Conflicts = ["no_such_code"] }), Ask(new() { Unpriced = true, Conflicts = [RequestFilter.AnyConflict] }),
        })
        {
            var sum = await Queries.SumRequestsAsync(Reach.Platform, query, null, CancellationToken.None);
            var rows = (await Queries.ListRequestsAsync(Reach.Platform, query, CancellationToken.None)).Items;
            Assert.Equal(new RequestSum(new(rows.Count, rows.Sum(static row => row.Cost ?? 0), rows.Count(static row => row.Cost is null)), 1), sum);
        }
        Assert.Equal(RequestTotal.Zero, (await Queries.SumRequestsAsync(Reach.Of("another"), Ask(), null, CancellationToken.None)).SoFar);
        Assert.Equal(10, (await Queries.SumRequestsAsync(Reach.Platform, Ask(new() { Conflicts = ["reported_cost_differs"] }), null, CancellationToken.None)).SoFar.Requests);
    }

    [Fact]
    public async Task SumRequests_OverALongRange_TellsHowFarItIsAndEndsWithAll()
    {
        var hoursAgo = new[] { 0, 1, 5, 7, 11, 13, 30, 50, 100, 150, 300, 700, 719 };
        await shared.Client.SendUsageAsync(Json.Array(hoursAgo.Select(hours => Json.Event($"h{hours}", _tenant, item => item["occurredAt"] = ConsoleApp.Now.AddHours(-hours).ToString("O")))));
        var told = new List<RequestSum>();
        var sum = await Queries.SumRequestsAsync(Reach.Of(_tenant), Ask() with { From = ConsoleApp.Now.AddDays(-30) }, new Told(told), CancellationToken.None);
        Assert.Equal(hoursAgo.Length, sum.SoFar.Requests);
        Assert.True(told.Count > 5, $"{told.Count} parts");
        Assert.Equal(told.OrderBy(static one => one.Share), told);
        Assert.Equal(told.OrderBy(static one => one.SoFar.Requests), told);
        Assert.All(told[..^1], static one => Assert.False(one.IsComplete));
        Assert.Equal(sum, told[^1]);
        Assert.True(sum.IsComplete);
    }

    [Fact]
    public async Task SumRequests_Cancelled_StopsThoughTheStoreIsBusy()
    {
        await using var connection = await shared.App.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE usage_events IN ACCESS EXCLUSIVE MODE", connection)) await hold.ExecuteNonQueryAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Queries.SumRequestsAsync(Reach.Platform, Ask(), null, stop.Token));
    }

    private UsageFilter Of => UsageFilter.None.With(Dimension.Tenant, _tenant);

    private RequestQuery Ask(RequestFilter? where = null) => new(ConsoleApp.Now.AddDays(-2), ConsoleApp.Now.AddDays(1), Of, Limit: 100) { Where = where ?? RequestFilter.None };

    private sealed class Told(List<RequestSum> sums) : IProgress<RequestSum>
    {
        public void Report(RequestSum value) => sums.Add(value);
    }
}
