using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>An operator sets one user's limit, sees which binds, and finds why a request was refused; in a real browser and over real HTTP.</summary>
[Trait("Kind", "Browser")]
public sealed class LimitJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Operator_SetsOneUsersLimit_SeesWhichBinds_AndWhyARequestWasRefused()
    {
        await fixture.Console.PostAsync("/api/v1/limits", new { scope = new { tenant = "acme", user = "*" }, measure = "cost", max = "50.00", window = "month", action = "block" });
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/limits?tenant=acme");
        await page.GetByRole(AriaRole.Link, new() { Name = "Set a limit" }).ClickAsync();
        await page.GetByLabel("At most").FillAsync("1.00");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "User", Exact = true }).FillAsync("u-journey");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Reason" }).FillAsync("trial");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what it would do" }).ClickAsync();
        await Expect(page.Locator(".form .notice")).ToContainTextAsync("Nobody would have been refused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set the limit" }).ClickAsync();
        await Expect(page.Locator(".deed")).ToContainTextAsync("user u-journey: $1.00 per month is set");
        await Expect(page.Locator(".limit-table tr", new() { HasText = "u-journey" })).ToContainTextAsync("instead of $50.00 per month");

        await fixture.Console.PostAsync("/api/v1/limits/reserve", new { requestId = "journey-1", tenant = "acme", user = "u-journey", model = "gpt-5", provider = "openai", estimate = new { tokens = 10, cost = "0.80" } });
        await Assert.ThrowsAnyAsync<Exception>(() => fixture.Console.PostAsync("/api/v1/limits/reserve", new { requestId = "journey-2", tenant = "acme", user = "u-journey", model = "gpt-5", provider = "openai", estimate = new { tokens = 10, cost = "0.30" } }));

        await visit.OpenAsync("/limits/effective?tenant=acme&user=u-journey");
        await Expect(page.Locator(".sentence")).ToContainTextAsync("“user u-journey: $1.00 per month” binds: $0.20 is left");
        await Expect(page.Locator(".standing").First).ToContainTextAsync("$0.00 used, $0.80 held, $0.20 left");
        await Expect(page.Locator(".standing.overridden")).ToContainTextAsync("each user: $50.00 per month");
        await Expect(page.Locator(".refused-lately")).ToContainTextAsync("$0.20 was left of $1.00 per month, and it asked for $0.30.");

        await visit.OpenAsync("/limits?tab=refused&request=journey-2");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("user u-journey: $1.00 per month");
        await page.GetByRole(AriaRole.Link, new() { Name = "Explain journey-2" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Which limits apply?");
        Assert.Empty(visit.Complaints);
    }

    [Theory]
    [InlineData("/limits?tenant=acme")]
    [InlineData("/limits?tab=new")]
    [InlineData("/limits?tab=stop")]
    [InlineData("/limits?tab=import")]
    [InlineData("/limits?tab=proof")]
    [InlineData("/limits/effective?tenant=acme&user=u-1")]
    public async Task Phone_NeverScrollsSideways_AndLabelsWhatItAsks(string path)
    {
        await using var visit = await fixture.VisitAsync(390, 844, ColorScheme.Dark);
        await visit.OpenAsync(path);
        Assert.True(await visit.SidewaysAsync() <= 0);
        await Expect(visit.Page.Locator("h1")).ToHaveCountAsync(1);
        Assert.Equal(0, await visit.Page.EvaluateAsync<int>(
            "[...document.querySelectorAll('main input, main select, main textarea')].filter(field => !field.labels?.length && !field.getAttribute('aria-label')).length"));
        Assert.Empty(visit.Complaints);
    }
}
