using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>Dashboards in a real browser: a view becomes a tile, tiles are arranged by the keyboard, and what is kept is there for others.</summary>
[Trait("Kind", "Browser")]
public sealed class DashboardJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Dashboard_FromAPinnedView_IsArrangedByKeyboard_AndSharesItsRange()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/usage?range=7d&measure=tokens&groupBy=key");
        await page.Locator(".views > summary").ClickAsync();
        await page.GetByLabel("Pin it as a tile called").FillAsync("Tokens by key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pin", Exact = true }).ClickAsync();
        await page.Locator(".pin [role=status] a").ClickAsync();
        await visit.ReadyAsync();
        await Expect(page.Locator(".board .chart h2")).ToHaveTextAsync("Tokens by key");

        await page.GetByRole(AriaRole.Link, new() { Name = "Edit" }).PressAsync("Enter");
        await page.GetByLabel("A tile to add").SelectOptionAsync(new SelectOptionValue { Label = "Requests by status" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the tile" }).PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Move Requests by status back" }).PressAsync("Enter");
        await page.GetByLabel("Width of Tokens by key").SelectOptionAsync("Full");
        await page.GetByLabel("Name of the dashboard").FillAsync("My board");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).PressAsync("Enter");

        await Expect(page.Locator("h1")).ToHaveTextAsync("My board");
        await Expect(page.Locator(".board .chart h2")).ToHaveTextAsync(["Requests by status", "Tokens by key"]);
        await Expect(page.Locator(".board-slot.full h2")).ToHaveTextAsync("Tokens by key");
        await page.GetByRole(AriaRole.Link, new() { Name = "24h", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/dashboards/[0-9a-f-]{36}\\?range=24h$"));
        await Expect(page.Locator(".apexcharts-svg")).ToHaveCountAsync(2);

        // The crosshair of one is that of all: their buckets are the same.
        await Expect(page.Locator(".chart .apexcharts-bar-area").First).ToBeVisibleAsync();
        await page.Locator(".board .chart-canvas").First.HoverAsync();
        await Expect(page.Locator(".chart-cross")).ToHaveCountAsync(2);
        await page.ReloadAsync();
        await visit.ReadyAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("My board");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Dashboard_OfATenant_IsSeenByItsMembersAndNotTheirsToChange()
    {
        await using var visit = await fixture.VisitAsync();
        await visit.OpenAsync("/dashboards?tenant=acme");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Ours");
        await visit.Page.GetByLabel("For everyone in acme").CheckAsync();
        await visit.Page.GetByLabel("Begin with the standard tiles").CheckAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Make it" }).ClickAsync();
        await Expect(visit.Page.Locator(".tile-tools")).ToHaveCountAsync(10);
        await using var member = await fixture.JoinAsync("board@acme.example", "TenantViewer");

        await member.OpenAsync("/dashboards");
        await member.Page.Locator("tr.linked", new() { HasText = "Ours" }).ClickAsync();

        await Expect(member.Page.Locator(".board-slot")).ToHaveCountAsync(10);
        await Expect(member.Page.Locator(".board .part-value").First).ToContainTextAsync("$");
        await Expect(member.Page.GetByRole(AriaRole.Link, new() { Name = "Edit" })).ToHaveCountAsync(0);
        await Expect(member.Page.GetByRole(AriaRole.Button, new() { Name = "Copy to mine" })).ToHaveCountAsync(1);
        Assert.Empty(member.Complaints);
    }
}
