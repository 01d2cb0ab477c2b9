using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.AlertRules;
using AgentConsole.Alerts;
using AgentConsole.Notify;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.AlertRules;

/// <summary>Rules over HTTP, and what the job finds by them.</summary>
public sealed class EvaluateRulesTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private int _events;

    [Fact]
    public async Task Rule_Wrong_IsToldOnce_AndWhenItIsWellAgain()
    {
        var tenant = await TenantAsync();
        var channel = await ChannelAsync(tenant);
        await CreateAsync(tenant, body => body["channels"] = new JsonArray(channel.ToString()));
        await SendAsync(tenant, 3, failed: true);
        await SendAsync(tenant, 7);

        Assert.Equal(1, await EvaluateAsync());
        Assert.Equal(0, await EvaluateAsync());

        var alert = Assert.Single(await OpenAsync(tenant));
        Assert.Equal(("rule", "Too many failures", "Failure rate 30%, above 5% (last hour).", true), (alert.Source, alert.Title, alert.Detail, alert.IsTenants));
        Assert.StartsWith($"/usage?tenant={tenant}&measure=failureRate&from=2026-11-20T06:01:00Z&to=2026-11-20T18:01:00Z", alert.Link, StringComparison.Ordinal);

        shared.App.Time.Now += TimeSpan.FromHours(1);
        Assert.Equal(1, await EvaluateAsync());
        Assert.Empty(await OpenAsync(tenant));
        Assert.Equal(["rule.recovered", "rule.raised"], (await DeliveriesAsync(tenant)).Select(static delivery => delivery.Type));
    }

    [Fact]
    public async Task Rule_WithAPendingPeriod_WaitsItOut_AndAGapWithoutLooksBeginsItAnew()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant, static body => body["forMinutes"] = 4);
        await SendAsync(tenant, 3, failed: true);
        var seen = new List<int>();
        foreach (var wait in new[] { 0, 2, 6, 3, 1 })
        {
            shared.App.Time.Now += TimeSpan.FromMinutes(wait);
            await EvaluateAsync();
            seen.Add((await OpenAsync(tenant)).Count);
        }
        Assert.Equal([0, 0, 0, 0, 1], seen);
    }

    [Fact]
    public async Task Rule_OfEachUser_HasAnAlertForEachThatIsAboveItsOwnThreshold_AndOneMessage()
    {
        var tenant = await TenantAsync();
        var channel = await ChannelAsync(tenant);
        await CreateAsync(tenant, body =>
        {
            (body["measure"], body["each"], body["threshold"], body["channels"]) = ("requests", "user", 3, new JsonArray(channel.ToString()));
            body["subjects"] = new JsonArray(new JsonObject { ["subject"] = "u-2", ["threshold"] = "10" });
        });
        foreach (var (user, requests) in new[] { ("u-1", 4), ("u-2", 5), ("u-3", 6), ("u-4", 3) }) await SendAsync(tenant, requests, user: user);

        Assert.Equal(1, await EvaluateAsync());

        Assert.Equal(["Too many failures: u-1", "Too many failures: u-3"], (await OpenAsync(tenant)).Select(static alert => alert.Title).Order());
        Assert.EndsWith("2 users", Assert.Single(await DeliveriesAsync(tenant)).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_Muted_IsRaisedAndNotTold_UntilTheMuteIsOver()
    {
        var tenant = await TenantAsync();
        var channel = await ChannelAsync(tenant);
        await CreateAsync(tenant, body => (body["mutes"], body["channels"]) = (new JsonArray(new JsonObject { ["from"] = "17:30", ["to"] = "18:30" }), new JsonArray(channel.ToString())));
        await SendAsync(tenant, 3, failed: true);
        await EvaluateAsync();
        Assert.Single(await OpenAsync(tenant));
        Assert.Empty(await DeliveriesAsync(tenant));

        shared.App.Time.Now = new(2026, 11, 20, 18, 29, 0, TimeSpan.Zero);
        await EvaluateAsync();
        Assert.Empty(await DeliveriesAsync(tenant));
        shared.App.Time.Now = new(2026, 11, 20, 18, 30, 0, TimeSpan.Zero);
        await EvaluateAsync();
        Assert.Equal("rule.raised", Assert.Single(await DeliveriesAsync(tenant)).Type);
    }

    [Fact]
    public async Task Rule_OfNoData_FiresWhereNothingComes()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant, static body => (body["condition"], body["window"]) = ("noData", "15m"));
        await SendAsync(tenant, 1);
        Assert.Equal(1, await EvaluateAsync());
        Assert.Equal("No request (last 15 minutes).", Assert.Single(await OpenAsync(tenant)).Detail);
        await SendAsync(tenant, 1, at: "2026-11-20T17:59:00Z");
        Assert.Equal(1, await EvaluateAsync());
        Assert.Empty(await OpenAsync(tenant));
    }

    [Fact]
    public async Task Rule_OfAChange_HoldsTheWindowAgainstTheOneBefore()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant, static body => (body["condition"], body["measure"], body["threshold"]) = ("rises", "requests", 50));
        await SendAsync(tenant, 4, at: "2026-11-20T16:30:00Z");
        await SendAsync(tenant, 6);
        Assert.Equal(0, await EvaluateAsync());
        await SendAsync(tenant, 1);
        Assert.Equal(1, await EvaluateAsync());
        Assert.Equal("Requests 75% up against the hour before, more than 50% (last hour).", Assert.Single(await OpenAsync(tenant)).Detail);
    }

    [Fact]
    public async Task Looks_ManyAtOnce_TellOnce()
    {
        var tenant = await TenantAsync();
        var channel = await ChannelAsync(tenant);
        await CreateAsync(tenant, body => body["channels"] = new JsonArray(channel.ToString()));
        await SendAsync(tenant, 3, failed: true);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => EvaluateAsync()));
        Assert.Single(await OpenAsync(tenant));
        Assert.Single(await DeliveriesAsync(tenant));
    }

    [Fact]
    public async Task Rule_ChangedOrRemoved_ClosesItsAlerts()
    {
        var tenant = await TenantAsync();
        var id = (await CreateAsync(tenant)).GetProperty("id").GetString();
        await SendAsync(tenant, 3, failed: true);
        await EvaluateAsync();
        using var changed = await shared.Client.PutAsync($"/api/v1/alert-rules/{id}", Json.Body(Body(tenant, static body => body["threshold"] = "0.5").ToJsonString()));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Empty(await OpenAsync(tenant));
        await EvaluateAsync();
        Assert.Single(await OpenAsync(tenant));
        Assert.Equal(1, (await shared.Client.GetJsonAsync($"/api/v1/alert-rules/{id}")).GetProperty("firing").GetInt32());
        using var removed = await shared.Client.DeleteAsync($"/api/v1/alert-rules/{id}");
        Assert.Empty(await OpenAsync(tenant));
        Assert.Equal(0, await shared.App.CountAsync($"alert_rule_states WHERE tenant_id = '{tenant}'"));
    }

    /// <summary>Three hours of the last days were bad, two of them one after the other.</summary>
    [Fact]
    public async Task Backtest_OfThePast_SaysHowOftenAndWhen()
    {
        var tenant = await TenantAsync();
        foreach (var at in new[] { "2026-11-10T09:30:00Z", "2026-11-10T10:30:00Z", "2026-11-15T23:45:00Z" }) await SendAsync(tenant, 2, failed: true, at: at);
        foreach (var at in new[] { "2026-11-10T11:30:00Z", "2026-11-16T00:15:00Z" }) await SendAsync(tenant, 30, at: at);
        using var response = await shared.Client.PostAsync("/api/v1/alert-rules/backtest", Json.Body(new JsonObject { ["rule"] = Body(tenant), ["days"] = 30 }.ToJsonString()));
        var test = await Json.ReadAsync(response);
        Assert.Equal(2, test.GetProperty("count").GetInt32());
        Assert.Equal(["2026-11-16T00:00:00+00:00 2026-11-16T01:00:00+00:00 1", "2026-11-10T10:00:00+00:00 2026-11-10T12:00:00+00:00 1"],
            test.GetProperty("firings").EnumerateArray().Select(static firing => $"{firing.GetProperty("from").GetString()} {firing.GetProperty("to").GetString()} {firing.GetProperty("value").GetString()}"));
        Assert.Equal(0, await shared.App.CountAsync($"alerts WHERE tenant_id = '{tenant}'"));
    }

    [Theory]
    [InlineData("name", "\"\"", "name")]
    [InlineData("measure", "\"speed\"", "measure is one of")]
    [InlineData("measure", "null", "not text")]
    [InlineData("condition", "\"odd\"", "condition is one of")]
    [InlineData("each", "\"team\"", "each is one of")]
    [InlineData("window", "\"week\"", "window is one of")]
    [InlineData("forMinutes", "2000", "forMinutes")]
    [InlineData("threshold", "\"much\"", "decimal")]
    [InlineData("subjects", """[{"subject":"u-1","threshold":1}]""", "each")]
    [InlineData("subjects", """[{"subject":"u-1"}]""", "threshold is required")]
    [InlineData("mutes", """[{"from":"25:00","to":"06:00"}]""", "a time such as")]
    [InlineData("mutes", """[{"from":"22:00","to":"06:00","days":[8]}]""", "days 1")]
    [InlineData("channels", """["00000000-0000-0000-0000-000000000001"]""", "channels: There is no channel")]
    public async Task Create_ThatIsWrong_IsRefusedWithTheReason(string field, string value, string reason)
    {
        var tenant = await TenantAsync();
        using var response = await shared.Client.PostAsync("/api/v1/alert-rules", Json.Body(Body(tenant, body => body[field] = JsonNode.Parse(value)).ToJsonString()));
        Assert.Contains(reason, await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ObjectLevelAuthorizationOnRules_OfAnotherTenant_FindsNothing()
    {
        var (own, foreign) = (await TenantAsync(), await TenantAsync());
        var id = (await CreateAsync(foreign)).GetProperty("id").GetString();
        using var client = shared.App.Client((await shared.Client.CreateKeyAsync(own, ["admin"])).Secret);
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync($"/api/v1/alert-rules/{id}"));
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync($"/api/v1/alert-rules?tenant={foreign}"));
        using var changed = await client.PutAsync($"/api/v1/alert-rules/{id}", Json.Body(Body(own).ToJsonString()));
        await Json.ProblemAsync(changed, 404);
        using var removed = await client.DeleteAsync($"/api/v1/alert-rules/{id}");
        await Json.ProblemAsync(removed, 404);
        using var tested = await client.PostAsync("/api/v1/alert-rules/backtest", Json.Body(new JsonObject { ["rule"] = Body(foreign) }.ToJsonString()));
        await Json.ProblemAsync(tested, 403);
    }

    [Fact]
    public async Task Alerts_ClosedLongAgo_AreForgotten_AndNoOther()
    {
        var tenant = await TenantAsync();
        foreach (var (key, closed) in new[] { ("old", "'2025-10-01Z'"), ("young", "'2026-01-01Z'"), ("open", "NULL") })
            await shared.App.ExecuteAsync($"INSERT INTO alerts (tenant_id, alert_id, source, alert_key, severity, title, detail, link, is_tenants, raised_at, seen_at, closed_at) VALUES ('{tenant}', gen_random_uuid(), 'test', '{key}', 1, 'a', 'a', '/', true, '2025-09-01Z', '2025-09-01Z', {closed})");
        await new ExpireAlertsJob(shared.App.Get<Database>(), new(), shared.App.Time).Execute(null!);
        Assert.Equal("open, young", await shared.App.ScalarAsync<string>($"SELECT string_agg(alert_key, ', ' ORDER BY alert_key) FROM alerts WHERE tenant_id = '{tenant}'"));
    }

    private async Task<string> TenantAsync()
    {
        shared.App.Time.Now = ConsoleApp.Now;
        // Others' rules are not this test's.
        foreach (var table in new[] { "alert_rules", "alert_rule_states", "alerts", "deliveries" }) await shared.App.ExecuteAsync($"DELETE FROM {table}");
        return await shared.Client.CreateTenantAsync($"t-{Guid.NewGuid():N}"[..16]);
    }

    private static JsonObject Body(string tenant, Action<JsonObject>? change = null)
    {
        var body = new JsonObject { ["tenant"] = tenant, ["name"] = "Too many failures", ["measure"] = "failureRate", ["condition"] = "above", ["threshold"] = "0.05", ["window"] = "hour" };
        change?.Invoke(body);
        return body;
    }

    private async Task<JsonElement> CreateAsync(string tenant, Action<JsonObject>? change = null)
    {
        using var response = await shared.Client.PostAsync("/api/v1/alert-rules", Json.Body(Body(tenant, change).ToJsonString()));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task<Guid> ChannelAsync(string tenant)
    {
        using var response = await shared.Client.PostAsync("/api/v1/channels", Json.Body(JsonSerializer.Serialize(new { tenant, name = "on call", kind = "webhook", target = "https://8.8.8.8/hook" })));
        return (await Json.ReadAsync(response)).GetProperty("id").GetGuid();
    }

    private Task SendAsync(string tenant, int requests, bool failed = false, string user = "u-1", string at = "2026-11-20T17:30:00Z") => shared.Client.SendUsageAsync(Json.Array(
        Enumerable.Range(0, requests).Select(_ => Json.Event($"r-{Interlocked.Increment(ref _events)}", tenant, item => (item["status"], item["user"], item["occurredAt"]) = (failed ? "failure" : "success", user, at)))));

    private Task<int> EvaluateAsync() => shared.App.Get<EvaluateRules>().ExecuteAsync(CancellationToken.None);

    private async Task<IReadOnlyList<AlertRow>> OpenAsync(string tenant) => (await shared.App.Get<AlertQueries>().ListOpenAsync(Reach.Of(tenant), 100, CancellationToken.None)).Items;

    private async Task<IReadOnlyList<DeliveryRow>> DeliveriesAsync(string tenant) => (await shared.App.Get<ChannelQueries>().ListDeliveriesAsync(Reach.Of(tenant), new(), CancellationToken.None)).Items;
}
