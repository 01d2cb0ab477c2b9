using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>The live tail in a real browser: it follows, stands still when told to, and a slow browser skips without holding anyone up.</summary>
[Trait("Kind", "Browser")]
public sealed class TailJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Tail_EventComesIn_IsShown_PausedItIsCounted_AndARowOpensItsReceipt()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/tail?tenant=tail");
        await SendAsync("tail", "t-1", 1);
        await Expect(page.Locator("table.requests tr.linked")).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/tail\\?tenant=tail&paused=true$"));
        await SendAsync("tail", "t-2", 3);
        await Expect(page.Locator(".tail-count")).ToContainTextAsync("3 came in meanwhile");
        await Expect(page.Locator("table.requests tr.linked")).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await visit.ReadyAsync();
        await Expect(page.Locator(".tail-count")).ToContainTextAsync("Paused");

        await page.GetByRole(AriaRole.Button, new() { Name = "Resume", Exact = true }).ClickAsync();
        await SendAsync("tail", "t-3", 1);
        await Expect(page.Locator("table.requests tr.linked")).ToHaveCountAsync(5);
        await Expect(page.Locator("table.requests a[data-row]").First).ToHaveAttributeAsync("href", new Regex("t-3-0"));
        await page.Locator("table.requests tr.linked").First.ClickAsync();
        await Expect(page.Locator(".side-panel .receipt tr.total")).ToContainTextAsync("$");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".side-panel")).ToHaveCountAsync(0);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Tail_SlowBrowser_SkipsAndSaysHowMany_AndTheOtherOneGoesOn()
    {
        await using var slow = await fixture.VisitAsync();
        await using var quick = await fixture.VisitAsync();
        await slow.OpenAsync("/tail?tenant=flood");
        await quick.OpenAsync("/tail?tenant=flood");
        await SendAsync("flood", "first", 1);
        await Expect(slow.Page.Locator("table.requests tr.linked")).ToHaveCountAsync(1);

        var stuck = slow.Page.EvaluateAsync("() => { const end = performance.now() + 12000; while (performance.now() < end); }");
        for (var batch = 0; batch < 5; batch++)
        {
            await SendAsync("flood", $"b{batch}", 100);
            await Expect(quick.Page.Locator("table.requests a[data-row]").First).ToHaveAttributeAsync("href", new Regex($"b{batch}-"));
        }
        await Expect(quick.Page.Locator(".tail-count")).ToContainTextAsync("501 came in");
        await Expect(quick.Page.Locator(".tail-count")).Not.ToContainTextAsync("skipped");
        await stuck;
        await Expect(slow.Page.Locator(".tail-count")).ToContainTextAsync("501 came in");
        await Expect(slow.Page.Locator(".tail-count")).ToContainTextAsync(new Regex("[1-9][0-9]* skipped"));
        Assert.Empty(slow.Complaints);
        Assert.Empty(quick.Complaints);
    }

    [Theory]
    [InlineData("/tail")]
    [InlineData("/dashboards")]
    [InlineData("/dashboards/standard?range=30d")]
    [InlineData("/?range=30d")]
    [InlineData("/?range=30d&tenant=acme")]
    public async Task Phone_Page_NeverScrollsSideways(string path)
    {
        await using var visit = await fixture.VisitAsync(390, 844);
        await visit.OpenAsync(path);

        Assert.Equal(0, await visit.SidewaysAsync());
        Assert.Empty(visit.Complaints);
    }

    private Task SendAsync(string tenant, string name, int count) => fixture.Console.SendAsync([.. Enumerable.Range(0, count).Select(index => new
    {
        id = $"{name}-{index}", tenant, occurredAt = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture), provider = "openai", model = "gpt-5", user = "u-1",
        usage = new { input = 1000, output = 200 }, latencyMs = 800,
    })]);
}
