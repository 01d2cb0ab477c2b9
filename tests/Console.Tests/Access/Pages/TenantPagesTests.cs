using AgentConsole.Access;
using AgentConsole.Access.Pages.Tenants;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Tests.Access.Pages;

public sealed class TenantPagesTests(SharedApp shared) : AccessPagesContext(shared), IClassFixture<SharedApp>
{
    [Fact]
    public async Task List_ShowsSpendAndState_OfThoseWithinReach()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        var other = await Shared.Client.CreateTenantAsync($"o{Tenant}");
        await Shared.Client.SendUsageAsync(Json.Array([Json.Event("a", Tenant), Json.Event("b", Tenant)]));
        Become(Role.Support);
        var row = Open<TenantsPage>($"/tenants?search={Tenant}").FindAll("tr.linked").Single(row => row.QuerySelector("code")!.TextContent == Tenant);
        Assert.Equal(("active", "2"), (row.QuerySelector(".status")!.TextContent, row.QuerySelectorAll("td.number")[1].TextContent));
        Assert.StartsWith("$", row.QuerySelector("td.number")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal($"/tenants/{Tenant}", row.QuerySelector("a")!.GetAttribute("href"));
        Become(Role.TenantAdmin, Tenant);
        var own = Open<TenantsPage>("/tenants");
        Assert.DoesNotContain(other, own.Markup, StringComparison.Ordinal);
        Assert.Empty(own.FindAll("a.primary"));
    }

    [Fact]
    public void List_FilteredToNothing_HasAWayBack()
    {
        Become(Role.Operator);
        var page = Open<TenantsPage>("/tenants?search=nobody-has-this&status=suspended");
        Assert.Equal("/tenants", page.Find(".state a.button").GetAttribute("href"));
    }

    [Fact]
    public async Task Create_LeadsToItsPage_AndATakenIdSaysSo()
    {
        Become(Role.Operator);
        var page = Open<TenantsPage>("/tenants?tab=create");
        await CreateAsync(page);
        Assert.Equal($"/tenants/{Tenant}", Url);
        var again = Open<TenantsPage>("/tenants?tab=create");
        await CreateAsync(again);
        Assert.Contains("already", again.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_ChangesTheZone_AndShowsTheOtherCurrency()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        await Shared.Client.SendUsageAsync(Json.Event("a", Tenant));
        Become(Role.TenantAdmin, Tenant);
        var page = OpenTenant();
        Assert.DoesNotContain("≈", page.Markup, StringComparison.Ordinal);
        page.Find("input[list=zones]").Change("Asia/Tokyo");
        page.Find("input[maxlength='3']").Change("eur");
        page.Find("input[inputmode=decimal]").Change("0.92");
        await page.Find("form[aria-labelledby=settings-title]").SubmitAsync();
        Assert.Contains("Saved", page.Find(".notice.ok").TextContent, StringComparison.Ordinal);
        Assert.Equal("Asia/Tokyo", (await Shared.App.Get<TenantQueries>().FindAsync(Reach.Platform, Tenant, CancellationToken.None))!.TimeZone);
        Assert.Contains("EUR", OpenTenant().Find(".answer-facts").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Suspend…", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suspend_NeedsTheTypedName_AndSaysInNumbersWhatStops()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        await Shared.Client.CreateKeyAsync(Tenant, ["ingest"]);
        await Shared.Client.SendUsageAsync(Json.Event("a", Tenant));
        Become(Role.Operator);
        var page = OpenTenant();
        await Button(page, "Suspend…").ClickAsync(new());
        Assert.Contains("1 request came in the last 24 hours; 1 key of its own works", page.Find("form.notice").TextContent, StringComparison.Ordinal);
        Assert.True(Button(page, "Yes, suspend it").HasAttribute("disabled"));
        page.Find("form.notice input").Input(Tenant);
        await page.Find("form.notice").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("suspended", page.Find(".answer-facts").TextContent, StringComparison.Ordinal));
        Assert.True(Shared.App.Get<CurrentAccess>().IsSuspended(Tenant));

        await Button(page, "Resume…").ClickAsync(new());
        await page.Find("form.notice").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("active", page.Find(".answer-facts").TextContent, StringComparison.Ordinal));
    }

    /// <summary>What the page offered is asked again when it is done.</summary>
    [Fact]
    public async Task Suspend_ByOneWhoLostTheRight_IsRefused()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(Role.Operator);
        var page = OpenTenant();
        await Button(page, "Suspend…").ClickAsync(new());
        page.Find("form.notice input").Input(Tenant);
        Become(Role.Support);
        await page.Find("form.notice").SubmitAsync();
        page.WaitForAssertion(() => Assert.DoesNotContain("Suspend…", page.Markup, StringComparison.Ordinal));
        Assert.False(Shared.App.Get<CurrentAccess>().IsSuspended(Tenant));
    }

    [Fact]
    public async Task Texts_TurnedOnByTheAdmin_AndOffAgain_WithWhatWasStored()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = OpenTenant();
        Assert.Contains("not stored", page.Find(".contents-panel").TextContent, StringComparison.Ordinal);
        await Button(page, "Store them…").ClickAsync(new());
        Assert.Contains("each reading is in the audit", page.Find(".contents-panel form").TextContent, StringComparison.Ordinal);
        Assert.False(Shared.App.Get<CurrentAccess>().KeepsContents(Tenant));
        page.Find(".contents-panel input[type=number]").Change("14");
        await page.Find(".contents-panel form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("each for 14 days", page.Find(".contents-panel").TextContent, StringComparison.Ordinal));
        Assert.True(Shared.App.Get<CurrentAccess>().KeepsContents(Tenant));

        await Shared.Client.SendUsageAsync(Json.Array([Json.Event("a", Tenant, static item => item["input"] = "Why?"), Json.Event("b", Tenant, static item => item["input"] = "How?"), Json.Event("c", Tenant)]));
        await Button(page, "Stop storing…").ClickAsync(new());
        Assert.Matches("The texts of 2 requests are stored, [0-9]+ bytes", page.Find(".contents-panel form").TextContent);
        page.Find(".contents-panel input[type=checkbox]").Change(true);
        await page.Find(".contents-panel form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Matches("No texts are stored any more. The texts of 2 requests were deleted, [0-9]+ bytes", page.Find(".contents-panel .notice.ok").TextContent));
        Assert.False(Shared.App.Get<CurrentAccess>().KeepsContents(Tenant));
        Assert.Equal((0, 3), (await Shared.App.CountAsync($"usage_contents WHERE tenant_id = '{Tenant}'"), await Shared.App.CountAsync($"usage_events WHERE tenant_id = '{Tenant}'")));
    }

    /// <summary>Saving a name from a page that was opened earlier must not turn on again what was turned off meanwhile.</summary>
    [Fact]
    public async Task Save_FromAnOlderPage_LeavesTheTextsAsTheyAreNow()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(Role.TenantAdmin, Tenant);
        Assert.True((await Shared.App.Get<SaveTenant>().ExecuteAsync(Tenant, new("A", "UTC", KeepsContents: true), Caller.System, CancellationToken.None)).Ok);
        var page = OpenTenant();
        Assert.True((await Shared.App.Get<SaveTenant>().ExecuteAsync(Tenant, new("A", "UTC", KeepsContents: false), Caller.System, CancellationToken.None)).Ok);
        await page.Find("form[aria-labelledby=settings-title]").SubmitAsync();
        Assert.False((await Shared.App.Get<TenantQueries>().FindAsync(Reach.Platform, Tenant, CancellationToken.None))!.KeepsContents);
    }

    [Fact]
    public async Task Retention_Shortened_SaysInNumbersWhatIsRemoved_AndNeedsTheTypedName()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        await Shared.Client.SendUsageAsync(Json.Array([.. new[] { "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", "2026-11-20T00:00:00Z" }.Select((at, index) => Json.Event($"e-{index}", Tenant, item => item["occurredAt"] = at))]));
        Become(Role.TenantAdmin, Tenant);
        var page = OpenTenant();
        Assert.Contains("for ever", page.Find(".retention-panel p").TextContent, StringComparison.Ordinal);
        await page.Find(".retention-panel button").ClickAsync(new());
        await page.Find(".retention-panel input[type=number]").ChangeAsync(new() { Value = "30" });
        Assert.Contains("2 requests are older", page.Find(".retention-panel form").TextContent, StringComparison.Ordinal);
        Assert.True(Button(page, "Yes, remove them").HasAttribute("disabled"));
        page.Find(".retention-panel input:not([type=number])").Input(Tenant);
        await page.Find(".retention-panel form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("for 30 days", page.Find(".retention-panel p").TextContent, StringComparison.Ordinal));
        Assert.Equal(30, await Shared.App.ScalarAsync<int>($"SELECT event_days FROM tenants WHERE tenant_id = '{Tenant}'"));
        Assert.Equal("30", await Shared.App.ScalarAsync<string>($"SELECT after->>'eventDays' FROM audit_entries WHERE tenant_id = '{Tenant}' AND action = 'tenants.save'"));
    }

    [Fact]
    public async Task Texts_ForSupport_AreASentenceWithoutButtons()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(Role.Support);
        var panel = OpenTenant().Find(".contents-panel");
        Assert.Empty(panel.QuerySelectorAll("button"));
        Assert.Contains("not stored", panel.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tenant_BeyondReach_IsNotThere()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(Role.TenantAdmin, $"o{Tenant}");
        Assert.Contains("There is no such tenant", OpenTenant().Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<TenantPage> OpenTenant() => Open<TenantPage>($"/tenants/{Tenant}", ("Id", Tenant));

    private async Task CreateAsync(IRenderedComponent<TenantsPage> page)
    {
        page.Find("form.form input[placeholder='Acme Inc.']").Change("Acme");
        page.Find("form.form input[placeholder='acme']").Change(Tenant);
        await page.Find("form.form").SubmitAsync();
    }

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> page, string text) where T : IComponent => page.FindAll("button").Single(button => button.TextContent.Trim() == text);
}
