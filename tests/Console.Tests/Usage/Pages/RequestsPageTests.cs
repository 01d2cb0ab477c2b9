using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class RequestsPageTests(PostgresFixture postgres) : StoreContext(postgres)
{
    private const string Range = "range=24h&tenant=acme";

    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    [Fact]
    public async Task Page_StoreIsSlow_IsASkeleton()
    {
        await using var held = await HoldAsync();

        Assert.NotEmpty(Open<RequestsPage>($"/requests?{Range}").FindAll("[role=status] .bone"));
    }

    [Fact]
    public async Task Page_StoreIsAway_OffersRetryAndATrace()
    {
        await BreakAsync();
        var page = Open<RequestsPage>($"/requests?{Range}");

        page.WaitForAssertion(() => Assert.Contains("Requests could not be read", page.Find("[role=alert]").TextContent));
    }

    [Fact]
    public async Task Page_StoreGoesAway_KeepsWhatIsThere()
    {
        await SendAsync(Event("a", "m", 1));
        var page = Open<RequestsPage>($"/requests?{Range}");
        page.WaitForElement("tr.linked");

        await BreakAsync();
        await Feed.SignalAsync(Topics.Usage("acme"));

        page.WaitForElement(".stale");
        Assert.Single(page.FindAll("tr.linked"));
    }

    [Fact]
    public void Page_NoEventEver_ShowsHowToSendOne() => Open<RequestsPage>($"/requests?{Range}").WaitForElement(".command");

    [Fact]
    public async Task Page_FilteredToNothing_OffersToClear()
    {
        await SendAsync(Event("a", "m", 1));
        var page = Open<RequestsPage>($"/requests?{Range}&minCost=2&tag.env=prod");

        page.WaitForAssertion(() => Assert.Contains("No request of this range fits the filters.", page.Find(".state").TextContent));
        Assert.Equal($"/requests?{Range}", page.Find(".state a").GetAttribute("href"));
    }

    [Fact]
    public async Task Page_FilterThatCannotBeRead_SaysSoAndShowsTheRest()
    {
        await SendAsync(Event("a", "m", 1));
        var page = Open<RequestsPage>($"/requests?{Range}&minCost=cheap");

        page.WaitForElement("tr.linked");
        Assert.Contains("minCost \"cheap\" is not an amount", page.Find(".notice[role=alert]").TextContent);
    }

    [Fact]
    public async Task List_ManyRequests_DrawsThoseThatAreLookedAt()
    {
        await SendAsync(Enumerable.Range(0, 350).Select(index => Numbered(index)));
        var page = Open<RequestsPage>($"/requests?{Range}");
        page.WaitForAssertion(() => Assert.Contains("350 requests", page.Find(".summary").TextContent));
        Assert.Equal("r-000", Id(page, 0));
        Assert.InRange(page.FindAll("tr.linked").Count, 40, 100);

        await page.InvokeAsync(() => page.FindComponent<RequestTable>().Instance.LookAsync(300, 20));

        page.WaitForAssertion(() => Assert.Contains("r-300", page.Markup));
        Assert.DoesNotContain("r-000", page.Markup);
        Assert.Equal("302", page.Find("a[data-row][href*='r-300']").Closest("tr")!.GetAttribute("aria-rowindex"));
        Assert.Equal("351", page.Find("table").GetAttribute("aria-rowcount"));
        Assert.InRange(page.FindAll("tr.linked").Count, 30, 100);
        Assert.Empty(page.FindAll("tr.waiting"));
    }

    [Fact]
    public async Task List_EventComesIn_ShowsItAtTheTopAndNotWhileOneLooksElsewhere()
    {
        await SendAsync(Enumerable.Range(0, 250).Select(index => Numbered(index)));
        var page = Open<RequestsPage>($"/requests?{Range}");
        page.WaitForElement("tr.linked");

        await SendAsync(Numbered(-1));
        // The page's clock stands still: to it, an answer of the last second is new enough.
        await Eventually.TrueAsync(async () =>
        {
            await Feed.SignalAsync(Topics.Usage("acme"));
            return Id(page, 0) == "r--001";
        });

        await page.InvokeAsync(() => page.FindComponent<RequestTable>().Instance.LookAsync(200, 20));
        page.WaitForAssertion(() => Assert.Contains("r-200", page.Markup));
        await SendAsync(Numbered(-2));
        await Eventually.TrueAsync(async () =>
        {
            await Feed.SignalAsync(Topics.Usage("acme"));
            return page.Find(".summary").TextContent.Contains("252 requests", StringComparison.Ordinal);
        });
        Assert.Contains("r-200", page.Markup);
    }

    [Fact]
    public async Task List_FiltersThatNoRollupKnows_AreCountedFromTheEvents()
    {
        await SendAsync(Enumerable.Range(0, 30).Select(index => Numbered(index)));
        var page = Open<RequestsPage>($"/requests?{Range}&maxCost=0.10");

        page.WaitForAssertion(() => Assert.StartsWith("11 requests", page.Find(".summary").TextContent.Trim(), StringComparison.Ordinal));
        Assert.Contains("$0.55", page.Find(".summary").TextContent);
        Assert.Equal(11, page.FindAll("tr.linked").Count);
    }

    [Fact]
    public async Task Open_InTheUrl_IsBesideTheListWithItsNeighbours()
    {
        await SendAsync(Enumerable.Range(0, 30).Select(index => Numbered(index)));
        var page = Open<RequestsPage>($"/requests?{Range}&open=acme/r-005");

        page.WaitForAssertion(() => Assert.Contains("r-005", page.Find(".side-panel h2").TextContent));
        Assert.Equal("/requests/acme/r-005?range=24h&tenant=acme", page.Find("tr.open a").GetAttribute("href"));
        Assert.Equal([$"/requests?{Range}&open=acme%2Fr-004", $"/requests?{Range}&open=acme%2Fr-006", "/requests/acme/r-005?range=24h&tenant=acme", $"/requests?{Range}"],
            page.FindAll(".side-panel .row-actions a").Select(static link => link.GetAttribute("href")));

        await page.InvokeAsync(() => page.FindComponent<RequestTable>().Instance.OpenAsync(6));
        Assert.EndsWith("open=acme%2Fr-006", Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ThatThereIsNot_SaysSoBesideTheList()
    {
        await SendAsync(Event("a", "m", 1));
        var page = Open<RequestsPage>($"/requests?{Range}&open=acme/gone");

        page.WaitForAssertion(() => Assert.Contains("There is no such request.", page.Find(".side-panel").TextContent));
        Assert.Single(page.FindAll("tr.linked"));
    }

    [Fact]
    public async Task Columns_Chosen_AreShown()
    {
        await SendAsync(Event("a", "m", 1));
        var page = Open<RequestsPage>($"/requests?{Range}&cols=tool,cost");
        page.WaitForElement("tr.linked");

        Assert.Equal(["Time ↓", "Tool", "Cost"], page.FindAll("table.requests thead th").Select(static head => head.TextContent));
        Assert.Equal(3, page.FindAll("table.requests tbody tr.linked > *").Count);
        page.Find(".column-card").ParentElement!.TriggerEvent("onfocusin", new FocusEventArgs());
        page.WaitForAssertion(() => Assert.Contains("/requests?range=24h&tenant=acme&cols=tool%2Coutput%2Ccost", page.FindAll(".column-card a").Select(static link => link.GetAttribute("href"))));
    }

    private static string? Id(IRenderedComponent<RequestsPage> page, int row) =>
        PageUrl.Parse(page.FindAll("a[data-row]")[row].GetAttribute("href")!).Text("open")?.Split('/')[1];

    /// <summary>The newest has the smallest number, and costs the least.</summary>
    private static UsageEvent Numbered(int number) => new()
    {
        TenantId = "acme", Source = UsageSources.Native, Id = $"r-{number:000}", OccurredAt = SampleUsage.Now.AddSeconds(-10 - number), Provider = "acme-ai", Model = "m",
        Tokens = new TokenCounts { Input = 1000, Output = 200 }, Cost = Math.Max(0, number) * 0.01m,
    };
}
