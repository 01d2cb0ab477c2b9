using AgentConsole.Pricing.Pages;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Pages;
using Bunit;

namespace AgentConsole.Tests.Pricing.Pages;

/// <summary>The looks of the price page: loading, failed, stale, empty, data, a thousand rows.</summary>
public sealed class PricesPageTests(PostgresFixture postgres) : StoreContext(postgres)
{
    [Theory]
    [InlineData("/prices")]
    [InlineData("/prices?tab=unpriced")]
    [InlineData("/prices?tab=reprice")]
    public async Task Page_StoreIsSlow_IsASkeleton(string url)
    {
        await using var held = await HoldAsync();

        var page = Open<PricesPage>(url);

        Assert.NotEmpty(page.FindAll("[role=status] .bone"));
        Assert.Empty(page.FindAll("table"));
    }

    [Theory]
    [InlineData("/prices")]
    [InlineData("/prices?tab=unpriced")]
    public async Task Page_StoreIsAway_OffersRetryAndATrace(string url)
    {
        await BreakAsync();

        var page = Open<PricesPage>(url);

        page.WaitForAssertion(() => Assert.Contains("Prices could not be read", page.Find("[role=alert]").TextContent));
        Assert.Matches("[0-9a-f]{32}", page.Find(".trace").TextContent);
        page.Find("button.primary").Click();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[role=alert]")));
    }

    [Fact]
    public async Task Page_StoreGoesAway_KeepsWhatIsThereAndSaysSo()
    {
        await SendAsync(Event("a", "house-1"));
        var page = Open<PricesPage>("/prices?tab=unpriced");
        page.WaitForElement("tbody tr");

        await BreakAsync();
        await Feed.SignalAsync(Topics.Prices);

        page.WaitForAssertion(() => Assert.Contains("older", page.Find(".stale").TextContent));
        Assert.Contains("house-1", page.Find("tbody tr").TextContent);
    }

    [Fact]
    public void Unpriced_Nothing_SaysThatAllHasAPrice()
    {
        var page = Open<PricesPage>("/prices?tab=unpriced");

        page.WaitForAssertion(() => Assert.Contains("Everything has a price", page.Find(".state").TextContent));
        Assert.Equal("0", page.Find(".tabs .count").TextContent);
    }

    [Fact]
    public async Task Unpriced_Models_LeadToTheirRequestsAndToAPriceThatRepricesThem()
    {
        await SendAsync(Event("a", "house-1"), Event("b", "house-1"), Event("c", "priced", 1));
        var page = Open<PricesPage>("/prices?tab=unpriced&range=30d");
        page.WaitForElement("tbody tr");

        Assert.Equal("2 requests of 1 model have no price. Their cost is unknown, not zero, and is in no sum.", page.Find(".summary").TextContent);
        Assert.Equal(["/requests?range=30d&provider=acme-ai&model=house-1&unpriced=true", "/prices?range=30d&tab=add&provider=acme-ai&model=house-1&then=reprice"],
            page.FindAll("tbody a").Select(static link => link.GetAttribute("href")));
    }

    [Fact]
    public async Task Unpriced_AThousandModels_AreAllThere()
    {
        await SendAsync(Enumerable.Range(0, 1000).Select(static index => Event($"e{index}", $"house-{index:0000}")));
        var page = Open<PricesPage>("/prices?tab=unpriced");

        page.WaitForAssertion(() => Assert.Equal(1000, page.FindAll("tbody tr").Count));
        Assert.StartsWith("1,000 requests of 1,000 models", page.Find(".summary").TextContent);
    }

    [Fact]
    public void List_Searched_ShowsWhatFits()
    {
        var page = Open<PricesPage>("/prices?search=opus-5");
        page.WaitForElement("tbody tr");

        Assert.All(page.FindAll("tbody th"), static row => Assert.Contains("opus-5", row.TextContent));
        Assert.All(page.FindAll("tbody .status"), static status => Assert.Equal("in force", status.TextContent));
    }

    [Fact]
    public void List_FilteredToNothing_OffersAllAndANewPrice()
    {
        var page = Open<PricesPage>("/prices?search=nothing-like-it");
        page.WaitForElement(".state");

        Assert.Contains("“nothing-like-it”", page.Find(".state").TextContent);
        Assert.Equal(["/prices", "/prices?tab=add"], page.FindAll(".state a").Select(static link => link.GetAttribute("href")));
    }

    [Fact]
    public void List_MoreThanAPage_LeadsOnAndBack()
    {
        var page = Open<PricesPage>("/prices");
        page.WaitForElement("tbody tr");
        Assert.Equal(100, page.FindAll("tbody tr").Count);

        var next = Open<PricesPage>(page.Find(".pager a").GetAttribute("href")!);
        next.WaitForElement("tbody tr");

        Assert.NotEqual(page.Find("tbody th").OuterHtml, next.Find("tbody th").OuterHtml);
        Assert.Equal("/prices", next.Find(".pager a").GetAttribute("href"));
    }
}
