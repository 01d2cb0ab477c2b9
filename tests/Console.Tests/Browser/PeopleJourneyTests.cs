using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>What each person comes for, counted: at most so many clicks from the overview on. How long it took is printed, and is the machine's affair.</summary>
[Trait("Kind", "Browser")]
public sealed class PeopleJourneyTests(BrowserFixture fixture, ITestOutputHelper output) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Admin_SpendComparedForecastExplainedAndExported()
    {
        await SendPastAsync();
        await using var visit = await fixture.JoinAsync("admin@acme.example", "TenantAdmin");
        var (page, steps) = (visit.Page, new Steps(visit));
        await visit.OpenAsync("/");
        await Expect(page.Locator(".card-slot").First).ToContainTextAsync("Expected at the end of");
        steps.Start();

        // This month by model, against the last, with the forecast.
        await steps.ClickAsync(page.Locator(".card-slot").First.Locator(".part-value"));
        await Expect(page).ToHaveURLAsync(new Regex("/usage\\?.*range=mtd"));
        await Expect(page.Locator("#breakdown-title")).ToHaveTextAsync("What each model used");
        await Expect(page.Locator(".tile.forecast .tile-value")).ToContainTextAsync("$");
        await Expect(page.Locator(".tile").First.Locator(".change")).ToContainTextAsync("against the same days of last month");
        // By user, by key, by prompt version.
        await steps.ChooseAsync(page.GetByLabel("By", new() { Exact = true }), "user");
        await Expect(page.Locator("#breakdown-title")).ToHaveTextAsync("What each user used");
        await steps.ChooseAsync(page.GetByLabel("By", new() { Exact = true }), "key");
        await Expect(page.Locator("#breakdown-title")).ToHaveTextAsync("What each key used");
        await steps.ChooseAsync(page.GetByLabel("By", new() { Exact = true }), "promptVersion");
        await Expect(page.Locator("#breakdown-title")).ToHaveTextAsync("What each prompt version used");
        await Expect(page.Locator("tr.linked th").GetByText("12", new() { Exact = true })).ToBeVisibleAsync();
        // Exactly what is shown.
        var download = await page.RunAndWaitForDownloadAsync(() => steps.ClickAsync(page.GetByRole(AriaRole.Link, new() { Name = "CSV" })));
        Assert.Contains("promptVersion", await File.ReadAllTextAsync((await download.PathAsync())!), StringComparison.Ordinal);
        // One expensive request, line by line.
        await steps.ClickAsync(page.Locator("#rail").GetByRole(AriaRole.Link, new() { Name = "Requests", Exact = true }));
        await steps.ClickAsync(page.Locator("table.requests").GetByRole(AriaRole.Link, new() { Name = "Cost" }));
        await Expect(page).ToHaveURLAsync(new Regex("sort=-cost"));
        await visit.ReadyAsync();
        await steps.ClickAsync(page.Locator("table.requests tr.linked").First);
        await Expect(page.Locator(".side-panel .receipt tr.total")).ToContainTextAsync("$");

        Report("admin", steps, most: 8);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Support_FromABillThatIsTooHighToTheUserTheToolAndTheRequests()
    {
        await SendPastAsync();
        await using var visit = await fixture.VisitAsync();
        var (page, steps) = (visit.Page, new Steps(visit));
        await visit.OpenAsync("/?range=7d");
        var unusual = page.Locator(".part", new() { HasText = "Whose last day is unusual?" });
        steps.Start();

        await steps.ClickAsync(unusual.GetByRole(AriaRole.Link, new() { Name = "acme", Exact = true }));
        await Expect(unusual.Locator("tbody tr").First).ToContainTextAsync("u-wild");
        await Expect(unusual.Locator("tbody tr").First).ToContainTextAsync("×");
        await steps.ClickAsync(unusual.GetByRole(AriaRole.Link, new() { Name = "u-wild" }));
        await Expect(page).ToHaveURLAsync(new Regex("/users/acme/u-wild"));
        await steps.ClickAsync(page.GetByRole(AriaRole.Link, new() { Name = "By tool" }));
        await Expect(page.Locator("#breakdown-title")).ToHaveTextAsync("What each tool used");
        await Expect(page.Locator("tr.linked").First).ToContainTextAsync("read_page");
        await steps.ClickAsync(page.Locator("tr.linked").First.Locator("a[data-row]"));
        await Expect(page).ToHaveURLAsync(new Regex("/requests\\?.*tool=read_page"));
        await Expect(page.Locator("table.requests tr.linked").First).ToBeVisibleAsync();
        await Expect(page.Locator(".chip")).ToContainTextAsync(["u-wild"]);

        Report("support", steps, most: 4);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Operator_ProviderHealthAndTheFallbackChain()
    {
        await using var visit = await fixture.VisitAsync();
        var (page, steps) = (visit.Page, new Steps(visit));
        await visit.OpenAsync("/?range=7d");
        var health = page.Locator(".part", new() { HasText = "How are requests served?" });
        steps.Start();

        await Expect(health.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(health.Locator("tbody")).ToContainTextAsync("openai");
        await steps.ClickAsync(health.Locator(".part-figures li", new() { HasText = "Further attempts" }).Locator("a"));
        await Expect(page).ToHaveURLAsync(new Regex("/requests\\?.*fallback=true"));
        await visit.ReadyAsync();
        await steps.ClickAsync(page.Locator("table.requests tr.linked").First);
        await Expect(page.Locator(".side-panel .chain li.failed")).ToContainTextAsync("rate limited");

        Report("operator", steps, most: 2);
        Assert.Empty(visit.Complaints);
    }

    private void Report(string person, Steps steps, int most)
    {
        output.WriteLine($"{person}: {steps.Clicks} clicks, {steps.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(steps.Clicks, 1, most);
    }

    private static bool sent;

    /// <summary>Two months and more of acme, so that there is a month to compare with, a forecast and a weekday history; and a user who today costs many times the usual.</summary>
    private async Task SendPastAsync()
    {
        if (sent) return;
        sent = true;
        var now = TimeProvider.System.GetUtcNow();
        var past = Enumerable.Range(1, 70).Select(day => Event($"past-{day}", now.AddDays(-day).AddHours(-2), "u-wild", 1));
        var today = Enumerable.Range(0, 40).Select(index => Event($"wild-{index}", now.AddHours(-3).AddMinutes(index), "u-wild", 400));
        // Something of this month and of the same time of the last, also in a month's first hours.
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var months = new[] { month, month.AddMonths(-1) }.Select((began, index) => Event($"month-{index}", began + ((now - month) / 2), "u-wild", 1));
        await fixture.Console.SendAsync([.. past, .. today, .. months]);
    }

    private static object Event(string id, DateTimeOffset at, string user, int weight) => new
    {
        id, tenant = "acme", occurredAt = at, provider = "openai", model = "gpt-5", user, key = "vk-1", tool = "read_page", prompt = new { name = "triage", version = "12" },
        usage = new { input = 1000 * weight, output = 100 }, latencyMs = 900,
    };

    /// <summary>Clicks, and choices from a list, of a person.</summary>
    private sealed class Steps(Visit visit)
    {
        private readonly Stopwatch watch = new();

        public int Clicks { get; private set; }

        public TimeSpan Elapsed => watch.Elapsed;

        public void Start() => watch.Restart();

        public async Task ClickAsync(ILocator target)
        {
            Clicks++;
            await target.ClickAsync();
            await visit.Page.Locator(".frame h1").WaitForAsync();
        }

        public async Task ChooseAsync(ILocator list, string value)
        {
            Clicks++;
            await list.SelectOptionAsync(value);
        }
    }
}
