using AgentConsole.Shell;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>The five looks, and that what is shown adds up.</summary>
public sealed class BoardTests : PagesContext
{
    [Fact]
    public void Board_NoDataYet_IsASkeleton()
    {
        var board = Show("/", null);

        Assert.NotEmpty(board.FindAll(".bone"));
        Assert.Empty(board.FindAll("table"));
    }

    [Fact]
    public void Board_FirstReadFailed_OffersRetryAndTheTraceId()
    {
        var retried = 0;
        var board = Show("/", null, "4bf92f3577b34da6", () => retried++);

        board.Find("button.primary").Click();

        Assert.Contains("4bf92f3577b34da6", board.Find("[role=alert]").TextContent);
        Assert.Equal(1, retried);
    }

    [Fact]
    public async Task Board_RefreshFailed_KeepsWhatIsThere()
    {
        var board = Show("/", await Sample().BoardAsync("/?range=24h"), "4bf92f3577b34da6");

        Assert.Contains("4bf92f3577b34da6", board.Find(".stale").TextContent);
        Assert.NotEmpty(board.FindAll(".tile"));
    }

    [Fact]
    public async Task Board_NoEventEver_ShowsTheCommandWithTheRealAddress()
    {
        var board = Show("/", await new SampleUsage().BoardAsync("/"));

        Assert.Contains($"curl {Services.GetService(typeof(NavigationManager)) switch { NavigationManager manager => manager.BaseUri, _ => "" }}api/v1/usage", board.Find("pre").TextContent);
        Assert.Contains("$CONSOLE_API_KEY", board.Find("[data-copy]").GetAttribute("data-copy"));
    }

    [Fact]
    public async Task Board_NothingFitsTheFilters_OffersToClearThem()
    {
        var board = Show("/usage?range=24h&user=nobody", await Sample().BoardAsync("/usage?range=24h&user=nobody"));

        Assert.Equal("/usage?range=24h", board.Find("a.primary").GetAttribute("href"));
    }

    [Fact]
    public async Task Board_Data_RowsSumToTheTile()
    {
        var board = Show("/usage?range=24h&groupBy=user", await Sample().BoardAsync("/usage?range=24h&groupBy=user"));

        var tile = board.Find(".tile-value");
        var rows = board.FindAll("table tr.linked td.cost .over").Select(static cell => cell.TextContent.Trim());
        Assert.Equal("$6.00", tile.TextContent);
        Assert.Equal("$6.00", board.Find("tr.total td.cost .over").TextContent.Trim());
        Assert.Equal(["$3.00", "$2.00", "$1.00"], rows);
    }

    [Fact]
    public async Task Board_Row_LinksToItsRequests()
    {
        var board = Show("/usage?range=24h&groupBy=user&sort=name", await Sample().BoardAsync("/usage?range=24h&groupBy=user&sort=name"));

        Assert.Equal(["/requests?range=24h&user=", "/requests?range=24h&user=u-1", "/requests?range=24h&user=u-2"], board.FindAll("a[data-row]").Select(static link => link.GetAttribute("href")));
    }

    [Fact]
    public async Task Board_MoreRowsThanShown_FoldsThemIntoOneThatCarriesTheirSum()
    {
        var usage = new SampleUsage();
        for (var user = 0; user < 12; user++)
            usage.Add(1, $"u-{user:00}", "gpt-5", 1);
        var board = Show("/usage?range=24h&groupBy=user", await usage.BoardAsync("/usage?range=24h&groupBy=user"), rows: 10);

        Assert.Equal("$2.00", board.Find("tr.more td.cost .over").TextContent.Trim());
        board.Find("tr.more button").Click();
        Assert.Equal(12, board.FindAll("tr.linked").Count);
    }

    [Fact]
    public async Task Board_NothingPriced_ShowsADashWithAReason()
    {
        var board = Show("/?range=24h", await new SampleUsage().Add(1, "u", "mystery", null).BoardAsync("/?range=24h"));

        Assert.Equal(Format.Unknown, board.Find(".tile-value").TextContent);
        Assert.StartsWith("Unpriced", board.Find(".tile-value").GetAttribute("title"));
    }

    [Fact]
    public async Task Tiles_DataBeginsWithinThePeriodBefore_ShowADashWithTheReason()
    {
        var board = Show("/?range=24h", await new SampleUsage().Add(1, "u", "gpt-5", 5).Add(30, "u", "mystery", null).BoardAsync("/?range=24h"));

        Assert.Empty(board.FindAll(".change"));
        Assert.All(board.FindAll(".tile-change .muted"), static dash => Assert.StartsWith("The data begins on 2026-11-19: only a part is known of the 24 hours before", dash.GetAttribute("title")));
        Assert.Equal(6, board.FindAll(".tile-change .muted").Count);
    }

    [Fact]
    public async Task Tiles_PeriodBeforeIsKnown_ShowTheChange() =>
        Assert.NotEmpty(Show("/?range=24h", await Sample().Add(60, "u", "gpt-5", 1).BoardAsync("/?range=24h")).FindAll(".change"));

    private static SampleUsage Sample() => new SampleUsage().Add(1, "u-1", "gpt-5", 2).Add(2, "u-2", "gpt-5", 3, failed: true).Add(3, null, "gpt-5-mini", 1).Add(30, "u-1", "gpt-5", 3);

    private IRenderedComponent<Board> Show(string url, UsageBoard? data, string? failed = null, Action? retry = null, int rows = 100) => Render<Board>(parameters => parameters
        .Add(board => board.Data, data)
        .Add(board => board.FailedTrace, failed)
        .Add(board => board.Url, PageUrl.Parse(url))
        .Add(board => board.Rows, rows)
        .Add(board => board.OnRetry, retry ?? (static () => { })));
}
