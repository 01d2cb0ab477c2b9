using System.Text.RegularExpressions;
using AgentConsole.Tests.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>From a long list to one request, to its session, to who it was for; by mouse and by keyboard.</summary>
[Trait("Kind", "Browser")]
public sealed class RequestJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private const string ScrollTo = "at => document.querySelector('.frame-main').scrollTop = at";

    [Fact]
    public async Task List_ScrolledDeep_ShowsThoseRowsAndSurvivesReload()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/requests?range=30d");
        await Expect(page.Locator("table.requests")).ToHaveAttributeAsync("aria-rowcount", "1201");
        var rows = page.Locator("table.requests tr.linked");
        Assert.InRange(await rows.CountAsync(), 30, 120);

        await page.EvaluateAsync(ScrollTo, 800 * 32);
        await Expect(page.Locator("tr.linked[data-at='800']")).ToBeVisibleAsync();
        Assert.InRange(await rows.CountAsync(), 30, 150);
        await Expect(page).ToHaveURLAsync(new Regex("cursor="));
        var seen = await page.EvaluateAsync<string>("""
            () => [...document.querySelectorAll('table.requests tr.linked')].find(row => row.getBoundingClientRect().bottom > document.querySelector('.frame-main').getBoundingClientRect().top + 1).querySelector('a').title
            """);

        await page.ReloadAsync();
        await visit.ReadyAsync();
        await Expect(page.Locator("tr.linked a[data-row]").First).ToHaveAttributeAsync("title", seen);
        await page.GetByRole(AriaRole.Link, new() { Name = "To the beginning of the list" }).ClickAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex("cursor="));
        await Expect(page.Locator("table.requests")).ToHaveAttributeAsync("aria-rowcount", "1201");

        // The list that was just opened begins at its top, whoever scrolls before it is watched.
        await Eventually.TrueAsync(async () =>
        {
            await page.EvaluateAsync(ScrollTo, 10_000_000);
            return await page.Locator("tr.linked[data-at='1199']").IsVisibleAsync();
        });
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Panel_ByKeyboard_OpensMovesAndCloses()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/requests?range=30d&tenant=acme&sort=-cost");
        var titles = new List<string>();

        await page.Locator("a[data-row]").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".side-panel .receipt tr.total")).ToContainTextAsync("$");
        titles.Add(await page.Locator("#panel-title code").GetAttributeAsync("title") ?? "");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("#panel-title code")).Not.ToHaveAttributeAsync("title", titles[0]);
        titles.Add(await page.Locator("#panel-title code").GetAttributeAsync("title") ?? "");
        await Expect(page).ToHaveURLAsync(new Regex($"open=acme%2F{titles[1]}$"));
        await Expect(page.Locator("tr.open a[data-row]")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(page.Locator("#panel-title code")).ToHaveAttributeAsync("title", titles[0]);

        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".side-panel")).ToHaveCountAsync(0);
        await Expect(page.Locator("a[data-row]").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".side-panel")).ToHaveCountAsync(1);
        // The open row leads on to its own page.
        await Expect(page.Locator("tr.open a[data-row]")).ToHaveAttributeAsync("href", new Regex($"^/requests/acme/{titles[0]}"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToContainTextAsync(titles[0]);
        await page.GoBackAsync();
        await Expect(page.Locator("#panel-title code")).ToHaveAttributeAsync("title", titles[0]);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Panel_SentToSomeoneElse_IsOpenThere()
    {
        await using var visit = await fixture.VisitAsync();
        await visit.OpenAsync("/requests?range=30d&tenant=acme&model=gpt-5&maxLatencyMs=100000&cols=cost,latencyMs&sort=latencyMs&open=acme/evt-1");

        await Expect(visit.Page.Locator("#panel-title code")).ToHaveAttributeAsync("title", "evt-1");
        await Expect(visit.Page.Locator("table.requests thead th")).ToHaveTextAsync(["Time", "Cost", "Latency ↑"]);
        await Expect(visit.Page.Locator(".chip")).ToContainTextAsync(["gpt-5", "100000 ms"]);
    }

    [Fact]
    public async Task Filters_Typed_NarrowTheListAndItsTotal()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/requests?range=30d");

        await page.GetByText("More filters").ClickAsync();
        await page.GetByLabel("HTTP status").FillAsync("5xx");
        await page.GetByLabel("Latency to, ms").FillAsync("3200");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/requests\\?range=30d&maxLatencyMs=3200&httpStatus=5xx$"));
        await Expect(page.Locator(".summary")).ToContainTextAsync("48 requests");
        await Expect(page.Locator("table.requests")).ToHaveAttributeAsync("aria-rowcount", "49");
        await page.GetByRole(AriaRole.Link, new() { Name = "Clear filters" }).ClickAsync();
        await Expect(page.Locator(".summary")).ToContainTextAsync("1,200 requests");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Loop_FromARequestToItsSessionToItsUser_IsFound()
    {
        // All of them this month, also in its first minutes.
        var now = TimeProvider.System.GetUtcNow();
        var monthBegan = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var began = now.AddSeconds(-600) > monthBegan ? now.AddSeconds(-600) : monthBegan;
        await fixture.Console.SendAsync([.. Enumerable.Range(0, 60).Select(number => (object)new
        {
            id = $"loop-{number:00}", tenant = "loops", occurredAt = began + ((now - began) * (number * 0.005)), provider = "openai", model = "gpt-5", user = "u/1", key = "vk-9", session = "run 7", agent = "executor", tool = "lookup_order",
            usage = new { input = 9000 + number, output = 300 }, latencyMs = 900,
        })]);
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/requests/loops/loop-20?tenant=loops");
        await Expect(page.Locator(".place")).ToContainTextAsync("21 of 60");

        await page.GetByRole(AriaRole.Link, new() { Name = "The request after it in the session" }).ClickAsync();
        await Expect(page.Locator(".place")).ToContainTextAsync("22 of 60");
        await page.Locator(".place").GetByRole(AriaRole.Link, new() { Name = "run 7" }).ClickAsync();
        await Expect(page.Locator("p.warning")).ToContainTextAsync("60 of 60 requests repeat the same call of lookup_order");
        await Expect(page.Locator("h1")).ToContainTextAsync("run 7");
        await page.Locator("section[aria-labelledby=repeats-title] a[data-row]").ClickAsync();
        await Expect(page.Locator("table.requests")).ToHaveAttributeAsync("aria-rowcount", "61");
        await page.GoBackAsync();
        await page.Locator(".name-links").GetByRole(AriaRole.Link, new() { Name = "u/1" }).ClickAsync();

        await Expect(page.Locator("h1")).ToContainTextAsync("u/1");
        await Expect(page.Locator(".sentence")).ToContainTextAsync("this month so far, by 60 requests");
        await Expect(page.Locator("section[aria-labelledby=latest-title] tr.linked")).ToHaveCountAsync(15);
        await page.ReloadAsync();
        await Expect(page.Locator(".sentence")).ToContainTextAsync("this month so far, by 60 requests");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Density_Chosen_IsRememberedFromTheFirstPaint()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/requests?range=30d");
        Assert.Equal(32, await HeightAsync(page));

        await page.GetByRole(AriaRole.Button, new() { Name = "Comfortable rows" }).ClickAsync();
        Assert.Equal(40, await HeightAsync(page));
        var answer = await page.ReloadAsync();
        Assert.Contains("data-density=\"comfortable\"", await answer!.TextAsync());
        await visit.ReadyAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Compact rows" })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("/requests?range=30d&open=acme/evt-1")]
    [InlineData("/sessions/acme/none")]
    [InlineData("/users/acme/u-1?tenant=acme&range=30d")]
    [InlineData("/virtual-keys/acme/vk-1?tenant=acme&range=30d")]
    public async Task Phone_AnyPage_NeverScrollsSideways(string path)
    {
        await using var visit = await fixture.VisitAsync(390, 844);
        await visit.OpenAsync(path);

        Assert.Equal(0, await visit.SidewaysAsync());
        await Expect(visit.Page.Locator("h1")).ToHaveCountAsync(1);
        Assert.Empty(visit.Complaints);
    }

    private static Task<int> HeightAsync(IPage page) => page.EvaluateAsync<int>("document.querySelector('table.requests tr.linked').offsetHeight");
}
