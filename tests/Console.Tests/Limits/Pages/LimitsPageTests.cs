using System.Net;
using AgentConsole.Access;
using AgentConsole.Limits;
using AgentConsole.Limits.Pages;
using AgentConsole.Tests.Access.Pages;
using AgentConsole.Tests.Testing;
using Bunit;
using static AgentConsole.Tests.Limits.LimitCalls;

namespace AgentConsole.Tests.Limits.Pages;

public sealed class LimitsPageTests(SharedApp shared) : AccessPagesContext(shared), IClassFixture<SharedApp>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private HttpClient Client => Shared.Client;

    private Task UseAsync(string id, string user, int tokens, string cost = "0.25") => Client.SendUsageAsync(Json.Event($"{Tenant}-{id}", Tenant, item =>
        (item["user"], item["provider"], item["model"], item["usage"], item["costReported"], item["occurredAt"]) = (user, "openai", "gpt-5", new System.Text.Json.Nodes.JsonObject { ["input"] = tokens }, cost, $"{ConsoleApp.Now.AddHours(-2):O}")));

    private Task<string?> MaxAsync(Guid limit) => Shared.App.ScalarAsync<string?>($"SELECT max_value::float8::text FROM limits WHERE limit_id = '{limit}'");

    [Fact]
    public async Task Create_ShowsWhoWouldHaveBeenBlocked_BeforeItIsSet_AndUndoTakesItBack()
    {
        await Client.CreateTenantAsync(Tenant);
        for (var index = 0; index < 3; index++) await UseAsync($"{index}", "u-17", 100);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<LimitsPage>("/limits?tab=new&user=*");
        await page.InvokeAsync(() => page.Find("input[placeholder='25.00']").Change("150"));
        await page.InvokeAsync(() => page.FindAll("select")[1].Change("Tokens"));
        await page.InvokeAsync(() => page.FindAll("select")[2].Change("Day"));
        await page.InvokeAsync(() => page.Find("form.form-body").SubmitAsync());
        page.WaitForAssertion(() => Assert.Contains("would have refused 2 requests of user u-17", page.Find(".notice.warning").TextContent, StringComparison.Ordinal), Patience);
        Assert.Contains("above it already", page.Find(".notice.warning").TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await Shared.App.CountAsync($"limits WHERE tenant_id = '{Tenant}'"));

        await page.InvokeAsync(() => page.FindAll(".form-end button.primary").Single().ClickAsync(new()));
        Assert.Equal(1, await Shared.App.CountAsync($"limits WHERE tenant_id = '{Tenant}' AND user_id = '*' AND max_value = 150"));
        page.WaitForElement(".notice.ok button", Patience);
        Assert.Contains("each user: 150 tokens per day is set", page.Find(".notice.ok").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find(".notice.ok button").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Contains("Taken back", page.Find(".notice.ok").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal(0, await Shared.App.CountAsync($"limits WHERE tenant_id = '{Tenant}'"));
    }

    [Fact]
    public async Task Row_ThatTakesSomethingAway_IsTriedOutFirst_AndARaiseIsSavedAtOnce()
    {
        await Client.CreateTenantAsync(Tenant);
        for (var index = 0; index < 3; index++) await UseAsync($"{index}", "u-1", 100);
        var limit = await Client.CreateLimitAsync(Limit(Tenant, "tokens", "1000", "day"));
        Become(Role.TenantAdmin, Tenant);
        var page = Open<LimitsPage>("/limits");
        await EditAsync(page, "2000");
        Assert.Equal("2000", await MaxAsync(limit));
        await EditAsync(page, "100");
        page.WaitForAssertion(() => Assert.Contains("would have refused", page.Find("td.wrap .notice").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal("2000", await MaxAsync(limit));
        await page.InvokeAsync(() => page.Find("td.wrap .form-end button.primary").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Contains("100 tokens per day", page.Find(".notice.ok").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal("100", await MaxAsync(limit));
        await EditAsync(page, "plenty");
        Assert.Contains("a number", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Selected_ChangedTogether_ArePlannedThenSaved_AndUndone()
    {
        await Client.CreateTenantAsync(Tenant);
        var (first, second) = (await Client.CreateLimitAsync(Limit(Tenant, "cost", "10", "day", Each("user"))), await Client.CreateLimitAsync(Limit(Tenant, "cost", "20", "month")));
        Become(Role.TenantAdmin, Tenant);
        var page = Open<LimitsPage>("/limits");
        await page.InvokeAsync(() => page.Find("th.pick input").Change(true));
        page.WaitForElement("section.form select", Patience);
        await page.InvokeAsync(() => page.Find("section.form select").Change("percent"));
        page.WaitForElement("section.form input[type=text]", Patience);
        await page.InvokeAsync(() => page.Find("section.form input[type=text]").Change("-50"));
        await page.InvokeAsync(() => page.Find("section.form .form-end button.primary").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Contains("2 of 2 limits change", page.Find("section.form .notice").TextContent, StringComparison.Ordinal), Patience);
        await page.InvokeAsync(() => page.Find("section.form .form-end button.primary").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Contains("2 limits changed", page.Find(".notice.ok").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal(("5", "10"), (await MaxAsync(first), await MaxAsync(second)));
        await page.InvokeAsync(() => page.Find(".notice.ok button").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Contains("Taken back", page.Find(".notice.ok").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal(("10", "20"), (await MaxAsync(first), await MaxAsync(second)));
        Assert.Equal(4, await Shared.App.CountAsync($"audit_entries WHERE tenant_id = '{Tenant}' AND action = 'limits.change'"));
    }

    [Fact]
    public async Task List_MarksWhatGoesBeforeWhat_AndAWarningShowsUse()
    {
        await Client.CreateTenantAsync(Tenant);
        await Client.CreateLimitAsync(Limit(Tenant, "tokens", "1000", "month", Each("user")));
        var own = await Client.CreateLimitAsync(Limit(Tenant, "tokens", "5000", "month", Each("user", "u-17")));
        await UseAsync("a", "u-17", 400);
        await Eventually.TrueAsync(async () => (await Client.StandingAsync(Tenant, own, "u-17")).Text("used") == "400");
        Become(Role.TenantViewer, Tenant);
        var page = Open<LimitsPage>("/limits?sort=scope");
        Assert.Contains("1 with their own", page.Markup, StringComparison.Ordinal);
        Assert.Contains("instead of 1,000 tokens per month", page.Markup, StringComparison.Ordinal);
        Assert.Equal("400 tokens", page.Find(".use-text").TextContent);
        // A viewer looks, and does nothing.
        Assert.Empty(page.FindAll(".pick, .limit-table button"));
        Assert.DoesNotContain("Set a limit", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ShowsEachLineAndItsErrors_ThenSavesWhatIsRight()
    {
        await Client.CreateTenantAsync(Tenant);
        var limit = await Client.CreateLimitAsync(Limit(Tenant, "cost", "10", "day", Each("user")));
        Become(Role.TenantAdmin, Tenant);
        var page = Open<LimitsPage>($"/limits?tab=import&tenant={Tenant}");
        await page.InvokeAsync(() => page.Find("textarea").Input("user\tmeasure\tmax\twindow\n*\tcost\t12.50\tday\nu-17\ttokens\tmany\tday\nu-18\ttokens\t500\tfortnight\nu-19\trequests\t30\tminute\nu-19\trequests\t40\tminute\n"));
        await page.InvokeAsync(() => page.Find(".form-end button.primary").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Contains("1 new, 1 changed, 0 unchanged, 3 refused", page.Find("[role=status].summary").TextContent, StringComparison.Ordinal), Patience);
        var lines = page.FindAll("tbody tr").Select(static row => row.TextContent).ToList();
        Assert.Contains(lines, static line => line.Contains('3') && line.Contains("max is a number", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("window is one of", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("Line 5 is of the same", StringComparison.Ordinal));
        await page.InvokeAsync(() => page.FindAll(".form-end button.primary").Single(static button => button.TextContent.Contains("that are right", StringComparison.Ordinal)).ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Contains("Imported: 1 new, 1 changed", page.Find(".notice.ok").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal("12.5", await MaxAsync(limit));
        Assert.Equal(2, await Shared.App.CountAsync($"limits WHERE tenant_id = '{Tenant}'"));
    }

    [Fact]
    public async Task Stop_SaysInNumbersWhatItStops_StopsIt_AndUndoLetsItThrough()
    {
        await Client.CreateTenantAsync(Tenant);
        // Even one whose concurrency was raised for a while.
        await Client.CreateLimitAsync(Limit(Tenant, "concurrency", "50", null, limit => (limit["scope"]!["user"], limit["expiresAt"]) = ("u-17", $"{ConsoleApp.Now.AddDays(3):O}")));
        await UseAsync("a", "u-17", 100);
        Become(Role.Support);
        var page = Open<LimitsPage>($"/limits?tab=stop&tenant={Tenant}&user=u-17");
        await page.InvokeAsync(() => page.Find("input[placeholder^='Loop']").Change("runs away"));
        await page.InvokeAsync(() => page.Find("form.form-body").SubmitAsync());
        page.WaitForAssertion(() => Assert.Contains("user u-17 sent 1 request for $", page.Find("[role=alertdialog]").TextContent, StringComparison.Ordinal), Patience);
        await page.InvokeAsync(() => page.Find("[role=alertdialog] button.danger").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Contains("is stopped", page.Find(".notice.ok").TextContent, StringComparison.Ordinal), Patience);
        var (status, refused) = await Client.ReserveAsync(Tenant, $"{Tenant}-r", change: body => body["user"] = "u-17");
        Assert.Equal((HttpStatusCode.TooManyRequests, "runs away"), (status, refused.GetProperty("limit").Text("reason")));
        Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(Tenant, $"{Tenant}-s", change: body => body["user"] = "another")).Status);
        await page.InvokeAsync(() => page.Find(".notice.ok button").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Contains("Taken back", page.Find(".notice.ok").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(Tenant, $"{Tenant}-t", change: body => body["user"] = "u-17")).Status);
        Assert.Equal((1, 1), (await Shared.App.CountAsync($"audit_entries WHERE tenant_id = '{Tenant}' AND action = 'limits.stop'"), await Shared.App.CountAsync($"audit_entries WHERE tenant_id = '{Tenant}' AND action = 'limits.resume'")));
    }

    [Fact]
    public async Task Stop_OfAWholeTenant_NeedsItsNameTyped()
    {
        await Client.CreateTenantAsync(Tenant);
        Become(Role.Operator);
        var page = Open<LimitsPage>($"/limits?tab=stop&tenant={Tenant}");
        await page.InvokeAsync(() => page.FindAll("select")[1].Change("tenant"));
        await page.InvokeAsync(() => page.Find("input[placeholder^='Loop']").Change("unpaid"));
        await page.InvokeAsync(() => page.Find("form.form-body").SubmitAsync());
        page.WaitForElement("[role=alertdialog]", Patience);
        Assert.True(page.Find("button.danger").HasAttribute("disabled"));
        await page.InvokeAsync(() => page.Find("[role=alertdialog] input").Input(Tenant));
        await page.InvokeAsync(() => page.Find("button.danger").ClickAsync(new()));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Client.ReserveAsync(Tenant, $"{Tenant}-r")).Status);
    }

    [Fact]
    public async Task Raise_IsOfOneUser_AndEndsByItself()
    {
        await Client.CreateTenantAsync(Tenant);
        var general = await Client.CreateLimitAsync(Limit(Tenant, "requests", "1", "day", Each("user")));
        Become(Role.TenantAdmin, Tenant);
        var page = Open<LimitsPage>($"/limits?tab=new&raise={general}&user=u-17&tenant={Tenant}");
        await page.InvokeAsync(() => page.Find("input[placeholder='25.00']").Change("3"));
        await page.InvokeAsync(() => page.Find("input[placeholder^='Trial']").Change("launch day"));
        await page.InvokeAsync(() => page.Find("form.form-body").SubmitAsync());
        page.WaitForElement(".form-end button[type=button]", Patience);
        await page.InvokeAsync(() => page.Find(".form-end button[type=button]").ClickAsync(new()));
        Assert.Equal(1, await Shared.App.CountAsync($"limits WHERE tenant_id = '{Tenant}' AND user_id = 'u-17' AND max_value = 3 AND expires_at = '{ConsoleApp.Now.AddDays(1):O}' AND reason = 'launch day'"));
        for (var index = 0; index < 3; index++) Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(Tenant, $"{Tenant}-{index}", change: body => body["user"] = "u-17")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Client.ReserveAsync(Tenant, $"{Tenant}-3", change: body => body["user"] = "u-17")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Client.ReserveAsync(Tenant, $"{Tenant}-4", change: body => body["user"] = "u-18")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Client.ReserveAsync(Tenant, $"{Tenant}-5", change: body => body["user"] = "u-18")).Status);
    }

    /// <summary>What the page offered is asked again when it is done.</summary>
    [Fact]
    public async Task Create_ByOneWhoLostTheRight_IsRefused()
    {
        await Client.CreateTenantAsync(Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<LimitsPage>("/limits?tab=new");
        await page.InvokeAsync(() => page.Find("input[placeholder='25.00']").Change("150"));
        await page.InvokeAsync(() => page.FindAll("select")[1].Change("Concurrency"));
        await page.InvokeAsync(() => page.Find("form.form-body").SubmitAsync());
        page.WaitForElement(".form-end button[type=button]", Patience);
        Become(Role.TenantViewer, Tenant);
        await page.InvokeAsync(() => page.Find(".form-end button[type=button]").ClickAsync(new()));
        Assert.Contains("may not", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await Shared.App.CountAsync($"limits WHERE tenant_id = '{Tenant}'"));
    }

    [Fact]
    public async Task Refused_SaysByWhichLimit_WhatWasLeft_AndLeadsToTheExplanation()
    {
        await Client.CreateTenantAsync(Tenant);
        var limit = await Client.CreateLimitAsync(Limit(Tenant, "cost", "0.50", "day", Each("user")));
        await Client.ReserveAsync(Tenant, $"{Tenant}-a", 0.45m);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Client.ReserveAsync(Tenant, $"{Tenant}-b", 0.10m)).Status);
        await Shared.App.Get<RecordRefusals>().WriteAsync(CancellationToken.None);
        await Eventually.TrueAsync(async () => await Shared.App.CountAsync($"limit_refusals WHERE tenant_id = '{Tenant}'") == 1);
        Become(Role.TenantViewer, Tenant);
        var page = Open<LimitsPage>("/limits?tab=refused");
        Assert.Contains("$0.05 was left of $0.50 per day, and it asked for $0.10.", page.Markup, StringComparison.Ordinal);
        Assert.Contains($"/limits/effective?tenant={Tenant}&amp;user=u&amp;model=gpt-5&amp;provider=openai", page.Markup, StringComparison.Ordinal);
        Assert.Contains("No such refusal is kept", Open<LimitsPage>("/limits?tab=refused&request=nowhere").Markup, StringComparison.Ordinal);
        var item = (await Client.GetJsonAsync($"{Root}/refusals?tenant={Tenant}")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(($"{Tenant}-b", "0.05", "0.10", "exceeded", limit), (item.Text("requestId"), item.Text("remaining"), item.Text("asked"), item.Text("reason"), item.GetProperty("limit").GetProperty("id").GetGuid()));
        Assert.Contains("1", Open<LimitsPage>("/limits").Find("tbody td a[href*='tab=refused']").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proof_ShowsWhatWentOver_AndWhatIsHeld()
    {
        await Client.CreateTenantAsync(Tenant);
        await Client.CreateLimitAsync(Limit(Tenant, "cost", "0.50", "day"));
        await Client.ReserveAsync(Tenant, $"{Tenant}-a", 0.40m);
        await Client.SettleAsync($"{Tenant}-a", 0.75m);
        await Client.CreateLimitAsync(Limit(Tenant, "requests", "100", "day"));
        await Client.ReserveAsync(Tenant, $"{Tenant}-b", change: body => body["estimate"]!["cost"] = "0");
        await Eventually.TrueAsync(async () => await Shared.App.Get<AgentConsole.Limits.Truth.CheckCounters>().ExecuteAsync(Tenant, CancellationToken.None));
        Become(Role.TenantAdmin, Tenant);
        var page = Open<LimitsPage>("/limits?tab=proof");
        Assert.Contains("1 limit is over its maximum, by $0.25", page.Find(".sentence").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("p99", page.Markup, StringComparison.Ordinal);
        Become(Role.Operator);
        Assert.Matches("p99 [0-9.]+ ms", Open<LimitsPage>("/limits?tab=proof").Markup);
        Assert.True(Shared.App.Get<LimiterState>().Read().UnderEstimated > 0);
    }

    private static async Task EditAsync(IRenderedComponent<LimitsPage> page, string max)
    {
        await page.InvokeAsync(() => page.Find(".limit-table td.row-actions button").ClickAsync(new()));
        page.WaitForElement("td.edit input", Patience);
        await page.InvokeAsync(() => page.Find("td.edit input").Change(max));
        await page.InvokeAsync(() => page.Find("td.row-actions button.primary").ClickAsync(new()));
        page.WaitForState(() => page.FindAll("td.edit").Count == 0 || page.FindAll("td.wrap").Count > 0, Patience);
    }
}
