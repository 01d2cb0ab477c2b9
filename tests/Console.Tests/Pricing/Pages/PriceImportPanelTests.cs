using AgentConsole.Pricing;
using AgentConsole.Pricing.Pages;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components.Forms;

namespace AgentConsole.Tests.Pricing.Pages;

public sealed class PriceImportPanelTests(PostgresFixture postgres) : StoreContext(postgres)
{
    [Fact]
    public async Task File_Chosen_ShowsTheDifferenceAndWritesNothing()
    {
        var panel = Show();

        Choose(panel, Prices.Catalogue("acme-ai", ("m-1", "1", "2"), ("m-2", "3", "4")).ToJsonString());

        panel.WaitForAssertion(() => Assert.Equal("2 added, 0 changed, 0 unchanged, 0 rejected", panel.Find(".summary").TextContent));
        Assert.Equal(["added", "added"], Column(panel, "th"));
        Assert.Equal(0L, await ScalarAsync<long>("SELECT count(*) FROM price_rows"));
    }

    [Fact]
    public async Task Apply_Confirmed_IsInTheBookAndTellsWhatItDid()
    {
        var panel = await ImportedAsync(Prices.Catalogue("acme-ai", ("m-1", "1", "2")).ToJsonString());

        Assert.Contains("1 added, 0 changed, 0 unchanged, 0 rejected", panel.Find(".notice.ok").TextContent);
        Assert.Contains(Book.Rows, static row => row is { Model: "m-1", Origin: PriceOrigin.Imported });
        Assert.Empty(panel.FindAll("table"));
    }

    [Fact]
    public async Task File_OtherPriceThanBefore_ShowsOldAndNewChangesFirst()
    {
        var panel = await ImportedAsync(Prices.Catalogue("acme-ai", ("m-1", "1", "2")).ToJsonString());

        Choose(panel, Prices.Catalogue("acme-ai", ("m-0", "7", "7"), ("m-1", "1.5", "2")).ToJsonString());

        panel.WaitForAssertion(() => Assert.Equal(["changed", "added"], Column(panel, "th")));
        Assert.Equal(["Input $1.00 · Output $2.00", "Input $1.50 · Output $2.00"], panel.FindAll("tbody tr:first-child td.wrap").Select(static cell => cell.TextContent));
        panel.FindAll(".card-head button")[1].Click();
        Assert.Empty(panel.FindAll("table"));
        Assert.Equal(1L, await ScalarAsync<long>("SELECT count(*) FROM price_rows"));
    }

    [Fact]
    public void File_OfAModelThatTheSeedPrices_ShowsWhatHoldsNow()
    {
        var panel = Show();

        Choose(panel, Prices.Catalogue("anthropic", ("claude-sonnet-4-5", "3", "15")).ToJsonString());

        panel.WaitForAssertion(() => Assert.EndsWith("(seed)", panel.FindAll("tbody td.wrap")[0].TextContent));
        Assert.StartsWith("Input $3.00 · ", panel.FindAll("tbody td.wrap")[0].TextContent);
    }

    [Fact]
    public async Task File_TheSameAgain_HasNothingToApply()
    {
        var catalogue = Prices.Catalogue("acme-ai", ("m-1", "1", "2")).ToJsonString();
        var panel = await ImportedAsync(catalogue);

        Choose(panel, catalogue);

        panel.WaitForAssertion(() => Assert.Equal("Nothing to apply", panel.Find(".card-head button").TextContent));
        Assert.True(panel.Find(".card-head button").HasAttribute("disabled"));
    }

    [Fact]
    public void File_AThousandModels_ShowsTheFirstAndAppliesAll()
    {
        var panel = Show();

        Choose(panel, Prices.Catalogue("acme-ai", [.. Enumerable.Range(0, 1000).Select(static index => ($"m-{index}", "1", "2"))]).ToJsonString());

        panel.WaitForAssertion(() => Assert.Equal("Apply 1,000 changes", panel.Find(".card-head button").TextContent));
        Assert.Equal(500, panel.FindAll("tbody tr").Count);
        Assert.Contains("The first 500 of each kind are shown; all are applied.", panel.Find(".pager").TextContent);
    }

    [Theory]
    [InlineData("{not json", "not JSON")]
    [InlineData("{\"a\":1}", "")]
    public void File_NoCatalogue_SaysWhy(string text, string word)
    {
        var panel = Show();

        Choose(panel, text);

        panel.WaitForAssertion(() => Assert.Contains(word, panel.Find("[role=alert]").TextContent));
        Assert.Empty(panel.FindAll("table"));
    }

    [Fact]
    public async Task Apply_StoreIsAway_SaysSoAndKeepsThePreview()
    {
        var panel = Show();
        Choose(panel, Prices.Catalogue("acme-ai", ("m-1", "1", "2")).ToJsonString());
        panel.WaitForElement("tbody tr");
        await BreakAsync();

        await panel.Find(".card-head button").ClickAsync(new());

        panel.WaitForAssertion(() => Assert.Contains("did not confirm", panel.Find("[role=alert]").TextContent));
        Assert.NotEmpty(panel.FindAll("tbody tr"));
    }

    private async Task<IRenderedComponent<PriceImportPanel>> ImportedAsync(string catalogue)
    {
        var panel = Show();
        Choose(panel, catalogue);
        panel.WaitForElement("tbody tr");
        await panel.Find(".card-head button").ClickAsync(new());
        panel.WaitForElement(".notice.ok");
        return panel;
    }

    private static IEnumerable<string> Column(IRenderedComponent<PriceImportPanel> panel, string cell) => panel.FindAll($"tbody {cell}").Select(static found => found.TextContent);

    private static void Choose(IRenderedComponent<PriceImportPanel> panel, string text) => panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(text, "data.json"));

    private IRenderedComponent<PriceImportPanel> Show() => Render<PriceImportPanel>(static parameters => parameters.Add(panel => panel.Url, PageUrl.Parse("/prices?tab=import")));
}
