using System.Text.RegularExpressions;
using AgentConsole.Tests.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>The support desk in a real browser: finding anything by the keyboard alone, looking as a tenant does, and handing on what is seen.</summary>
[Trait("Kind", "Browser")]
public sealed class DeskJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Search_ByKeyboard_FindsAUser_ARequest_APage_AndAnAction()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/usage?range=30d");

        await FindAsync(page, "u-1", "Users");
        await Expect(page.Locator("#search-text")).ToHaveAttributeAsync("aria-activedescendant", "search-users-0");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("#search-users-1")).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(page.Locator("#search-users-0")).ToHaveAttributeAsync("aria-selected", "false");
        var user = await page.Locator("#search-users-1 .search-title").TextContentAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex($"/users/(acme|chat)/{user!.Trim()}\\?tenant=(acme|chat)&range=30d"));
        await visit.ReadyAsync();
        await Expect(page.Locator("#search")).ToBeHiddenAsync();
        await Expect(page.Locator("main")).ToContainTextAsync(user.Trim());

        await FindAsync(page, "evt-7", "Requests");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/requests/acme/evt-7$"));
        await visit.ReadyAsync();

        await FindAsync(page, "conflicts", "Pages");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Conflicts");

        await FindAsync(page, "theme dark", "Actions");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");

        await FindAsync(page, "api key create", "Actions");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Create the key" })).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    /// <summary>An Enter that is faster than the answer opens what was asked for, not what was listed before.</summary>
    [Fact]
    public async Task Search_EnterBeforeTheAnswer_OpensTheAnswer()
    {
        await using var visit = await fixture.VisitAsync();
        await visit.OpenAsync("/usage");
        await visit.Page.Keyboard.PressAsync("Control+k");
        await visit.Page.Locator("#search-text").FillAsync("evt-11");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/requests/acme/evt-11$"));
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Keys_OpenPagesAndSheets_GiveTheFocusBack_AndLeaveFieldsAlone()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/usage");
        // On a busy machine the two keys may come too far apart, or before the page listens.
        await Eventually.TrueAsync(async () =>
        {
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync("r");
            await page.WaitForTimeoutAsync(2_000);
            return new Uri(page.Url).AbsolutePath == "/requests";
        });
        await Expect(page.Locator("h1")).ToHaveTextAsync("Requests");
        // A page that opens takes the focus; after that it is ours.
        await Expect(page.Locator("h1")).ToBeFocusedAsync();

        await page.Locator(".search-open").FocusAsync();
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#keys-help")).ToBeHiddenAsync();
        await Expect(page.Locator("[data-action=search]")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("/");
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Search" })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("?/g");
        await Expect(page.Locator("#search-text")).ToHaveValueAsync("?/g");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#search")).ToBeHiddenAsync();
        await Expect(page.Locator("[data-action=search]")).ToBeFocusedAsync();

        await visit.OpenAsync("/keys");
        await page.Locator("main input[type=search]").First.FillAsync("");
        await page.Keyboard.TypeAsync("go?/");
        await Expect(page.Locator("main input[type=search]").First).ToHaveValueAsync("go?/");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Keys");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Phone_SearchFits_AndNothingScrollsSideways()
    {
        await using var visit = await fixture.VisitAsync(390, 844, ColorScheme.Dark);
        await visit.OpenAsync("/");
        Assert.True(await visit.SidewaysAsync() <= 0);
        await visit.Page.Locator(".search-open").ClickAsync();
        await visit.Page.Locator("#search-text").FillAsync("u-1");
        await Expect(visit.Page.Locator("#search-users")).ToBeVisibleAsync();
        Assert.True(await visit.Page.EvaluateAsync<bool>("() => { const box = document.getElementById('search').getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight; }"));
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task ViewAs_WithAReason_ShowsTheTenantAlone_RefusesWrites_AndIsInTheAudit()
    {
        // A session of its own: the other journeys share theirs.
        await using var visit = await fixture.VisitAsync(signedIn: false);
        var page = visit.Page;
        await visit.SignInAsync(RunningConsole.Operator, RunningConsole.Password);
        await visit.ReadyAsync();
        await FindAsync(page, "view as", "Actions");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("select[name=Place]").SelectOptionAsync("chat");
        await page.GetByLabel("Reason").FillAsync("ticket 4711: costs");
        await page.GetByRole(AriaRole.Button, new() { Name = "View as this tenant" }).ClickAsync();

        await visit.ReadyAsync();
        await Expect(page.Locator(".banner.viewing")).ToContainTextAsync("admin of chat");
        await Expect(page.Locator(".banner.viewing")).ToContainTextAsync("minutes left");
        await visit.OpenAsync("/?range=30d&groupBy=tenant");
        await Expect(page.Locator("tr.linked")).ToHaveCountAsync(1);
        await Expect(page.Locator("tr.linked")).ToContainTextAsync("chat");
        await page.ReloadAsync();
        await Expect(page.Locator(".banner.viewing")).ToContainTextAsync("admin of chat");
        await Expect(page.Locator("#rail")).Not.ToContainTextAsync("Prices");
        Assert.Empty(visit.Complaints);

        await visit.OpenAsync("/keys?tab=create");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Create the key" })).ToHaveCountAsync(0);
        foreach (var path in new[] { "/prices?tab=add", "/view-as?tenant=acme" })
        {
            await page.GotoAsync(fixture.Console.Address + path);
            await Expect(page.Locator("h1")).ToHaveTextAsync("This page is not open to you");
            await Expect(page.Locator(".banner.viewing")).ToContainTextAsync("admin of chat");
        }
        await page.GotoAsync($"{fixture.Console.Address}/requests?tenant=acme");
        await Expect(page.Locator("h1")).ToHaveTextAsync("There is no such page");

        await visit.OpenAsync("/audit?range=24h&action=view-as");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(page.Locator(".banner.viewing")).ToHaveCountAsync(0);
        await visit.OpenAsync("/audit?range=24h&tenant=chat&action=view-as");
        await Expect(page.Locator("main")).ToContainTextAsync("view-as.start");
        await Expect(page.Locator("main")).ToContainTextAsync("view-as.stop");
        await visit.OpenAsync("/prices");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Prices");
    }

    [Fact]
    public async Task Link_Copied_OpensTheSameState_AfterTheSignIn()
    {
        await using var visit = await fixture.VisitAsync();
        await visit.OpenAsync("/requests?tenant=acme&model=gpt-5");
        await visit.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Copy the link to this page" }).ClickAsync();
        await Expect(visit.Page.Locator("[data-copied] .copied")).ToBeVisibleAsync();
        var link = await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Equal($"{fixture.Console.Address}/requests?tenant=acme&model=gpt-5&range=7d", link);

        await using var other = await fixture.VisitAsync(signedIn: false);
        await other.Page.GotoAsync(link);
        await Expect(other.Page.Locator("h1")).ToHaveTextAsync("Sign in");
        await other.Page.GetByLabel("E-mail").FillAsync(RunningConsole.Operator);
        await other.Page.GetByLabel("Password").FillAsync(RunningConsole.Password);
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await other.ReadyAsync();
        Assert.Equal(link, other.Page.Url);
    }

    /// <summary>Opens the box by its keys, types, and waits until the kind is listed for just that.</summary>
    private static async Task FindAsync(IPage page, string text, string kind)
    {
        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Locator("#search-text")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(text);
        await Expect(page.Locator("#search-results")).ToHaveAttributeAsync("data-for", text);
        await Expect(page.Locator($"#search-{kind.Replace(' ', '-').ToLowerInvariant()}")).ToBeVisibleAsync();
    }
}
