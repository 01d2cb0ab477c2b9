using System.Diagnostics;
using System.Net;
using AgentConsole.Limits.Counters;
using AgentConsole.Limits.Truth;
using AgentConsole.Platform.Redis;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using static AgentConsole.Tests.Limits.LimitCalls;

namespace AgentConsole.Tests.Limits;

/// <summary>Two nodes with one Redis and one PostgreSQL, whose clocks are five minutes off, one early and one late: what one grants the other counts.</summary>
public sealed class SeveralNodesTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private HttpClient Here => nodes.Here;

    [Fact]
    public async Task Clients_Many_NeverSpendMoreThanTheLimit_AndAfterwardsNothingIsHeld()
    {
        var tenant = await Here.CreateTenantAsync("crowd");
        var limit = await EverywhereAsync(tenant, Limit(tenant, "cost", "1.00", "month"));
        var (granted, settled, refused) = await LimitCrowd.SpendAsync(tenant, [Here, nodes.There], null);
        Assert.True(granted > 20 && refused > 20, $"{granted} granted, {refused} refused");
        var standing = await QuietAsync(tenant, limit);
        Assert.Equal(settled, decimal.Parse(standing.Text("used")!));
        Assert.InRange(settled, 0.5m, 1.00m);
        await Eventually.TrueAsync(async () =>
            await nodes.First.Get<CheckCounters>().ExecuteAsync(tenant, CancellationToken.None) && await CheckedAsync(tenant, "counted") == settled && await CheckedAsync(tenant, "ledger") == settled);
    }

    /// <summary>Each node tells the new memory of the holds that it gave, and the ledger of what was spent.</summary>
    [Fact]
    public async Task Redis_FlushedUnderLoad_NeitherForgetsWhatIsSpentNorWhatIsHeld()
    {
        var tenant = await Here.CreateTenantAsync("flushed");
        var limit = await EverywhereAsync(tenant, Limit(tenant, "cost", "1.00", "month"));
        var (_, settled, _) = await LimitCrowd.SpendAsync(tenant, [Here, nodes.There], async () =>
        {
            await nodes.FlushAsync();
            var started = Stopwatch.GetTimestamp();
            await Eventually.TrueAsync(async () => (await Here.StandingAsync(tenant, limit)).Text("used") is not null);
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        });
        Assert.InRange(settled, 0.3m, 1.00m);
        await QuietAsync(tenant, limit);
        await Eventually.TrueAsync(async () =>
            await nodes.First.Get<CheckCounters>().ExecuteAsync(tenant, CancellationToken.None) && decimal.Parse((await Here.StandingAsync(tenant, limit)).Text("used")!) == settled);
    }

    [Fact]
    public async Task Limit_ChangedOnOneNode_HoldsOnTheOtherWithinTwoSeconds()
    {
        var tenant = await Here.CreateTenantAsync("changing");
        var limit = await Here.CreateLimitAsync(Limit(tenant, "requests", "0", "month"));
        await WithinAsync(async () => (await nodes.There.ReserveAsync(tenant, $"{Guid.NewGuid()}")).Status == HttpStatusCode.TooManyRequests);
        using var put = await Here.PutAsync($"{Root}/{limit}", Json.Body(Limit(tenant, "requests", "1000", "month").ToJsonString()));
        await WithinAsync(async () => (await nodes.There.ReserveAsync(tenant, $"{Guid.NewGuid()}")).Status == HttpStatusCode.OK);
        // Reserved there, settled here, without saying whose it is.
        await nodes.There.ReserveAsync(tenant, "from-there");
        Assert.Equal(HttpStatusCode.OK, (await Here.SettleAsync("from-there", 0.1m)).Status);
    }

    [Fact]
    public async Task Redis_Away_ClosesMoney_AndSharesRates_AndIsBackByItself()
    {
        var redis = await RedisServer.StartAsync();
        await using var app = ConsoleApp.Start(nodes.First.ConnectionString, new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = redis.ConnectionString, ["Limits:Nodes"] = "2", ["Limits:PatienceMs"] = "5000" });
        app.Time.Now = TimeProvider.System.GetUtcNow();
        using var client = app.Client();
        var tenant = await client.CreateTenantAsync("away");
        await client.CreateLimitAsync(Limit(tenant, "requests", "10", "month", Each("user", "rated")));
        var money = await client.CreateLimitAsync(Limit(tenant, "cost", "1.00", "month", Each("user", "paying")));
        Assert.Equal(HttpStatusCode.OK, (await client.ReserveAsync(tenant, "a", 0.4m, body => body["user"] = "paying")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.SettleAsync("a", 0.3m)).Status);
        redis.Dispose();

        var (status, refused) = await client.ReserveAsync(tenant, "b", 0.1m, body => body["user"] = "paying");
        Assert.Equal((HttpStatusCode.TooManyRequests, "unknown", null, money), (status, refused.Text("reason"), refused.Text("remaining"), refused.GetProperty("limit").GetProperty("id").GetGuid()));
        var granted = 0;
        for (var index = 0; index < 10; index++) granted += (await client.ReserveAsync(tenant, $"rated-{index}", change: body => body["user"] = "rated")).Status == HttpStatusCode.OK ? 1 : 0;
        Assert.Equal(5, granted);
        Assert.Equal(HttpStatusCode.OK, (await client.SettleAsync("rated-0", 0)).Status);
        await Eventually.TrueAsync(async () => (await client.GetJsonAsync($"{Root}/state")).Text("counters") == "away");

        using var back = await RedisServer.StartAsync(redis.Port);
        await Eventually.TrueAsync(async () => (await client.ReserveAsync(tenant, "b", 0.1m, body => body["user"] = "paying")).Status == HttpStatusCode.OK);
        Assert.Equal("0.30", (await client.StandingAsync(tenant, money, "paying")).Text("used"));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await client.ReserveAsync(tenant, "c", 0.7m, body => body["user"] = "paying")).Status);
    }

    /// <summary>Until a node knows of a limit it grants without it: within two seconds.</summary>
    private async Task<Guid> EverywhereAsync(string tenant, System.Text.Json.Nodes.JsonObject limit)
    {
        var id = await Here.CreateLimitAsync(limit);
        await Eventually.TrueAsync(async () => (await nodes.There.GetJsonAsync($"{Root}/effective?tenant={tenant}")).GetProperty("items").GetArrayLength() == 1);
        return id;
    }

    /// <summary>Once all holds are over by themselves.</summary>
    private async Task<System.Text.Json.JsonElement> QuietAsync(string tenant, Guid limit)
    {
        await Eventually.TrueAsync(async () => (await Here.StandingAsync(tenant, limit)).Text("held") == "0.00");
        Assert.Equal(0, (await nodes.First.Get<ICounters>().TouchAsync(tenant, [])).Held);
        return await Here.StandingAsync(tenant, limit);
    }

    private Task<decimal> CheckedAsync(string tenant, string column) => nodes.First.ScalarAsync<decimal>($"SELECT {column} FROM limit_checks WHERE tenant_id = '{tenant}'");

    private static async Task WithinAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(condition);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }
}

public sealed class TwoNodes : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private RedisServer _redis = null!;
    private ConsoleApp _second = null!;

    internal ConsoleApp First { get; private set; } = null!;
    internal HttpClient Here { get; private set; } = null!;
    internal HttpClient There { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = _redis.ConnectionString, ["Limits:PatienceMs"] = "30000" };
        First = await ConsoleApp.StartAsync(_postgres, settings);
        _second = ConsoleApp.Start(First.ConnectionString, settings);
        First.Time.Now = TimeProvider.System.GetUtcNow().AddMinutes(5);
        _second.Time.Now = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        (Here, There) = (First.Client(), _second.Client());
    }

    internal async Task FlushAsync() => await (await First.Services.GetRequiredService<RedisConnection>().ConnectAsync()).GetDatabase().ExecuteAsync("FLUSHALL");

    public async Task DisposeAsync()
    {
        Here.Dispose();
        There.Dispose();
        await _second.DisposeAsync();
        await First.DisposeAsync();
        await _postgres.DisposeAsync();
        _redis.Dispose();
    }
}
