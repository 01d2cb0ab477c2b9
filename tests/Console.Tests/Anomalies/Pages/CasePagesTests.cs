using AgentConsole.Access;
using AgentConsole.Anomalies;
using AgentConsole.Anomalies.Pages;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Tests.Access.Pages;
using AgentConsole.Tests.Testing;
using Bunit;

namespace AgentConsole.Tests.Anomalies.Pages;

/// <summary>The pages of cases over the real store.</summary>
public sealed class CasePagesTests(SharedApp shared) : AccessPagesContext(shared), IClassFixture<SharedApp>
{
    [Fact]
    public async Task List_EmptyOrFilteredToNothing_SaysWhyAndWhatNext()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        Assert.Contains("No case is open", Open<CasesPage>("/cases").Find(".state h2").TextContent);
        Become(Role.Support);
        Assert.Contains($"No closed case of {Tenant}", Open<CasesPage>($"/cases?tab=closed&tenant={Tenant}").Find(".state h2").TextContent);
    }

    [Fact]
    public async Task List_StoreThatFails_OffersARetry()
    {
        await SignedIn.AsAsync(Shared.App, Role.Support, null);
        Become(Role.Support);
        await Shared.App.ExecuteAsync("ALTER TABLE case_looks RENAME TO case_looks_away");
        try
        {
            var page = Open<CasesPage>("/cases");
            Assert.Contains("Cases could not be read", page.Find(".state.error h2").TextContent);
            await Shared.App.ExecuteAsync("ALTER TABLE case_looks_away RENAME TO case_looks");
            await page.Find(".state.error .button").ClickAsync(new());
            page.WaitForAssertion(() => Assert.Empty(page.FindAll(".state.error")));
        }
        finally
        {
            await Shared.App.ExecuteAsync("ALTER TABLE IF EXISTS case_looks_away RENAME TO case_looks");
        }
    }

    [Fact]
    public async Task List_WithCases_HasTheDearestFirst_AndSortsByTheUrl()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        await PlantAsync("u-small", 30, "2026-11-20T17:00Z");
        var large = await PlantAsync("u-large", 300, "2026-11-20T14:00Z");
        Assert.Equal(["User u-large", "User u-small"], Names(Open<CasesPage>("/cases")));
        Assert.Equal(["User u-small", "User u-large"], Names(Open<CasesPage>("/cases?sort=-began")));
        Assert.Contains($"/cases/{Tenant}/{large}", Open<CasesPage>("/cases").Find("tbody a").GetAttribute("href"), StringComparison.Ordinal);
        var line = Card().Find("li");
        Assert.Contains("$299.00", line.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_TakenNotedClosedReopened_ByTheAdmin()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = OpenCase(await PlantAsync("u-1", 300, "2026-11-20T17:00Z"));
        Assert.Contains("User u-1 cost", page.Find(".sentence").TextContent, StringComparison.Ordinal);
        Assert.Equal($"/limits?tenant={Tenant}&user=u-1&tab=stop", page.Find(".row-actions a.danger").GetAttribute("href"));
        await page.FindAll("button").Single(static button => button.TextContent == "Take it on").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("investigating", page.Find(".answer").TextContent));
        page.FindAll("textarea")[0].Change("Asked the team.");
        await page.FindAll("form")[0].SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Asked the team.", page.Find(".timeline").TextContent));
        await page.FindAll("form")[1].SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Choose a verdict", page.Find("[role=alert]").TextContent));
        page.Find("select").Change("falseAlarm");
        await page.FindAll("form")[1].SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("false alarm", page.Find(".answer").TextContent));
        await page.FindAll("button").Single(static button => button.TextContent == "Reopen").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("reopened it", page.Find(".timeline").TextContent));
    }

    [Fact]
    public async Task Case_OfAViewer_ShowsAllAndOffersNothing_AndOneThatIsNot_SaysSo()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantViewer, Tenant);
        var id = await PlantAsync("u-1", 300, "2026-11-20T17:00Z");
        Become(Role.TenantViewer, Tenant);
        var page = OpenCase(id);
        Assert.Contains("Why did it cost more?", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("form, .row-actions"));
        Assert.Contains("There is no such case", OpenCase(Guid.NewGuid()).Markup, StringComparison.Ordinal);
        Become(Role.TenantViewer, "another");
        Assert.Contains("There is no such case", OpenCase(id).Markup, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(IRenderedComponent<CasesPage> page) => page.FindAll("tbody th a").Select(static link => link.TextContent);

    private IRenderedComponent<CasePage> OpenCase(Guid id) => Open<CasePage>($"/cases/{Tenant}/{id}?tenant={Tenant}", ("Tenant", Tenant), ("Id", id.ToString()));

    private async Task<Guid> PlantAsync(string user, decimal cost, string from)
    {
        var id = Guid.CreateVersion7();
        await Shared.App.ExecuteAsync($"""
            INSERT INTO cases (tenant_id, case_id, subject_of, subject, began_at, ended_at, is_over, cost, expected, excess, score, weeks, known_weeks, opened_at, seen_at, state)
            VALUES ('{Tenant}', '{id}', 2, '{user}', '{from}', '{from}'::timestamptz + interval '30 minutes', true, {cost}, 1, {cost - 1}, 9, ARRAY[1, 2], 4, '2026-11-20T18:00Z', '2026-11-20T18:00Z', 1)
            """);
        return id;
    }

    private IRenderedComponent<CasesCard> Card()
    {
        var card = Render<CasesCard>(parameters => parameters.AddCascadingValue(Frame.Read(PageUrl.Parse($"/?tenant={Tenant}"), [], Reach.Of(Tenant))));
        card.WaitForState(() => card.FindAll(".bone").Count == 0, TimeSpan.FromSeconds(20));
        return card;
    }
}
