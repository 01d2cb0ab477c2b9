using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Widgets;
using AgentConsole.Tests.Access.Isolation;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Pages;
using AgentConsole.Views;
using AgentConsole.Views.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Views.Pages;

public sealed class DashboardPageTests(PostgresFixture postgres) : StoreContext(postgres)
{
    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    [Fact]
    public async Task Page_StoreIsAway_OffersRetryAndATrace()
    {
        await BreakAsync();
        var page = Open<DashboardsPage>("/dashboards");

        page.WaitForAssertion(() => Assert.Contains("Dashboards could not be read", page.Find("[role=alert]").TextContent));
    }

    [Fact]
    public async Task List_HasTheStandardOne_AndMakesNewOnes()
    {
        var page = Open<DashboardsPage>("/dashboards?range=24h");
        page.WaitForElement("form");
        Assert.Equal("/dashboards/standard?range=24h", page.Find("tbody a").GetAttribute("href"));

        page.Find("form input").Change("Mine");
        await page.Find("form").SubmitAsync();

        var row = Assert.Single(await Rows());
        Assert.EndsWith($"/dashboards/{row.Id}?range=24h&edit=true", Address, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("00000000-0000-7000-8000-000000000001")]
    public void Page_OfNone_SaysSo(string id)
    {
        var page = Show(id, "");

        page.WaitForAssertion(() => Assert.Equal("There is no such dashboard", page.Find("h1").TextContent));
    }

    [Fact]
    public async Task Page_Tiles_ShareTheRangeOfThePage_AndLeadToTheExplorer()
    {
        await SendAsync(Event("a", "m", 2));
        var id = await CreateAsync(new PinnedTile("Cost", "/usage?measure=cost&look=number&range=30d", TileWidth.Quarter), new PinnedTile("By model", "/usage?measure=cost&groupBy=model", TileWidth.Half), new PinnedTile("Users", "/usage?groupBy=user&chart=table", TileWidth.Half), new PinnedTile("Odd", "/nowhere", TileWidth.Full));
        var page = Show(id, "range=24h&tenant=acme");

        page.WaitForAssertion(() => Assert.Equal("$2.00", page.Find(".part-value").TextContent));
        Assert.Equal("/usage?measure=cost&tenant=acme&range=24h", page.Find(".part-value").GetAttribute("href"));
        page.WaitForAssertion(() => Assert.Equal("By model", page.FindComponent<ApexChart>().Instance.Title));
        page.WaitForAssertion(() => Assert.Contains("no user", page.Find(".part-table").TextContent));
        Assert.Contains("This page cannot be shown as a tile.", page.Markup);
        Assert.Equal(["quarter", "half", "half", "full"], page.FindAll(".board-slot").Select(static slot => slot.ClassList[1]));
    }

    [Fact]
    public async Task Tile_FollowsItsTenant()
    {
        Services.AddSingleton(TimeProvider.System);
        await SendAsync(Event("a", "m", 2));
        var page = Show(await CreateAsync(new PinnedTile("Cost", "/usage?measure=cost&look=number", TileWidth.Quarter)), "from=2026-11-20&to=2026-11-21&tenant=acme");
        page.WaitForAssertion(() => Assert.Equal("$2.00", page.Find(".part-value").TextContent));

        await SendAsync(Event("b", "m", 3));
        await Feed.SignalAsync(Topics.Usage("acme"));

        page.WaitForAssertion(() => Assert.Equal("$5.00", page.Find(".part-value").TextContent));
    }

    [Fact]
    public async Task Editor_MovesResizesRenamesRemovesAndAdds_AndSavesAtOnce()
    {
        var id = await CreateAsync(new PinnedTile("a", "/usage?groupBy=key", TileWidth.Half), new PinnedTile("b", "/usage", TileWidth.Half), new PinnedTile("c", "/usage", TileWidth.Half));
        var page = Show(id, "edit=true");
        page.WaitForElement(".tile-tools");

        page.Find("[aria-label='Move a on']").Click();
        page.Find("[aria-label='Remove c']").Click();
        page.Find("[aria-label='Width of a']").Change("Full");
        page.Find("[aria-label='Tile a'] input").Change("first");
        page.Find("select").Change("/usage?measure=requests&groupBy=status");
        page.FindAll(".form-end button")[0].Click();
        page.Find(".fields input").Change("Renamed");
        Assert.Equal("a", Assert.Single(await Rows()).Tiles[0].Title);
        await page.FindAll(".page-head button")[0].ClickAsync(new());

        var row = Assert.Single(await Rows());
        Assert.Equal("Renamed", row.Name);
        Assert.Equal([("b", TileWidth.Half), ("first", TileWidth.Full), ("Requests by status", TileWidth.Half)], row.Tiles.Select(static tile => (tile.Title, tile.Width)));
        Assert.EndsWith($"/dashboards/{id}", Address.TrimEnd('?'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Editor_OfWhatSomebodyChangedMeanwhile_SaysSoAndLosesNothing()
    {
        var id = await CreateAsync(new PinnedTile("a", "/usage", TileWidth.Half));
        var page = Show(id, "edit=true");
        page.WaitForElement(".tile-tools");
        var row = Assert.Single(await Rows());
        Assert.True((await Save.ChangeAsync(row, new("Other", false, row.Tiles), TestCaller.Operator.Caller, CancellationToken.None)).Ok);

        await page.FindAll(".page-head button")[0].ClickAsync(new());

        Assert.Contains("Somebody changed this dashboard", page.Find("[role=alert]").TextContent);
        Assert.Single(page.FindAll(".tile-tools"));
    }

    [Fact]
    public async Task Delete_AsksOnce()
    {
        var page = Show(await CreateAsync(new PinnedTile("a", "/usage", TileWidth.Half)), "edit=true");
        page.WaitForElement(".danger");

        page.Find(".danger").Click();
        Assert.Single(await Rows());
        Assert.Contains("with its 1 tiles?", page.Find(".form-end").TextContent);
        await page.Find(".danger").ClickAsync(new());

        Assert.Empty(await Rows());
        Assert.EndsWith("/dashboards", Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_IsCopiedToOnesOwn()
    {
        var page = Show(StandardDashboard.Id, "");
        page.WaitForElement(".board");
        Assert.Equal(StandardDashboard.Row.Tiles.Count, page.FindAll(".board-slot").Count);

        await page.FindAll(".page-head button")[0].ClickAsync(new());

        var row = Assert.Single(await Rows());
        Assert.Equal(("Standard (copy)", StandardDashboard.Row.Tiles.Count), (row.Name, row.Tiles.Count));
    }

    private SaveDashboard Save => Services.GetRequiredService<SaveDashboard>();

    private Task<IReadOnlyList<DashboardRow>> Rows() => Services.GetRequiredService<DashboardQueries>().ListAsync(TestCaller.Operator.Caller, null, CancellationToken.None);

    private async Task<string> CreateAsync(params PinnedTile[] tiles)
    {
        var made = await Save.CreateAsync(null, new("Board", false, tiles), TestCaller.Operator.Caller, CancellationToken.None);
        Assert.True(made.Ok, made.Error?.Message);
        return made.Value.ToString();
    }

    private IRenderedComponent<DashboardPage> Show(string id, string query) => Render<DashboardPage>(parameters => parameters
        .Add(static page => page.Id, id)
        .AddCascadingValue(AgentConsole.Shell.Frame.Read(PageUrl.Parse($"/dashboards/{id}?{query}"), [], Reach.Platform)));
}
