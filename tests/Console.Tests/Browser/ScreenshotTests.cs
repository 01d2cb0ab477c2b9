using Microsoft.Playwright;

namespace AgentConsole.Tests.Browser;

/// <summary>The overview draws in full; with CONSOLE_SCREENSHOTS set, its picture becomes the one in the README.</summary>
[Trait("Kind", "Browser")]
public sealed class ScreenshotTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Overview_Drawn_HasTilesChartsAndRows()
    {
        await using var visit = await fixture.VisitAsync(1440, 980);
        await visit.OpenAsync("/?range=7d&groupBy=model&grain=day");
        await Assertions.Expect(visit.Page.Locator(".apexcharts-svg")).ToHaveCountAsync(2);

        await Assertions.Expect(visit.Page.Locator("a.tile")).ToHaveCountAsync(6);
        await Assertions.Expect(visit.Page.Locator("tr.linked")).ToHaveCountAsync(4);
        if (Environment.GetEnvironmentVariable("CONSOLE_SCREENSHOTS") is { Length: > 0 })
            await visit.Page.ScreenshotAsync(new() { Path = Path.Combine(RunningConsole.Repository(), "docs", "images", "overview.png") });
    }
}
