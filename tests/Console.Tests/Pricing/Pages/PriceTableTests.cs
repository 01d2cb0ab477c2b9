using AgentConsole.Pricing;
using AgentConsole.Pricing.Pages;
using AgentConsole.Shell;
using AgentConsole.Tests.Usage.Pages;
using AgentConsole.Usage;
using Bunit;

namespace AgentConsole.Tests.Pricing.Pages;

public sealed class PriceTableTests : PagesContext
{
    private static readonly PriceRow Seed = Row(PriceOrigin.Seed);
    private static readonly PriceRow Imported = Row(PriceOrigin.Imported) with { ValidFrom = SampleUsage.Now.AddDays(-19).Date };

    [Fact]
    public void Row_ShadowedByAnImport_NamesItAndTheRule()
    {
        var row = Show(new ListedPrice(Seed, new(StandingKind.Shadowed, "m", Imported))).Find("tbody tr");

        Assert.Contains("shadowed", row.ClassList);
        Assert.Contains("the imported price, from 2026-11-01 comes before seed prices", row.QuerySelector(".in-place")!.TextContent);
    }

    [Fact]
    public void Row_InForceButForItsOwnName_SaysWhichNameItLost() =>
        Assert.StartsWith("but not for m: the imported price", Show(new ListedPrice(Seed, new(StandingKind.InForce, "m", Imported))).Find(".in-place").TextContent.Trim());

    [Theory]
    [InlineData(StandingKind.InForce, "in force")]
    [InlineData(StandingKind.Earlier, "earlier")]
    [InlineData(StandingKind.Later, "later")]
    [InlineData(StandingKind.Replaced, "replaced")]
    [InlineData(StandingKind.Unclear, "—")]
    public void Row_AnyStanding_IsInWords(StandingKind kind, string word)
    {
        var table = Show(new ListedPrice(Seed with { Retired = kind == StandingKind.Replaced }, new(kind)));

        Assert.Equal(word, table.Find("tbody .status").TextContent);
        Assert.Empty(table.FindAll(".in-place"));
    }

    [Fact]
    public void Table_AThousandRows_AreAllThere() =>
        Assert.Equal(1000, Show([.. Enumerable.Range(0, 1000).Select(static index => new ListedPrice(Seed with { Model = $"m-{index}" }, new(StandingKind.InForce, "m")))]).FindAll("tbody tr").Count);

    [Fact]
    public void Names_Markup_IsPlainText() => Assert.Empty(Show(new ListedPrice(Seed with { Model = "<b>x</b>", Source = "<script>1</script>" }, new(StandingKind.InForce, "m"))).FindAll("tbody b, script"));

    private static PriceRow Row(PriceOrigin origin) => new()
    {
        Provider = "acme-ai", Model = "m", Match = new PriceMatch.Dated("m"), Origin = origin, Source = "test", PerMillion = UnitPrices.None.With(TokenBucket.Input, 1),
    };

    private IRenderedComponent<PriceTable> Show(params ListedPrice[] prices) => Render<PriceTable>(parameters => parameters
        .Add(table => table.Page, new PricePage(prices, prices.Length, null)).Add(table => table.Url, PageUrl.Parse("/prices")));
}
