using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>What people do who answer for the money: prices in, the unpriced priced, an invoice checked, a wrong total noticed.</summary>
[Trait("Kind", "Browser")]
public sealed class MoneyJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Import_Catalogue_IsShownBeforeItIsAppliedAndThenInForce()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/prices?tab=import");

        await page.Locator("input[type=file]").SetInputFilesAsync(File("data.json", Catalogue("1")));
        await Expect(page.Locator(".summary")).ToHaveTextAsync("2 added, 0 changed, 0 unchanged, 0 rejected");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply 2 changes" }).ClickAsync();
        await Expect(page.Locator(".notice.ok")).ToContainTextAsync("Imported: 2 added");
        await visit.OpenAsync("/prices?search=house-ai/house");
        await Expect(page.Locator("tbody .status")).ToHaveTextAsync(["in force", "in force"]);

        await visit.OpenAsync("/prices?tab=import");
        await page.Locator("input[type=file]").SetInputFilesAsync(File("data.json", Catalogue("1.5")));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("tbody td.wrap")).ToHaveTextAsync(["Input $1.00 · Output $2.00", "Input $1.50 · Output $2.00"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(page.Locator("table")).ToHaveCountAsync(0);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Unpriced_PriceAddedAndApplied_CostAppearsOnTheRequest()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await fixture.Console.SendAsync(Event("lost-1", "unpriced", "attic-1"));
        await visit.OpenAsync("/requests/unpriced/lost-1");
        await Expect(page.Locator(".sentence")).ToContainTextAsync("no price is known");

        await visit.OpenAsync("/prices?tab=unpriced&tenant=unpriced");
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a price and re-price" }).ClickAsync();
        await page.GetByLabel("Input", new() { Exact = true }).FillAsync("2");
        await page.GetByLabel("Output", new() { Exact = true }).FillAsync("10");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add and preview the re-price" }).ClickAsync();
        await Expect(page.Locator(".table-card .summary").First).ToContainTextAsync("1 of 1 requests change: — becomes $0.0040");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, change 1 costs" }).ClickAsync();
        await Expect(page.Locator("tbody .status")).ToHaveTextAsync("done", new() { Timeout = 60_000 });

        await visit.OpenAsync("/requests/unpriced/lost-1");
        await Expect(page.Locator(".receipt tr.total td").Last).ToHaveTextAsync("$0.004");
        await visit.OpenAsync("/prices?tab=unpriced&tenant=unpriced");
        await Expect(page.Locator(".state h2")).ToHaveTextAsync("Everything has a price");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Price_AHundredTimesOff_IsAskedAboutUntilItIsConfirmed()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/prices?tab=add&provider=anthropic&model=claude-haiku-4-5");

        await page.GetByLabel("Input", new() { Exact = true }).FillAsync("100");
        await page.GetByLabel("Output", new() { Exact = true }).FillAsync("500");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the price" }).ClickAsync();
        await Expect(page.Locator(".notice.warning")).ToContainTextAsync("would cost $0.6 instead of $0.006");
        await page.GetByLabel("Input", new() { Exact = true }).FillAsync("1000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, that is the price" }).ClickAsync();
        await Expect(page.Locator(".notice.warning")).ToContainTextAsync("would cost $1.5 instead of $0.006");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, that is the price" }).ClickAsync();

        await Expect(page.Locator(".notice.ok")).ToContainTextAsync("Input $1,000.00 · Output $500.00");
        await visit.OpenAsync("/prices?search=claude-haiku-4-5");
        await Expect(page.Locator(".in-place")).ToContainTextAsync("but not for claude-haiku-4-5: the entered price comes before seed prices");
    }

    [Fact]
    public async Task Invoice_Uploaded_ShowsTheVariance()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        var day = TimeProvider.System.GetUtcNow();
        await fixture.Console.SendAsync(Event("billed-1", "billed", "gpt-5", "openai"));
        await visit.OpenAsync("/reconciliation?tab=invoice&tenant=billed");

        await page.Locator("input[type=file]").SetInputFilesAsync(File("invoice.csv", $"date,model,cost\n{day:yyyy-MM-dd},gpt-5,1.00325\n"));

        await Expect(page.Locator("tbody tr:not(.total) td")).ToHaveTextAsync(["gpt-5", "$0.0032", "$1.00", "$1.00", "0"]);
        await Expect(page.Locator(".table-card .summary")).ToContainTextAsync("the provider charged $1.00325, the ledger has $0.00325 of billed");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Alert_TotalsDiffer_IsOnEveryOpenPageUntilItIsAcknowledgedAndClosesByItself()
    {
        await fixture.Console.SendAsync(Event("summed-1", "summed", "gpt-5", "openai"));
        await fixture.ScalarUntilAsync("SELECT count(*) FROM usage_rollups WHERE tenant_id = 'summed'", static rows => rows > 0);
        await using var reader = await fixture.VisitAsync();
        await reader.OpenAsync("/usage");
        await using var operatorsVisit = await fixture.VisitAsync();
        var page = operatorsVisit.Page;
        await operatorsVisit.OpenAsync("/reconciliation?tenant=summed");

        await fixture.ExecuteAsync("UPDATE usage_rollups SET requests = requests + 1 WHERE tenant_id = 'summed' AND kind = 1 AND grain = 3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare now" }).ClickAsync();
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("differs");
        await Expect(reader.Page.Locator(".banner.critical")).ToContainTextAsync("Totals of summed on", new() { Timeout = 30_000 });
        await Expect(reader.Page.Locator(".rail-count")).ToContainTextAsync("1");

        await reader.Page.GetByRole(AriaRole.Link, new() { Name = "See alerts" }).ClickAsync();
        await reader.Page.Locator("tbody").GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Expect(reader.Page.Locator(".banner")).ToHaveCountAsync(0);
        await Expect(page.Locator(".banner")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
        await Expect(page.Locator(".rail-count")).ToContainTextAsync("1");

        await fixture.ExecuteAsync("UPDATE usage_rollups SET requests = requests - 1 WHERE tenant_id = 'summed' AND kind = 1 AND grain = 3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare now" }).ClickAsync();
        await Expect(page.Locator(".rail-count")).ToHaveCountAsync(0);
        await reader.Page.GetByRole(AriaRole.Link, new() { Name = "Past" }).ClickAsync();
        await Expect(reader.Page.Locator("tbody tr")).ToContainTextAsync("Totals of summed on");
        Assert.Empty(reader.Complaints);
    }

    [Theory]
    [InlineData("/prices")]
    [InlineData("/prices?tab=add")]
    [InlineData("/prices?tab=import")]
    [InlineData("/prices?tab=reprice")]
    [InlineData("/conflicts?range=30d")]
    [InlineData("/reconciliation")]
    [InlineData("/reconciliation?tab=invoice")]
    [InlineData("/alerts")]
    public async Task Phone_AnyPage_NeverScrollsSideways(string path)
    {
        await using var visit = await fixture.VisitAsync(390, 844);
        await visit.OpenAsync(path);

        Assert.Equal(0, await visit.SidewaysAsync());
        await Expect(visit.Page.Locator("h1")).ToHaveCountAsync(1);
        Assert.Empty(visit.Complaints);
    }

    private static FilePayload File(string name, string text) => new() { Name = name, MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(text) };

    private static string Catalogue(string input) => $$$"""
        [{"id":"house-ai","models":[
          {"id":"house-1","match":{"equals":"house-1"},"prices":{"input_mtok":{{{input}}},"output_mtok":2} },
          {"id":"house-2","match":{"starts_with":"house-2"},"prices":{"input_mtok":3,"output_mtok":4} }]}]
        """;

    private static object Event(string id, string tenant, string model, string provider = "house-ai") => new
    {
        id,
        tenant,
        occurredAt = TimeProvider.System.GetUtcNow(),
        provider,
        model,
        usage = new { input = 1000, output = 200 },
    };
}
