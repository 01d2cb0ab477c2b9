using System.Net;
using AgentConsole.Limits;
using AgentConsole.Limits.Counters;
using AgentConsole.Limits.Truth;
using AgentConsole.Tests.Testing;
using static AgentConsole.Tests.Limits.LimitCalls;

namespace AgentConsole.Tests.Limits.Truth;

/// <summary>The ledger has the last word: what it takes in counts, once, and counters that differ are put right.</summary>
public sealed class LedgerTruthTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static int _tenants;

    private HttpClient Client => shared.Client;

    private Task<string> TenantAsync() => Client.CreateTenantAsync($"truth-{Interlocked.Increment(ref _tenants)}");

    private Task SendAsync(string tenant, string id, string user = "u", string? session = null, string? status = null) => Client.SendUsageAsync(Json.Event(id, tenant, item =>
    {
        if (status is not null) item["status"] = status;
        (item["user"], item["provider"], item["model"], item["usage"]) = (user, "openai", "gpt-5", new System.Text.Json.Nodes.JsonObject { ["input"] = 70, ["output"] = 30 });
        if (session is not null) item["session"] = session;
    }));

    private async Task UsedAsync(string tenant, Guid limit, string used, string user = "u")
    {
        var seen = "";
        try
        {
            await Eventually.TrueAsync(async () => (seen = (await Client.StandingAsync(tenant, limit, user)).Text("used")) == used);
        }
        catch (OperationCanceledException)
        {
            Assert.Equal(used, seen);
        }
    }

    /// <summary>What is loaded is checked a moment later; what a test does then is disturbed by nothing.</summary>
    private async Task CheckedAsync(string tenant, int limits = 1)
    {
        await shared.App.Get<LoadCounters>().EnsureAsync(tenant, CancellationToken.None);
        await Eventually.TrueAsync(async () => await shared.App.CountAsync($"limit_checks WHERE tenant_id = '{tenant}'") == limits);
    }

    [Fact]
    public async Task Limit_SetInTheMiddleOfAWindow_CountsWhatWasUsedBefore()
    {
        var tenant = await TenantAsync();
        for (var index = 0; index < 3; index++) await SendAsync(tenant, $"{tenant}-{index}");
        var tokens = await Client.CreateLimitAsync(Limit(tenant, "tokens", "350", "month", Each("user")));
        var requests = await Client.CreateLimitAsync(Limit(tenant, "requests", "4", "day"));
        await UsedAsync(tenant, tokens, "300");
        await UsedAsync(tenant, requests, "3");
        var (status, refused) = await Client.ReserveAsync(tenant, $"{tenant}-a");
        Assert.Equal((HttpStatusCode.TooManyRequests, "50"), (status, refused.Text("remaining")));
    }

    [Fact]
    public async Task Usage_ThatComesOnlyByCallback_BlocksTheNextReservation()
    {
        var tenant = await TenantAsync();
        var limit = await Client.CreateLimitAsync(Limit(tenant, "tokens", "250", "day", Each("user")));
        await CheckedAsync(tenant);
        Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(tenant, $"{tenant}-x")).Status);
        await Client.PostJsonAsync($"{Root}/release", new System.Text.Json.Nodes.JsonObject { ["requestId"] = $"{tenant}-x" });
        await SendAsync(tenant, $"{tenant}-a");
        await SendAsync(tenant, $"{tenant}-b");
        await SendAsync(tenant, $"{tenant}-b");
        await UsedAsync(tenant, limit, "200");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Client.ReserveAsync(tenant, $"{tenant}-c")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(tenant, $"{tenant}-c", change: body => body["user"] = "another")).Status);
    }

    /// <summary>Whoever goes on asking after a refusal uses nothing more. What the event says was used counts all the same.</summary>
    [Fact]
    public async Task Event_OfADeniedRequest_IsNoRequest_InCountersNorWhenTheyAreLoaded()
    {
        var tenant = await TenantAsync();
        await SendAsync(tenant, $"{tenant}-a", session: "s");
        await SendAsync(tenant, $"{tenant}-b", session: "s", status: "denied");
        var requests = await Client.CreateLimitAsync(Limit(tenant, "requests", "5", "day", Each("user")));
        var bySession = await Client.CreateLimitAsync(Limit(tenant, "requests", "5", "session"));
        var tokens = await Client.CreateLimitAsync(Limit(tenant, "tokens", "1000", "day", Each("user")));
        await CheckedAsync(tenant, limits: 3);
        await SendAsync(tenant, $"{tenant}-c", session: "s", status: "denied");
        await SendAsync(tenant, $"{tenant}-d", session: "s", status: "failure");
        await UsedAsync(tenant, tokens, "400");
        await UsedAsync(tenant, requests, "2");
        Assert.True(await shared.App.Get<CheckCounters>().ExecuteAsync(tenant, CancellationToken.None));
        Assert.Equal(0, await shared.App.ScalarAsync<decimal>($"SELECT sum(repaired) FROM limit_checks WHERE tenant_id = '{tenant}'"));
        Assert.Equal(2, await shared.App.ScalarAsync<decimal>($"SELECT ledger FROM limit_checks WHERE tenant_id = '{tenant}' AND limit_id = '{bySession}'"));
        var (_, tried) = await Client.PostJsonAsync($"{Root}/dry-run", new System.Text.Json.Nodes.JsonObject { ["limit"] = Limit(tenant, "requests", "1", "day", Each("user")) });
        Assert.Equal(1, tried.GetProperty("requests").GetInt64());
    }

    [Fact]
    public async Task Event_OfAReservedRequest_CountsOnce_WhetherItIsSettledOrNot()
    {
        var tenant = await TenantAsync();
        var limit = await Client.CreateLimitAsync(Limit(tenant, "tokens", "1000", "day", Each("user")));
        await CheckedAsync(tenant);
        foreach (var id in new[] { "held", "settled" }) await Client.ReserveAsync(tenant, $"{tenant}-{id}");
        Assert.Equal(HttpStatusCode.OK, (await Client.SettleAsync($"{tenant}-settled", 0, tokens: 80)).Status);
        Assert.Equal("80", (await Client.StandingAsync(tenant, limit)).Text("used"));
        foreach (var id in new[] { "held", "settled" }) await SendAsync(tenant, $"{tenant}-{id}");
        await UsedAsync(tenant, limit, "200");
        Assert.Equal("0", (await Client.StandingAsync(tenant, limit)).Text("held"));
        Assert.Equal(HttpStatusCode.OK, (await Client.SettleAsync($"{tenant}-held", 0, tokens: 5)).Status);
        Assert.True(await shared.App.Get<CheckCounters>().ExecuteAsync(tenant, CancellationToken.None));
        Assert.Equal("200", (await Client.StandingAsync(tenant, limit)).Text("used"));
        Assert.Equal(0, await shared.App.ScalarAsync<decimal>($"SELECT repaired FROM limit_checks WHERE tenant_id = '{tenant}'"));
    }

    [Fact]
    public async Task Check_CountersThatDiffer_ArePutRight_AndBothFiguresAreKept()
    {
        var tenant = await TenantAsync();
        var limit = await Client.CreateLimitAsync(Limit(tenant, "tokens", "1000", "month", Each("user")));
        var bySession = await Client.CreateLimitAsync(Limit(tenant, "requests", "10", "session"));
        await CheckedAsync(tenant, limits: 2);
        await SendAsync(tenant, $"{tenant}-a", session: "s");
        await SendAsync(tenant, $"{tenant}-b", user: "v", session: "s");
        // Settled by its sender alone: part of the truth until its event comes.
        await Client.ReserveAsync(tenant, $"{tenant}-c", change: body => body["session"] = "s");
        await Client.SettleAsync($"{tenant}-c", 0.25m, tokens: 11);
        await UsedAsync(tenant, limit, "111");
        await UsedAsync(tenant, bySession, "3");

        // Too much for one, too little for the other: as after a lost write.
        var counters = shared.App.Get<ICounters>();
        var state = await counters.TouchAsync(tenant, []);
        var names = await counters.ListMetersAsync(tenant);
        MeterCount Off(string user, long by) => new(names.Single(name => name.StartsWith("tM", StringComparison.Ordinal) && name.EndsWith($"user={user}", StringComparison.Ordinal)), "tM:user", new(by), new(0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        Assert.True(await counters.AdjustAsync(tenant, state.Epoch, [Off("u", 40), Off("v", -60)], state.Revision));
        Assert.Equal("151", (await Client.StandingAsync(tenant, limit)).Text("used"));

        Assert.True(await shared.App.Get<CheckCounters>().ExecuteAsync(tenant, CancellationToken.None));
        Assert.Equal("111", (await Client.StandingAsync(tenant, limit)).Text("used"));
        Assert.Equal("100", (await Client.StandingAsync(tenant, limit, "v")).Text("used"));
        var check = (await Client.GetJsonAsync($"{Root}/state?tenant={tenant}")).GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("limit").GetGuid() == limit);
        Assert.Equal(("191", "211", "20", "100", 1, 2), (check.Text("counted"), check.Text("ledger"), check.Text("drift"), check.Text("repaired"), check.GetProperty("repairs").GetInt32(), check.GetProperty("meters").GetInt32()));
        Assert.Equal(0, await shared.App.ScalarAsync<decimal>($"SELECT repaired FROM limit_checks WHERE tenant_id = '{tenant}' AND limit_id = '{bySession}'"));
    }

    [Fact]
    public async Task Check_RequestHeldThoughTheLedgerHasIt_IsSettled_AndWhatHasAnEventIsLetGo()
    {
        var tenant = await TenantAsync();
        await SendAsync(tenant, $"{tenant}-lost");
        var limit = await Client.CreateLimitAsync(Limit(tenant, "tokens", "1000", "day"));
        await UsedAsync(tenant, limit, "100");
        await CheckedAsync(tenant);
        // As if its event had come while the counters were away.
        var counters = shared.App.Get<ICounters>();
        var window = shared.App.Get<CurrentLimits>().Book.For(tenant).WindowAt(LimitWindow.Day, ConsoleApp.Now);
        var state = await counters.TouchAsync(tenant, []);
        await counters.AdjustAsync(tenant, state.Epoch, [new((await counters.ListMetersAsync(tenant)).Single(), "tD:", new(-100), window)], state.Revision);
        Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(tenant, $"{tenant}-lost")).Status);
        Assert.Equal(("0", "100"), ((await Client.StandingAsync(tenant, limit)).Text("used"), (await Client.StandingAsync(tenant, limit)).Text("held")));
        Assert.True(await shared.App.Get<CheckCounters>().ExecuteAsync(tenant, CancellationToken.None));
        Assert.Equal(("100", "0"), ((await Client.StandingAsync(tenant, limit)).Text("used"), (await Client.StandingAsync(tenant, limit)).Text("held")));
    }

    [Fact]
    public async Task Settlement_Twice_OrBesideItsEvent_IsInTheStoreOnce()
    {
        var tenant = await TenantAsync();
        await Client.ReserveAsync(tenant, $"{tenant}-a");
        for (var again = 0; again < 2; again++) await Client.SettleAsync($"{tenant}-a", 0.000000000001m, tokens: 7);
        Assert.Equal(0.000000000001m, await shared.App.ScalarAsync<decimal>($"SELECT sum(cost) FROM limit_settlements WHERE tenant_id = '{tenant}'"));
    }
}
