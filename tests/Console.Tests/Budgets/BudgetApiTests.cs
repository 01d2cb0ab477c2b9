using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Budgets;

/// <summary>Budgets over HTTP, to the letter of the contract.</summary>
public sealed class BudgetApiTests(BudgetApp shared) : IClassFixture<BudgetApp>
{
    [Fact]
    public async Task Create_AsTheContractHasIt_IsThereWithItsDefaults()
    {
        var tenant = await shared.TenantAsync();
        var made = await shared.CreateAsync(tenant, body => body.Remove("thresholds"));
        Assert.Equal(("100.00", "month", false, tenant), (made.GetProperty("amount").GetString(), made.GetProperty("period").GetString(), made.GetProperty("block").GetBoolean(), made.GetProperty("scope").GetProperty("tenant").GetString()));
        Assert.Equal([50, 80, 100], made.GetProperty("thresholds").EnumerateArray().Select(static threshold => threshold.GetInt32()));
        var list = await shared.Client.GetJsonAsync($"/api/v1/budgets?tenant={tenant}");
        Assert.Equal(made.GetProperty("id").GetString(), Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(1, await shared.App.CountAsync($"audit_entries WHERE tenant_id = '{tenant}' AND action = 'budgets.create' AND after->>'amount' = '100'"));
    }

    [Fact]
    public async Task Find_WithUsage_SaysWhatIsSpentOfWhatCounts()
    {
        var tenant = await shared.TenantAsync();
        var whole = await shared.CreateAsync(tenant);
        var ofUser = await shared.CreateAsync(tenant, static body => (body["scope"]!["user"], body["amount"]) = ("u-1", "25.50"));
        var ofTeam = await shared.CreateAsync(tenant, static body => body["scope"]!["team"] = "search");
        var ofEach = await shared.CreateAsync(tenant, static body => (body["scope"]!["user"], body["amount"]) = ("*", 20));
        await shared.SpendAsync(tenant, 30.25m, user: "u-1", team: "search");
        await shared.SpendAsync(tenant, 12, user: "u-2");
        await shared.SpendAsync(tenant, 1000, at: "2026-10-31T23:59:59Z");
        foreach (var rolled in new[] { false, true })
        {
            if (rolled) await shared.App.RollUpAsync();
            Assert.Equal(("42.25", null), Standing(await FindAsync(whole)));
            Assert.Equal(("30.25", "2026-11-20T17:45:00+00:00"), Standing(await FindAsync(ofUser)));
            Assert.Equal(("30.25", null), Standing(await FindAsync(ofTeam)));
            var each = await FindAsync(ofEach);
            Assert.Equal(("30.25", "2026-11-20T17:45:00+00:00"), Standing(each));
            Assert.Equal(["u-1 30.25", "u-2 12.00"], each.GetProperty("subjects").EnumerateArray().Select(static subject => $"{subject.GetProperty("subject").GetString()} {subject.GetProperty("spent").GetString()}"));
        }
        var found = await FindAsync(whole);
        Assert.Equal(("2026-11-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00"), (found.GetProperty("periodStart").GetString(), found.GetProperty("periodEnd").GetString()));
        Assert.Equal("It needs 28 full days.", found.GetProperty("noForecast").GetString());
    }

    [Fact]
    public async Task Find_WithFourWeeks_HasAForecastAndWhenItIsUsedUp()
    {
        var tenant = await shared.TenantAsync();
        await shared.SpendEachDayAsync(tenant, 10, days: 30);
        await shared.App.RollUpAsync();
        // Of November 19 days are over and 18 of 24 hours of the twentieth; 10 days are to come.
        var found = await FindAsync(await shared.CreateAsync(tenant, static body => body["amount"] = "220"));
        Assert.Equal(("190.00", "292.50"), (found.GetProperty("spent").GetString(), found.GetProperty("forecast").GetString()));
        Assert.Equal("2026-11-23T18:00:00+00:00", found.GetProperty("exhaustedAt").GetString());
    }

    [Fact]
    public async Task Change_AndRemove_AreAuditedAndGone()
    {
        var tenant = await shared.TenantAsync();
        var id = (await shared.CreateAsync(tenant)).GetProperty("id").GetString();
        using var changed = await shared.Client.PutAsync($"/api/v1/budgets/{id}", Json.Body(BudgetApp.Body(tenant, static body => (body["amount"], body["period"], body["name"]) = ("7", "quarter", "Seven")).ToJsonString()));
        var answer = await Json.ReadAsync(changed);
        Assert.Equal(("7.00", "quarter", "Seven"), (answer.GetProperty("amount").GetString(), answer.GetProperty("period").GetString(), answer.GetProperty("name").GetString()));
        using var removed = await shared.Client.DeleteAsync($"/api/v1/budgets/{id}");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await shared.Client.StatusAsync($"/api/v1/budgets/{id}"));
        Assert.Equal(3, await shared.App.CountAsync($"audit_entries WHERE tenant_id = '{tenant}' AND action LIKE 'budgets.%'"));
    }

    [Fact]
    public async Task Block_TurnedOnAndOff_RefusesWhatWouldExceedIt_AndNoLonger()
    {
        var tenant = await shared.TenantAsync();
        var id = (await shared.CreateAsync(tenant)).GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.OK, await ReserveAsync("first", 101));

        await ChangeAsync(block: true);
        await Eventually.TrueAsync(async () => await ReserveAsync($"second-{Guid.NewGuid()}", 101) == HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.Conflict, (await shared.Client.DeleteAsync($"/api/v1/limits/{id}")).StatusCode);

        await ChangeAsync(block: false);
        await Eventually.TrueAsync(async () => await ReserveAsync($"third-{Guid.NewGuid()}", 101) == HttpStatusCode.OK);
        Assert.Equal(0, await shared.App.CountAsync($"limits WHERE tenant_id = '{tenant}'"));

        async Task ChangeAsync(bool block)
        {
            using var changed = await shared.Client.PutAsync($"/api/v1/budgets/{id}", Json.Body(BudgetApp.Body(tenant, body => body["block"] = block).ToJsonString()));
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        }

        async Task<HttpStatusCode> ReserveAsync(string request, int dollars)
        {
            using var answer = await shared.Client.PostAsync("/api/v1/limits/reserve", Json.Body($$$"""{"requestId":"{{{request}}}","tenant":"{{{tenant}}}","estimate":{"tokens":1,"cost":"{{{dollars}}}"}}"""));
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Block_OfAPeriodThatLimitsDoNotHave_IsRefusedInSoManyWords()
    {
        var tenant = await shared.TenantAsync();
        using var response = await shared.PostAsync(BudgetApp.Body(tenant, static body => (body["block"], body["period"]) = (true, "quarter")));
        Assert.Contains("per quarter it can only tell", await Json.ProblemAsync(response, 409), StringComparison.Ordinal);
        Assert.Equal(0, await shared.App.CountAsync($"budgets WHERE tenant_id = '{tenant}'"));
    }

    [Theory]
    [InlineData("amount", "\"0\"", "amount")]
    [InlineData("amount", "\"-1\"", "amount")]
    [InlineData("amount", "\"1.1234567\"", "amount")]
    [InlineData("amount", "\"much\"", "decimal")]
    [InlineData("amount", "null", "amount is required")]
    [InlineData("period", "\"decade\"", "period is one of")]
    [InlineData("thresholds", "[]", "thresholds")]
    [InlineData("thresholds", "[0]", "thresholds")]
    [InlineData("thresholds", "[50.5]", "whole")]
    [InlineData("thresholds", "\"50\"", "list")]
    [InlineData("scope", "\"acme\"", "object")]
    [InlineData("scope", """{"tenant":"*"}""", "one tenant")]
    [InlineData("scope", """{"tenant":7}""", "not text")]
    [InlineData("scope", """{"tenant":"T","user":"*","model":"*"}""", "one dimension")]
    [InlineData("channels", """["00000000-0000-0000-0000-000000000001"]""", "channels: There is no channel")]
    [InlineData("channels", "[7]", "not text")]
    public async Task Create_ThatIsWrong_IsRefusedWithTheReason(string field, string value, string reason)
    {
        var tenant = await shared.TenantAsync();
        using var response = await shared.PostAsync(BudgetApp.Body(tenant, body => body[field] = JsonNode.Parse(value.Replace("\"T\"", $"\"{tenant}\"", StringComparison.Ordinal))));
        Assert.Contains(reason, await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ObjectLevelAuthorizationOnBudgets_OfAnotherTenant_FindsNothing()
    {
        var (own, foreign) = (await shared.TenantAsync(), await shared.TenantAsync());
        var id = (await shared.CreateAsync(foreign)).GetProperty("id").GetString();
        using var client = shared.App.Client((await shared.Client.CreateKeyAsync(own, ["admin", "limits", "read"])).Secret);
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync($"/api/v1/budgets/{id}"));
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync($"/api/v1/budgets?tenant={foreign}"));
        using var changed = await client.PutAsync($"/api/v1/budgets/{id}", Json.Body(BudgetApp.Body(own).ToJsonString()));
        await Json.ProblemAsync(changed, 404);
        using var removed = await client.DeleteAsync($"/api/v1/budgets/{id}");
        await Json.ProblemAsync(removed, 404);
        using var made = await client.PostAsync("/api/v1/budgets", Json.Body(BudgetApp.Body(foreign).ToJsonString()));
        await Json.ProblemAsync(made, 403);
        using var mine = await client.PostAsync("/api/v1/budgets", Json.Body(BudgetApp.Body(own, static body => ((JsonObject)body["scope"]!).Remove("tenant")).ToJsonString()));
        Assert.Equal(own, (await Json.ReadAsync(mine)).GetProperty("scope").GetProperty("tenant").GetString());
        using var reader = shared.App.Client((await shared.Client.CreateKeyAsync(own, ["read"])).Secret);
        Assert.Equal(HttpStatusCode.OK, await reader.StatusAsync("/api/v1/budgets"));
        using var refused = await reader.PostAsync("/api/v1/budgets", Json.Body(BudgetApp.Body(own).ToJsonString()));
        await Json.ProblemAsync(refused, 403);
    }

    private Task<JsonElement> FindAsync(JsonElement budget) => shared.Client.GetJsonAsync($"/api/v1/budgets/{budget.GetProperty("id").GetString()}");

    private static (string? Spent, string? ExhaustedAt) Standing(JsonElement found) => (found.GetProperty("spent").GetString(), found.GetProperty("exhaustedAt").GetString());
}
