using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>The explorer over a real store.</summary>
public sealed class UsagePageTests(PostgresFixture postgres) : StoreContext(postgres)
{
    [Fact]
    public async Task Page_OneDimension_RowsSumToTheTotalAndLeadToTheirRequests()
    {
        await SendAsync(Usage("a", "m-1", 2, "u-1", "red"), Usage("b", "m-1", 3, "u-2", null), Usage("c", "m-2", 1, null, "red"));
        var page = Open<UsagePage>("/usage?range=24h&groupBy=user&compare=none");

        await page.WaitForAssertionAsync(() => Assert.Equal("$6.00", page.Find("tr.total td.cost .over").TextContent));
        Assert.Equal(["$3.00", "$2.00", "$1.00"], page.FindAll("tr.linked td.cost .over").Select(static cell => cell.TextContent));
        Assert.Equal(["/requests?range=24h&user=u-2", "/requests?range=24h&user=u-1", "/requests?range=24h&user="], page.FindAll("a[data-row]").Select(static link => link.GetAttribute("href")));
        Assert.Equal("/usage?range=24h&groupBy=user&compare=none&user=u-2", page.Find("td.only a").GetAttribute("href"));
        Assert.Equal("no user", page.FindAll("a[data-row]")[2].TextContent);
    }

    [Fact]
    public async Task Page_TwoDimensionsOfWhichOneIsATag_ReadsRequestsAndSaysSo()
    {
        await SendAsync(Usage("a", "m-1", 2, "u-1", "red"), Usage("b", "m-1", 3, "u-1", null), Usage("c", "m-2", 1, null, "red"));
        var page = Open<UsagePage>("/usage?range=24h&groupBy=tag.team,model&chart=pivot&measure=requests");

        await page.WaitForAssertionAsync(() => Assert.Contains("Read from requests", page.Find(".as-of").TextContent));
        Assert.Equal(["Total", "red", "no team"], page.FindAll(".pivot tbody th").Select(static head => head.TextContent));
        Assert.Equal(["3", "2", "1", "2", "1", "1", "1", "1", "·"], page.FindAll(".pivot tbody td").Select(static cell => cell.TextContent));
    }

    [Fact]
    public async Task Page_MeasureChosen_IsInTheUrl()
    {
        await SendAsync(Usage("a", "m-1", 2, "u-1", null));
        var page = Open<UsagePage>("/usage?range=24h&sort=-cost&groupBy=user");
        await page.WaitForAssertionAsync(() => page.Find("tr.total"));

        await page.FindAll(".choice select")[0].ChangeAsync(new() { Value = "latencyP95" });
        Assert.EndsWith("/usage?range=24h&groupBy=user&measure=latencyP95", Address);
        await page.FindAll(".choice select")[2].ChangeAsync(new() { Value = "tag.env" });
        Assert.EndsWith("/usage?range=24h&groupBy=user%2Ctag.env", Address);
    }

    [Fact]
    public async Task Page_NobodyCanReadItInTime_SaysSoAndKeepsTheControls()
    {
        await SendAsync(Usage("a", "m-1", 2, "u-1", null));
        Services.AddSingleton(new SharedExplorations(new ExplorerQueries(Database, PricesNow, new EventReads(new UsageOptions { EventReadSeconds = 1 }, TimeProvider.System), new(), TimeProvider.System), TimeProvider.System));
        await using (await HoldAsync())
        {
            var page = Open<UsagePage>("/usage?range=24h&groupBy=team");
            await page.WaitForAssertionAsync(() => Assert.Contains("more than 1 seconds", page.Find(".state").TextContent));
            Assert.NotEmpty(page.FindAll(".choice select"));
        }
    }

    [Fact]
    public async Task Page_Cancelled_StopsReadingAndOffersToReadAgain()
    {
        await SendAsync(Usage("a", "m-1", 2, "u-1", null));
        IRenderedComponent<UsagePage> page;
        await using (await HoldAsync())
        {
            page = Open<UsagePage>("/usage?range=24h&groupBy=team");
            await page.WaitForElement(".reading button").ClickAsync(new());
            await page.WaitForAssertionAsync(() => Assert.Contains("Cancelled", page.Find(".state h2").TextContent));
        }
        // Nobody asks again because a request came in.
        await Feed.SignalAsync(Topics.AllUsage);
        Assert.Contains("Cancelled", page.Find(".state h2").TextContent);
        await page.Find(".state button.primary").ClickAsync(new());
        await page.WaitForAssertionAsync(() => Assert.Equal("$2.00", page.Find("tr.total td.cost .over").TextContent));
    }

    [Fact]
    public async Task Page_ManyGroups_ShowsSomeAndFoldsTheOthersIntoTheirSum()
    {
        await SendAsync(Enumerable.Range(0, 120).Select(static user => Usage($"e-{user}", "m-1", 1, $"u-{user:000}", null)));
        var page = Open<UsagePage>("/usage?range=24h&groupBy=user&compare=none&sort=name");

        await page.WaitForAssertionAsync(() => Assert.Equal(50, page.FindAll("tr.linked").Count));
        Assert.Contains("other (70)", page.Find("tr.more").TextContent);
        Assert.Equal("$70.00", page.Find("tr.more td.cost .over").TextContent);
        await page.Find("tr.more button").ClickAsync(new());
        Assert.Equal(120, page.FindAll("tr.linked").Count);
    }

    [Fact]
    public async Task Page_TooLittleHistory_HasNoForecast()
    {
        await SendAsync(Usage("a", "m-1", 2, "u-1", null));
        var page = Open<UsagePage>("/usage?range=24h");

        await page.WaitForAssertionAsync(() => Assert.Equal(Format.Unknown, page.Find(".forecast .tile-value").TextContent));
        Assert.Contains("It needs 28 full days", page.Find(".forecast").TextContent);
    }

    [Fact]
    public async Task Page_StoreAway_OffersRetryWithTheTraceId()
    {
        await BreakAsync();
        var page = Open<UsagePage>("/usage?range=24h");

        await page.WaitForAssertionAsync(() => Assert.NotEmpty(page.Find(".state.error .trace code").TextContent));
    }

    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    private static UsageEvent Usage(string id, string model, decimal cost, string? user, string? team) => new()
    {
        TenantId = "acme", Source = UsageSources.Native, Id = id, OccurredAt = SampleUsage.Now.AddHours(-1), Provider = "acme-ai", Model = model, User = user,
        Tokens = new TokenCounts { Input = 1000, Output = 200 }, Cost = cost, Tags = team is null ? null : $$"""{"team":"{{team}}"}""",
    };
}
