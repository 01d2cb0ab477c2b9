using System.Net;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;
using static AgentConsole.Tests.Limits.LimitCalls;

namespace AgentConsole.Tests.Limits;

/// <summary>Limits as the contract has them, over HTTP; the clock stands at 18:00 on 20 November 2026.</summary>
public sealed class LimitApiTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static int _tenants;

    private HttpClient Client => shared.Client;

    private Task<string> TenantAsync() => Client.CreateTenantAsync($"lim-{Interlocked.Increment(ref _tenants)}");

    [Fact]
    public async Task Limit_CreatedChangedAndRemoved_IsAsTheContractSays_AndInTheAudit()
    {
        var tenant = await TenantAsync();
        var (status, made) = await Client.PostJsonAsync(Root, Limit(tenant, "cost", "25.00", "day", limit => (limit["scope"]!["user"], limit["reason"], limit["expiresAt"]) = ("*", "trial", "2026-12-01T00:00:00Z")));
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal($"{{\"tenant\":\"{tenant}\",\"user\":\"*\"}}", made.GetProperty("scope").GetRawText());
        Assert.Equal(("cost", "25.00", "day", "block", "trial"), (made.Text("measure"), made.Text("max"), made.Text("window"), made.Text("action"), made.Text("reason")));
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), made.GetProperty("expiresAt").GetDateTimeOffset());
        var id = made.Text("id");

        using (var put = await Client.PutAsync($"{Root}/{id}", Json.Body(Limit(tenant, "cost", "0.5", "month", Each("user")).ToJsonString())))
        {
            var changed = await Json.ReadAsync(put);
            Assert.Equal((HttpStatusCode.OK, "0.50", "month"), (put.StatusCode, changed.Text("max"), changed.Text("window")));
            Assert.False(changed.TryGetProperty("expiresAt", out _));
        }
        Assert.Equal(id, (await Client.GetJsonAsync($"{Root}?tenant={tenant}")).GetProperty("items").EnumerateArray().Single().Text("id"));
        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync($"{Root}/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await Client.StatusAsync($"{Root}/{id}"));
        var actions = (await Client.GetJsonAsync($"/api/v1/audit?tenant={tenant}&action=limits&from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z")).GetProperty("items").EnumerateArray().Select(entry => entry.Text("action"));
        Assert.Equal(["limits.remove", "limits.change", "limits.create"], actions);
    }

    [Fact]
    public async Task Limit_Wrong_IsToldAllThatIsWrong()
    {
        using var response = await Client.PostAsync(Root, Json.Body("""{"scope":{"tenant":5},"measure":"joy","max":"much","window":"year","action":"hope","expiresAt":"soon"}"""));
        var detail = await Json.ProblemAsync(response, 400);
        foreach (var name in new[] { "scope.tenant", "measure", "max", "action", "expiresAt" }) Assert.Contains(name, detail);
        var (status, body) = await Client.PostJsonAsync(Root, Limit("acme", "tokens", "-1.5", null, limit => limit["expiresAt"] = "2020-01-01T00:00:00Z"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(1, body.GetProperty("errors").GetArrayLength());
        (status, body) = await Client.PostJsonAsync(Root, Limit("acme", "tokens", "-1.5", "day", limit => limit["expiresAt"] = "2020-01-01T00:00:00Z"));
        Assert.Equal((HttpStatusCode.BadRequest, 2), (status, body.GetProperty("errors").GetArrayLength()));
    }

    [Fact]
    public async Task Limit_ForTheSameThing_IsAConflict_AndATemporaryOneGoesBefore()
    {
        var tenant = await TenantAsync();
        var id = await Client.CreateLimitAsync(Limit(tenant, "requests", "1", "day", Each("user")));
        Assert.Equal(HttpStatusCode.Conflict, (await Client.PostJsonAsync(Root, Limit(tenant, "requests", "5", "day", Each("user")))).Status);
        var named = await Client.CreateLimitAsync(Limit(tenant, "requests", "2", "day", Each("user", "u")));
        var raised = await Client.CreateLimitAsync(Limit(tenant, "requests", "3", "day", limit => (limit["scope"]!["user"], limit["expiresAt"]) = ("u", "2026-11-21T00:00:00Z")));
        for (var index = 0; index < 3; index++) Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(tenant, $"{tenant}-{index}")).Status);
        var (status, refused) = await Client.ReserveAsync(tenant, $"{tenant}-3");
        Assert.Equal((HttpStatusCode.TooManyRequests, raised), (status, refused.GetProperty("limit").GetProperty("id").GetGuid()));
        foreach (var (limit, isOverridden) in new[] { (id, true), (named, true), (raised, false) })
            Assert.Equal(isOverridden, (await Client.StandingAsync(tenant, limit)).GetProperty("overridden").GetBoolean());
    }

    [Fact]
    public async Task Reserve_Settle_Release_AreAsTheContractSays()
    {
        var tenant = await TenantAsync();
        var id = await Client.CreateLimitAsync(Limit(tenant, "cost", "1.00", "day", Each("user")));
        var (status, granted) = await Client.ReserveAsync(tenant, $"{tenant}-a", 0.6m);
        Assert.Equal((HttpStatusCode.OK, true), (status, granted.GetProperty("granted").GetBoolean()));
        Assert.Equal(ConsoleApp.Now.AddMinutes(5), granted.GetProperty("holdExpiresAt").GetDateTimeOffset());
        Assert.Equal(granted.GetRawText(), (await Client.ReserveAsync(tenant, $"{tenant}-a", 0.6m)).Body.GetRawText());

        var (over, refused) = await Client.ReserveAsync(tenant, $"{tenant}-b", 0.400001m);
        Assert.Equal((HttpStatusCode.TooManyRequests, false, "0.40"), (over, refused.GetProperty("granted").GetBoolean(), refused.Text("remaining")));
        Assert.Equal((id, "day"), (refused.GetProperty("limit").GetProperty("id").GetGuid(), refused.GetProperty("limit").Text("window")));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero), refused.GetProperty("resetsAt").GetDateTimeOffset());

        Assert.Equal(HttpStatusCode.OK, (await Client.SettleAsync($"{tenant}-a", 0.1m)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Client.SettleAsync($"{tenant}-a", 0.9m)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(tenant, $"{tenant}-c", 0.9m)).Status);
        for (var again = 0; again < 2; again++) Assert.Equal(HttpStatusCode.OK, (await Client.PostJsonAsync($"{Root}/release", new JsonObject { ["requestId"] = $"{tenant}-c" })).Status);
        var standing = await Client.StandingAsync(tenant, id);
        Assert.Equal(("0.10", "0.00", "0.90", true), (standing.Text("used"), standing.Text("held"), standing.Text("remaining"), standing.GetProperty("binds").GetBoolean()));
        Assert.Equal(HttpStatusCode.Conflict, (await Client.ReserveAsync(tenant, $"{tenant}-a", 0.1m)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.SettleAsync("never reserved", 0)).Status);
    }

    [Fact]
    public async Task Extend_TakesMoreWhileThereIsSome()
    {
        var tenant = await TenantAsync();
        await Client.CreateLimitAsync(Limit(tenant, "cost", "1.00", "month"));
        await Client.ReserveAsync(tenant, $"{tenant}-a", 0.2m);
        Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> ExtendAsync(string cost) =>
            Client.PostJsonAsync($"{Root}/extend", new JsonObject { ["requestId"] = $"{tenant}-a", ["estimate"] = new JsonObject { ["cost"] = cost }, ["holdSeconds"] = 600 });
        var (status, body) = await ExtendAsync("0.9");
        Assert.Equal((HttpStatusCode.OK, ConsoleApp.Now.AddMinutes(10)), (status, body.GetProperty("holdExpiresAt").GetDateTimeOffset()));
        (status, body) = await ExtendAsync("1.1");
        Assert.Equal((HttpStatusCode.TooManyRequests, "0.10"), (status, body.Text("remaining")));
    }

    [Fact]
    public async Task Reserve_WithoutAnEstimateThatALimitCounts_IsRefused_AndWithoutSuchALimitNot()
    {
        var tenant = await TenantAsync();
        Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(tenant, $"{tenant}-a", change: body => body.Remove("estimate"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Client.SettleAsync($"{tenant}-a", 0.1m)).Status);
        await Client.CreateLimitAsync(Limit(tenant, "cost", "1.00", "month"));
        var (status, problem) = await Client.ReserveAsync(tenant, $"{tenant}-b", change: body => body.Remove("estimate"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("estimate.cost", problem.Text("detail"));
    }

    [Fact]
    public async Task Limit_OfConcurrency_CountsRequestsAtOnce_AndOneThatWarnsOnlySaysSo()
    {
        var tenant = await TenantAsync();
        await Client.CreateLimitAsync(Limit(tenant, "concurrency", "1", null, Each("user")));
        var warns = await Client.CreateLimitAsync(Limit(tenant, "requests", "0", "minute", limit => limit["action"] = "warn"));
        var (_, granted) = await Client.ReserveAsync(tenant, $"{tenant}-a");
        Assert.Equal(warns, granted.GetProperty("warnings").EnumerateArray().Single().GetProperty("id").GetGuid());
        var (status, refused) = await Client.ReserveAsync(tenant, $"{tenant}-b");
        Assert.Equal((HttpStatusCode.TooManyRequests, "0", "concurrency"), (status, refused.Text("remaining"), refused.GetProperty("limit").Text("measure")));
        Assert.Equal(granted.GetProperty("holdExpiresAt").GetDateTimeOffset(), refused.GetProperty("resetsAt").GetDateTimeOffset());
        Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(tenant, $"{tenant}-c", change: body => body["user"] = "seen for the first time")).Status);
    }

    [Fact]
    public async Task Key_OfATenant_SpeaksForItAlone()
    {
        var (own, other) = (await TenantAsync(), await TenantAsync());
        var foreign = await Client.CreateLimitAsync(Limit(other, "cost", "1.00", "month"));
        var key = await Client.CreateKeyAsync(own, ["limits"]);
        using var client = shared.App.Client(key.Secret);
        var id = await client.CreateLimitAsync(Limit(own, "cost", "1.00", "month"));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostJsonAsync(Root, Limit(other, "cost", "1.00", "day"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostJsonAsync(Root, Limit("*", "cost", "1.00", "day"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync($"{Root}/{foreign}"));
        using (var put = await client.PutAsync($"{Root}/{foreign}", Json.Body(Limit(other, "cost", "9.00", "month").ToJsonString()))) await Json.ProblemAsync(put, 404);
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync($"{Root}/{foreign}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.ReserveAsync(other, "a")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.ReserveAsync(null, $"{own}-a", 0.5m)).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.SettleAsync($"{own}-a", 0.5m)).Status);
        Assert.Equal("0.50", (await client.StandingAsync(own, id)).Text("used"));
        // A foreign request's id is not known to it.
        await Client.ReserveAsync(other, $"{other}-a", 0.5m);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SettleAsync($"{other}-a", 0.5m)).Status);
    }

    [Fact]
    public async Task Limit_OfEveryTenant_HoldsForEach_AndNoTenantsOwnGoesBeforeIt()
    {
        var (one, two) = (await TenantAsync(), await TenantAsync());
        var ceiling = await Client.CreateLimitAsync(Limit("*", "requests", "2", "hour", Each("team", "ceiling-team")));
        await Client.CreateLimitAsync(Limit(one, "requests", "50", "hour", Each("team", "ceiling-team")));
        foreach (var tenant in new[] { one, two })
        {
            void OfTeam(JsonObject body) => body["team"] = "ceiling-team";
            for (var index = 0; index < 2; index++) Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(tenant, $"{tenant}-{index}", change: OfTeam)).Status);
            Assert.Equal(ceiling, (await Client.ReserveAsync(tenant, $"{tenant}-2", change: OfTeam)).Body.GetProperty("limit").GetProperty("id").GetGuid());
        }
        await Client.DeleteAsync($"{Root}/{ceiling}");
    }

    [Fact]
    public async Task DryRun_TellsWhoWouldHaveBeenBlocked_SinceWhen_AndWhatThatCame()
    {
        var tenant = await TenantAsync();
        await Client.SendUsageAsync(Json.Array(Enumerable.Range(0, 10).Select(index => Json.Event($"{tenant}-{index}", tenant, item => (item["user"], item["occurredAt"]) = (index < 7 ? "heavy" : "light", $"2026-11-20T10:0{index}:00Z")))));
        var (status, run) = await Client.PostJsonAsync($"{Root}/dry-run", new JsonObject { ["limit"] = Limit(tenant, "requests", "4", "day", Each("user")), ["days"] = 30 });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((true, 1, 3, 1), (run.GetProperty("complete").GetBoolean(), run.GetProperty("subjects").GetInt32(), run.GetProperty("requests").GetInt32(), run.GetProperty("alreadyExceeded").GetInt32()));
        var blocked = run.GetProperty("blocked")[0];
        Assert.Equal(("heavy", 3), (blocked.GetProperty("subject").Text("user"), blocked.GetProperty("requests").GetInt32()));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 10, 4, 0, TimeSpan.Zero), blocked.GetProperty("firstAt").GetDateTimeOffset());
        var cost = (await Client.GetJsonAsync($"/api/v1/requests/{tenant}/{tenant}-0")).GetProperty("cost").GetString()!;
        Assert.Equal(decimal.Parse(cost) * 3, decimal.Parse(run.Text("cost")!));
        Assert.Equal(HttpStatusCode.BadRequest, (await Client.PostJsonAsync($"{Root}/dry-run", new JsonObject { ["limit"] = Limit(tenant, "concurrency", "4", null) })).Status);
    }
}
