using AgentConsole.Access;
using AgentConsole.Budgets.Pages;
using AgentConsole.Tests.Access.Pages;
using AgentConsole.Tests.Testing;
using Bunit;

namespace AgentConsole.Tests.Budgets.Pages;

/// <summary>The budgets page over the real store.</summary>
public sealed class BudgetsPageTests(SharedApp shared) : AccessPagesContext(shared), IClassFixture<SharedApp>
{
    [Fact]
    public async Task Page_WithoutABudget_SaysWhyAndWhatNext_ToWhoMayOnly()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        Assert.Contains("There is no budget of", Open<BudgetsPage>($"/budgets?tenant={Tenant}").Find(".state h2").TextContent);
        Become(Role.TenantViewer, Tenant);
        var page = Open<BudgetsPage>("/budgets");
        Assert.Empty(page.FindAll("a.button"));
        Assert.Empty(Open<BudgetsPage>("/budgets?tab=create").FindAll("form"));
    }

    [Fact]
    public async Task Form_PreviewedAndSaved_IsABudgetWithItsStanding()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<BudgetsPage>("/budgets?tab=create");
        page.FindAll("input")[0].Change("Search");
        page.Find("input[inputmode=decimal]").Change("12.50");
        page.FindAll("fieldset input")[1].Change("u-1");

        await page.FindAll("button").Single(static button => button.TextContent == "Preview past periods").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("$0.00 is spent of it", page.Find(".notice[role=status]").TextContent.ReplaceLineEndings(" ").Replace("  ", " ")));
        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("budget=", Url));
        Assert.Equal(1, await Shared.App.CountAsync($"budgets WHERE tenant_id = '{Tenant}' AND name = 'Search' AND amount = 12.5 AND user_name = 'u-1' AND period = 3"));
        var open = Open<BudgetsPage>(Url);
        Assert.Contains("in budget", open.Find("tbody").TextContent);
        Assert.Contains("$0.00 of $12.50", open.Find(".sentence").TextContent);
        Assert.Contains("nobody outside of the console", open.Find("dl").TextContent);
    }

    [Fact]
    public async Task Form_ThatIsWrong_SaysWhyAndKeepsWhatWasTyped()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<BudgetsPage>("/budgets?tab=create");
        page.Find("input[inputmode=decimal]").Change("a lot");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("no number", page.Find("[role=alert]").TextContent));
        Assert.Equal("a lot", page.Find("input[inputmode=decimal]").GetAttribute("value"));
    }

    [Fact]
    public async Task Panel_RemoveAsked_SaysWhatItMeansFirst()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        var made = await Shared.App.Get<AgentConsole.Budgets.CreateBudget>().ExecuteAsync(new("Gone soon", new(Tenant), 5, AgentConsole.Budgets.BudgetPeriod.Day, [100], false, []), Caller.System, CancellationToken.None);
        var page = Open<BudgetsPage>($"/budgets?budget={made.Value!.Id}");
        await page.FindAll("button").Single(static button => button.TextContent == "Remove…").ClickAsync(new());
        Assert.Contains("Nobody will be told", page.Find("[role=alertdialog]").TextContent);
        await page.FindAll("button").Single(static button => button.TextContent == "Yes, remove it").ClickAsync(new());
        Assert.Equal(0, await Shared.App.CountAsync($"budgets WHERE tenant_id = '{Tenant}'"));
        Become(Role.TenantViewer, Tenant);
        Assert.Contains("There is no such budget", Open<BudgetsPage>($"/budgets?budget={made.Value.Id}").Markup);
    }

    [Fact]
    public async Task Card_OnATenantsOverview_LeadsToEachBudget_AndWithoutOneToMakingIt()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        Assert.Contains("tab=create", Card().Find("a:not(h2 a)").GetAttribute("href"));
        var made = await Shared.App.Get<AgentConsole.Budgets.CreateBudget>().ExecuteAsync(new("Search", new(Tenant), 5, AgentConsole.Budgets.BudgetPeriod.Day, [100], false, []), Caller.System, CancellationToken.None);
        var line = Card().Find("li");
        Assert.Contains("$0.00 of $5.00", line.TextContent, StringComparison.Ordinal);
        Assert.Contains($"budget={made.Value!.Id}", line.QuerySelector("a")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    private IRenderedComponent<BudgetsCard> Card()
    {
        var card = Render<BudgetsCard>(parameters => parameters.AddCascadingValue(AgentConsole.Shell.Frame.Read(AgentConsole.Shell.PageUrl.Parse($"/?tenant={Tenant}"), [], AgentConsole.Platform.Data.Reach.Of(Tenant))));
        card.WaitForState(() => card.FindAll(".bone").Count == 0, TimeSpan.FromSeconds(20));
        return card;
    }
}
