using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>What people do, in a real browser against the real app.</summary>
[Trait("Kind", "Browser")]
public sealed partial class JourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Overview_BarClicked_LeadsToItsRequestsAndAReceipt()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/?range=7d&grain=day&groupBy=model");

        await ClickUntilAsync(page, ".chart .apexcharts-bar-area >> nth=2", RequestsOfAModel());
        await visit.ReadyAsync();
        await page.Locator("table[data-rows] a[data-row]").First.ClickAsync();

        await Expect(page.Locator(".side-panel .receipt tr.total")).ToContainTextAsync("$");
        await Expect(page.Locator("#panel-title")).ToContainTextAsync("evt-");
        Assert.Empty(visit.Complaints);
    }

    /// <summary>A bar that is drawn anew under the pointer misses the click; a person then clicks again.</summary>
    private static async Task ClickUntilAsync(IPage page, string target, Regex url)
    {
        for (var attempt = 0; attempt < 5 && !url.IsMatch(page.Url); attempt++)
        {
            await page.Locator(target).ClickAsync();
            await Task.WhenAny(page.WaitForURLAsync(url, new() { Timeout = 20_000 }), Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, CancellationToken.None));
        }
        await Expect(page).ToHaveURLAsync(url);
    }

    [Fact]
    public async Task Overview_RowClicked_ShowsThatGroupsRequests()
    {
        await using var visit = await fixture.VisitAsync();
        await visit.OpenAsync("/?range=30d&tenant=acme&groupBy=provider");

        await visit.Page.Locator("tr.linked", new() { HasText = "google" }).ClickAsync();

        await Expect(visit.Page).ToHaveURLAsync(new Regex("/requests\\?range=30d&tenant=acme&provider=google$"));
        await Expect(visit.Page.Locator(".chip")).ToContainTextAsync("google");
    }

    [Fact]
    public async Task Overview_EventArrives_IsShownAndScrollAndSelectionStay()
    {
        await using var visit = await fixture.VisitAsync(height: 500);
        var page = visit.Page;
        await visit.OpenAsync("/?range=24h&tenant=live");
        await fixture.Console.SendAsync(Now("live-1", "live"));
        await Expect(page.Locator("tr.total td").Nth(1)).ToHaveTextAsync("1");

        await page.Locator("a[data-row]").First.FocusAsync();
        await page.EvaluateAsync("document.querySelector('.frame-main').scrollTop = 300");
        var scrolled = await page.EvaluateAsync<int>("document.querySelector('.frame-main').scrollTop");
        await fixture.Console.SendAsync(Now("live-2", "live"), Now("live-3", "live"));

        await Expect(page.Locator("tr.total td").Nth(1)).ToHaveTextAsync("3");
        Assert.Equal(scrolled, await page.EvaluateAsync<int>("document.querySelector('.frame-main').scrollTop"));
        await Expect(page.Locator("a[data-row]").First).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Live_Paused_WaitsUntilResumed()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await fixture.Console.SendAsync(Now("pause-1", "pause"));
        await visit.OpenAsync("/requests?range=24h&tenant=pause");
        await Expect(page.Locator("tr.linked")).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause live updates" }).ClickAsync();
        await Expect(page.Locator(".live")).ToHaveTextAsync("Paused");
        await fixture.Console.SendAsync(Now("pause-2", "pause"));
        await Expect(page.Locator("tr.linked")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Paused: resume live updates" }).ClickAsync();

        await Expect(page.Locator("tr.linked")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Theme_BySystemThenByChoice_IsRightFromTheFirstPaint()
    {
        await using var visit = await fixture.VisitAsync(scheme: ColorScheme.Dark);
        var page = visit.Page;
        await visit.OpenAsync("/");
        Assert.Equal("rgb(13, 16, 21)", await BackgroundAsync(page));

        await page.GetByRole(AriaRole.Button, new() { Name = "Light theme" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        Assert.Equal("rgb(245, 246, 248)", await BackgroundAsync(page));

        var answer = await page.ReloadAsync();
        Assert.Contains("data-theme=\"light\"", await answer!.TextAsync());
    }

    [Fact]
    public async Task Chart_AsTableAndBack_IsDrawnAgain()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/?range=7d&grain=day&groupBy=model");
        await Expect(page.Locator(".chart .apexcharts-bar-area").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "View as table" }).First.ClickAsync();
        await Expect(page.Locator(".chart-table tbody tr").First).ToContainTextAsync("so far");
        await page.GetByRole(AriaRole.Button, new() { Name = "View as chart" }).ClickAsync();

        await Expect(page.Locator(".chart").First.Locator(".apexcharts-bar-area").First).ToBeVisibleAsync();
        await Expect(page.Locator(".chart").First.Locator(".chart-ticks span").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task BackButton_AfterDrillDown_RestoresTheViewBefore()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/usage?range=30d&groupBy=user");
        await page.GetByLabel("By", new() { Exact = true }).SelectOptionAsync("model");
        await Expect(page.Locator("#breakdown-title")).ToHaveTextAsync("What each model used");
        await page.Locator("a[data-row]").First.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Requests");

        await page.GoBackAsync();
        await Expect(page.Locator("#breakdown-title")).ToHaveTextAsync("What each model used");
        await page.GoBackAsync();
        await Expect(page.Locator("#breakdown-title")).ToHaveTextAsync("What each user used");
    }

    [Fact]
    public async Task Tenant_WithoutEvents_IsToldHowToSendTheFirst()
    {
        await using var visit = await fixture.VisitAsync();
        await visit.OpenAsync("/?tenant=newcomer");

        await Expect(visit.Page.Locator(".command pre")).ToContainTextAsync($"curl {fixture.Console.Address}/api/v1/usage");
        await Expect(visit.Page.Locator(".command pre")).ToContainTextAsync("\"tenant\":\"newcomer\"");
    }

    [Fact]
    public async Task TenantSwitcher_Chosen_IsInTheUrlAndOnEveryPage()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/");

        await page.Locator(".tenant-drop").ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "chat", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("tenant=chat"));
        // The address changes before the links are drawn anew.
        var usage = page.Locator("#rail").GetByRole(AriaRole.Link, new() { Name = "Usage" });
        await Expect(usage).ToHaveAttributeAsync("href", new Regex("tenant=chat"));
        await usage.ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/usage\\?tenant=chat"));
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Filters_ChosenAndCleared_ShowWhatFits()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/usage?range=30d");

        await page.Locator(".add-filter").ClickAsync();
        await page.Locator(".filter-values a", new() { HasText = "gemini" }).ClickAsync();
        await Expect(page.Locator("tr.linked")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "Clear filters" }).ClickAsync();

        await Expect(page.Locator("tr.linked")).ToHaveCountAsync(4);
    }

    [Fact]
    public async Task Requests_ArrowKeysAndEnter_OpenARow()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/requests?range=30d&tenant=acme&sort=-cost");

        await page.Locator("a[data-row]").First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("a[data-row]").Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".receipt tr.total")).ToContainTextAsync("$");
    }

    [Theory]
    [InlineData("/?range=30d")]
    [InlineData("/usage?range=30d&groupBy=user&model=gpt-5&model=claude-sonnet-4-5")]
    [InlineData("/requests?range=30d")]
    [InlineData("/requests/acme/evt-16")]
    [InlineData("/?tenant=newcomer")]
    public async Task Phone_AnyPage_NeverScrollsSideways(string path)
    {
        await using var visit = await fixture.VisitAsync(390, 844);
        await visit.OpenAsync(path);

        Assert.Equal(0, await visit.SidewaysAsync());
        await Expect(visit.Page.Locator("h1")).ToHaveCountAsync(1);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Phone_Navigation_IsASheetThatClosesBehindALink()
    {
        await using var visit = await fixture.VisitAsync(390, 844);
        var page = visit.Page;
        await visit.OpenAsync("/");
        await Expect(page.Locator("#rail")).ToBeHiddenAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Open the navigation" }).ClickAsync();
        await page.Locator("#rail").GetByRole(AriaRole.Link, new() { Name = "Requests" }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("Requests");
        await Expect(page.Locator("#rail")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task UnknownAddress_Opened_Is404WithAPage()
    {
        await using var visit = await fixture.VisitAsync();

        var answer = await visit.Page.GotoAsync(fixture.Console.Address + "/nowhere");

        Assert.Equal(404, answer!.Status);
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("There is no such page");
    }

    private static Task<string> BackgroundAsync(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    private static object Now(string id, string tenant) => new
    {
        id,
        tenant,
        occurredAt = TimeProvider.System.GetUtcNow(),
        provider = "openai",
        model = "gpt-5",
        usage = new { input = 1000, output = 200 },
    };

    [GeneratedRegex(@"/requests\?from=.*&to=.*&model=.*")]
    private static partial Regex RequestsOfAModel();
}
