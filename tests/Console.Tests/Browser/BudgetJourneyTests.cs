using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>What an admin does who must not be surprised by the bill: a channel, a budget, usage that crosses it, the alert and its delivery.</summary>
[Trait("Kind", "Browser")]
public sealed class BudgetJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private const string Tenant = "thrifty";

    /// <summary>The job looks twice a minute.</summary>
    private static readonly LocatorAssertionsToHaveTextOptions WithinALook = new() { Timeout = 90_000 };

    [Fact]
    public async Task Budget_CrossedByUsage_IsAlertedAndDelivered()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await fixture.Console.PostAsync("/api/v1/prices", new { provider = "openai", model = "dollar-1", perMillion = new { input = "1", output = "1" }, source = "a test" });
        await fixture.Console.SendAsync(Spend(1));

        await visit.OpenAsync($"/alerts?tab=channels&tenant={Tenant}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create a channel" }).First.ClickAsync();
        await page.GetByLabel("Name").FillAsync("On call");
        await page.GetByLabel("Address").FillAsync("https://8.8.8.8/hook");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the channel" }).ClickAsync();
        await Expect(page.Locator(".secret code")).ToContainTextAsync("whsec_");

        await visit.OpenAsync($"/budgets?tab=create&tenant={Tenant}");
        await page.GetByLabel("Name, if any").FillAsync("All of it");
        await page.GetByLabel("Amount, USD").FillAsync("100");
        await page.GetByLabel("On call").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the budget" }).ClickAsync();
        await Expect(page.Locator(".sentence")).ToContainTextAsync("$1.00 of $100.00");

        await fixture.Console.SendAsync(Spend(84));

        await visit.OpenAsync($"/alerts?tenant={Tenant}");
        await Expect(page.Locator("tbody th a")).ToHaveTextAsync(string.Create(CultureInfo.InvariantCulture, $"80 % of the monthly budget “All of it” for {TimeProvider.System.GetUtcNow():yyyy-MM} is spent"), WithinALook);
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Expect(page.Locator("tbody")).ToContainTextAsync("operator@example.test");
        await page.GetByRole(AriaRole.Link, new() { Name = "Deliveries" }).ClickAsync();
        await page.Locator("section[aria-label=Deliveries]").GetByRole(AriaRole.Link, new() { Name = "80 % of the monthly budget" }).ClickAsync();
        await Expect(page.Locator("#delivery-title")).ToContainTextAsync("80 %");
        await Expect(page.Locator(".panel-facts")).ToContainTextAsync("$85.00");
        Assert.Empty(visit.Complaints);
    }

    private static object Spend(int usd) => new
    {
        id = $"spend-{usd}",
        tenant = Tenant,
        occurredAt = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        provider = "openai",
        model = "dollar-1",
        usage = new { input = usd * 1_000_000 },
    };
}
