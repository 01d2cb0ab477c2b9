using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>Pages without a mouse: the Tab key goes through them as the eye does, shows where it is, and gets out again.</summary>
[Trait("Kind", "Browser")]
public sealed class KeyboardTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private const int MaxStops = 120;

    /// <summary>Parts of a date are stops of one field.</summary>
    private const int MaxStopsInOne = 6;

    /// <summary>Where the focus is; what it looks like is kept, to be compared when the focus has gone on.</summary>
    private const string Look = """
        () => {
          const signature = element => { let all = ""; for (let at = element, up = 0; at && up < 4; at = at.parentElement, up++) { const style = getComputedStyle(at); all += style.outline + style.boxShadow + style.borderColor + style.backgroundColor + style.textDecoration + style.clipPath; } return all; };
          const last = window.walked;
          const isShown = !last || !last.element.isConnected || signature(last.element) !== last.signature;
          const element = document.activeElement;
          if (!element || element === document.body || element === document.documentElement) return { end: true, isShown, last: last?.words };
          const box = element.getBoundingClientRect(), main = element.closest(".frame-main"), rail = element.closest(".rail");
          const down = (main?.scrollTop ?? 0) + (rail?.scrollTop ?? 0) + scrollY;
          window.seen ??= new Map();
          if (!window.seen.has(element)) window.seen.set(element, window.seen.size);
          const words = (element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 40)) + " <" + element.tagName.toLowerCase() + (element.className ? "." + String(element.className).split(" ").join(".") : "") + ">";
          // Within a date the browser marks the part, which no style tells.
          if (last?.element !== element) window.walked = { element, signature: signature(element), words };
          return { end: false, isShown, last: last?.words, words, number: window.seen.get(element), left: box.left, top: box.top + down, right: box.right, bottom: box.bottom + down,
            isOut: box.width < 2 || box.height < 2 || box.bottom < 0 || box.top > innerHeight };
        }
        """;

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/")]
    [InlineData("/usage?range=7d")]
    [InlineData("/requests?range=24h")]
    [InlineData("/tail?tenant=chat")]
    [InlineData("/dashboards/standard?range=7d")]
    [InlineData("/prices?tab=add")]
    [InlineData("/alerts")]
    [InlineData("/keys?tab=create")]
    [InlineData("/tenants/acme")]
    [InlineData("/members?tab=invite")]
    [InlineData("/audit")]
    [InlineData("/account")]
    [InlineData("/limits?tab=new")]
    [InlineData("/limits/effective?tenant=acme")]
    public async Task Tab_ThroughAPage_GoesAsTheEyeDoes_ShowsWhereItIs_AndIsNeverTrapped(string path)
    {
        await using var visit = await OpenAsync(path);
        var wrong = new List<string>();
        var (before, stays) = ((Stop?)null, 0);
        for (var press = 0; press < MaxStops; press++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            var stop = await visit.Page.EvaluateAsync<Stop>(Look);
            stays = before is not null && stop.Number == before.Number && !stop.End ? stays + 1 : 0;
            if (stays > MaxStopsInOne) Assert.Fail($"{path}: the Tab key does not leave {stop.Words}");
            if (stays > 0) continue;
            if (!stop.IsShown) wrong.Add($"the focus is not seen on {stop.Last}");
            if (stop.End || stop.Number < before?.Number) break;
            if (stop.IsOut) wrong.Add($"the focus is out of sight on {stop.Words}");
            if (before is not null && !Follows(before, stop)) wrong.Add($"{stop.Words} comes after {before.Words}, and is above or left of it");
            before = stop;
        }
        Assert.True(before?.Number >= 3, $"{path} has {before?.Number} stops");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task SkipLink_IsTheFirstStop_AndGoesToTheContent()
    {
        await using var visit = await OpenAsync("/usage?range=7d");
        var page = visit.Page;
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await Expect(page.Locator(".skip")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#main")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.closest('#main') !== null"));
        await Expect(page).ToHaveURLAsync(fixture.Console.Address + "/usage?range=7d");
        Assert.Empty(visit.Complaints);
    }

    /// <summary>At its beginning, as if nobody had touched it; what moves by itself does not.</summary>
    private async Task<Visit> OpenAsync(string path)
    {
        var visit = await fixture.VisitAsync(signedIn: path != "/sign-in");
        await visit.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await visit.Page.GotoAsync(fixture.Console.Address + path);
        await visit.Page.Locator("h1").First.WaitForAsync();
        await Expect(visit.Page.Locator(".bone:visible")).ToHaveCountAsync(0);
        if (await visit.Page.Locator("button.live").CountAsync() > 0) await visit.Page.Locator("button.live").ClickAsync();
        await visit.Page.EvaluateAsync("() => { document.activeElement?.blur(); const start = document.createElement('span'); start.tabIndex = -1; document.body.prepend(start); start.focus(); start.remove(); }");
        return visit;
    }

    /// <summary>Below it, or to its right; a pixel of overlap is none.</summary>
    private static bool Follows(Stop before, Stop stop) => stop.Top >= before.Top - 1 && (stop.Top >= before.Bottom - 1 || stop.Left >= before.Left - 1) || stop.Left >= before.Right - 1 || stop.Top >= before.Bottom - 1;

    /// <summary>As the script says it.</summary>
    private sealed class Stop
    {
        public bool End { get; set; }
        /// <summary>Whether the one before looked otherwise while it had the focus.</summary>
        public bool IsShown { get; set; }
        public string? Last { get; set; }
        public string? Words { get; set; }
        /// <summary>Which it is, of those seen so far.</summary>
        public int Number { get; set; }
        public double Left { get; set; }
        public double Top { get; set; }
        public double Right { get; set; }
        public double Bottom { get; set; }
        public bool IsOut { get; set; }
    }
}
