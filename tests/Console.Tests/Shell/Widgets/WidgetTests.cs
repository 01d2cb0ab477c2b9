using System.Text.Json.Nodes;
using AgentConsole.Platform.Data;
using AgentConsole.Shell.Widgets;
using AgentConsole.Shell;
using AgentConsole.Tests.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Shell.Widgets;

public sealed class WidgetTests : PagesContext
{
    private static readonly ChartModel Model = new(
        [new("20 Nov", "Fri 20 Nov 2026"), new("", "Sat 21 Nov 2026")],
        [new("is:a", "a", "1", [1.5, null]), new("is:b", "b", "2", [2, 0.25])],
        ChartUnit.Usd,
        PartialFrom: 1);

    [Fact]
    public void Tile_ValueChanges_FlashesOnlyThen()
    {
        var tile = Render<Tile>(static parameters => parameters.Add(tile => tile.Label, "Cost").Add(tile => tile.Value, "$1.00").Add(tile => tile.Href, "/usage"));
        Assert.DoesNotContain("flash", tile.Markup);

        tile.Render(static parameters => parameters.Add(tile => tile.Value, "$2.00"));

        Assert.Contains("flash", tile.Find(".tile-value").ClassList);
        Assert.Equal("A", tile.Find(".tile").TagName);
    }

    [Fact]
    public void Money_Unknown_IsADashWithAReason()
    {
        var money = Render<Money>(static parameters => parameters.Add(money => money.Usd, null));

        Assert.Equal(Format.Unknown, money.Find("span").TextContent);
        Assert.StartsWith("Unpriced", money.Find("span").GetAttribute("title"));
    }

    [Fact]
    public void Change_Worse_SaysSoInWordsToo()
    {
        var mark = Render(static builder => builder.AddContent(0, ChangeMark.Of(Change.Between(3, 2, Format.Money, "the 7 days before", true)!)));

        Assert.Contains("critical", mark.Find(".change").ClassList);
        Assert.Contains("up", mark.Find(".visually-hidden").TextContent);
    }

    [Theory]
    [InlineData("-cost", "/u?sort=cost", "descending")]
    [InlineData("cost", "/u?sort=-cost", "ascending")]
    [InlineData("-name", "/u?sort=-cost", null)]
    public void SortHeader_Clicked_TurnsTheOrder(string sort, string href, string? aria)
    {
        var header = Render(SortHeader.Of("Cost", "cost", sort, PageUrl.Parse("/u?cursor=x")));

        Assert.Equal(href, header.Find("a").GetAttribute("href"));
        Assert.Equal(aria, header.Find("th").GetAttribute("aria-sort"));
    }

    [Fact]
    public void Chart_AsTable_HasTheSameNumbersNewestFirst()
    {
        var chart = Render<ApexChart>(static parameters => parameters.Add(chart => chart.Title, "What did it cost?").Add(chart => chart.Model, Model));

        chart.Find("button[aria-label='View as table']").Click();

        var rows = chart.FindAll("tbody tr").Select(static row => row.TextContent.Trim()).ToList();
        Assert.Equal(2, rows.Count);
        Assert.Contains("(so far)", rows[0]);
        Assert.Contains(Format.Unknown, rows[0]);
        Assert.Contains("$3.50", rows[1]);
    }

    [Fact]
    public void Chart_NewNumbers_UpdatesWithoutCreatingAgain()
    {
        var module = JSInterop.SetupModule("./src/Shell/Widgets/ApexChart.razor.js");
        var handle = module.SetupModule("create", static _ => true);
        handle.SetupVoid("update", static _ => true).SetVoidResult();
        var chart = Render<ApexChart>(static parameters => parameters.Add(chart => chart.Title, "Cost?").Add(chart => chart.Model, Model));

        chart.Render(static parameters => parameters.Add(chart => chart.Model, Model with { PartialFrom = null }));

        Assert.Single(module.Invocations["create"]);
        Assert.Single(handle.Invocations["update"]);
    }

    [Fact]
    public void Chart_LegendClicked_HidesTheSeries()
    {
        var module = JSInterop.SetupModule("./src/Shell/Widgets/ApexChart.razor.js");
        var handle = module.SetupModule("create", static _ => true);
        handle.SetupVoid("updateAtOnce", static _ => true).SetVoidResult();
        var chart = Render<ApexChart>(static parameters => parameters.Add(chart => chart.Title, "Cost?").Add(chart => chart.Model, Model));

        chart.Find(".legend button").Click();

        var sent = JsonNode.Parse(Assert.IsType<byte[]>(handle.Invocations["updateAtOnce"][0].Arguments[0]));
        Assert.Equal(["is:b"], sent!["series"]!.AsArray().Select(static series => (string?)series!["key"]));
        Assert.Equal("false", chart.Find(".legend button").GetAttribute("aria-pressed"));
    }

    [Fact]
    public async Task Chart_PointOutsideTheModel_IsIgnored()
    {
        ChartPoint? chosen = null;
        var chart = Render<ApexChart>(parameters => parameters.Add(chart => chart.Title, "Cost?").Add(chart => chart.Model, Model).Add(chart => chart.OnPoint, point => chosen = point));

        await chart.InvokeAsync(() => chart.Instance.PointAsync("is:a", 99));
        Assert.Null(chosen);
        await chart.InvokeAsync(() => chart.Instance.PointAsync("is:a", 1));
        Assert.Equal(new ChartPoint("is:a", 1), chosen);
    }

    [Fact]
    public void Nav_EntriesOpenToTheVisitor_AreGroupedAndKeepTheFrame()
    {
        Services.AddSingleton(new NavEntry(NavGroup.Control, 1, "Limits", "/limits", "limits", "open"));
        Services.AddSingleton(new NavEntry(NavGroup.Spend, 2, "Requests", "/requests", "requests", "open"));
        Services.AddSingleton(new NavEntry(NavGroup.Spend, 1, "Overview", "/", "overview", "open"));
        Services.AddSingleton(new NavEntry(NavGroup.Admin, 1, "Keys", "/keys", "keys", "closed"));
        Services.AddSingleton<IVisitor>(new Visitor("open"));

        var nav = Render<Nav>(static parameters => parameters.Add(nav => nav.Url, PageUrl.Parse("/requests/acme/1?tenant=acme&model=x")));

        Assert.Equal(["Spend", "Control"], nav.FindAll(".rail h2").Select(static heading => heading.TextContent));
        Assert.Equal(["/?tenant=acme", "/requests?tenant=acme", "/limits?tenant=acme"], nav.FindAll("li a").Select(static link => link.GetAttribute("href")));
        Assert.Equal("/requests?tenant=acme", nav.Find("[aria-current=page]").GetAttribute("href"));
    }

    /// <summary>Sees one tenant wherever the policy is this one.</summary>
    private sealed class Visitor(string policy) : IVisitor
    {
        public ValueTask<Reach> ReachAsync(string? asked) => ValueTask.FromResult(asked == policy ? Reach.Of("acme") : Reach.None);

        public IDisposable Follow(Action changed) => throw new NotSupportedException();
    }

    [Fact]
    public void RangePicker_FirstDayAfterLast_SaysSoAndStays()
    {
        var picker = Picker("/usage?range=7d");

        picker.FindAll("input")[0].Change("2026-11-20");
        picker.FindAll("input")[1].Change("2026-11-01");
        picker.Find("form").Submit();

        Assert.NotNull(picker.Find("[role=alert]"));
    }

    [Fact]
    public void RangePicker_Days_BecomeAHalfOpenRange()
    {
        var picker = Picker("/usage?range=7d&model=x&cursor=c");

        picker.FindAll("input")[0].Change("2026-11-01");
        picker.FindAll("input")[1].Change("2026-11-03");
        picker.Find("form").Submit();

        Assert.EndsWith("/usage?model=x&from=2026-11-01&to=2026-11-04", Services.GetRequiredService<NavigationManager>().Uri);
    }

    private IRenderedComponent<RangePicker> Picker(string url) =>
        Render<RangePicker>(parameters => parameters.Add(picker => picker.Frame, AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), [], Reach.Platform)));
}
