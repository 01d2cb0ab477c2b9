using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage.Pages;
using Bunit;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class ConflictsPageTests(PostgresFixture postgres) : StoreContext(postgres)
{
    [Fact]
    public async Task Page_StoreIsSlow_IsASkeleton()
    {
        await using var held = await HoldAsync();

        Assert.NotEmpty(Open<ConflictsPage>("/conflicts").FindAll("[role=status] .bone"));
    }

    [Fact]
    public async Task Page_StoreIsAway_OffersRetryAndATrace()
    {
        await BreakAsync();
        var page = Open<ConflictsPage>("/conflicts");

        page.WaitForAssertion(() => Assert.Contains("Conflicts could not be read", page.Find("[role=alert]").TextContent));
    }

    [Fact]
    public async Task Page_StoreGoesAway_KeepsWhatIsThere()
    {
        await SendAsync(Event("a", "m", 1, ["total_mismatch"]));
        var page = Open<ConflictsPage>("/conflicts");
        page.WaitForElement("tbody tr");

        await BreakAsync();
        await Feed.SignalAsync(Topics.AllUsage);

        page.WaitForElement(".stale");
        Assert.Single(page.FindAll("tbody tr"));
    }

    [Fact]
    public void Page_NoEventEver_ShowsHowToSendOne()
    {
        var page = Open<ConflictsPage>("/conflicts");
        page.WaitForElement(".command");
    }

    [Fact]
    public async Task Page_NoConflict_SaysSo()
    {
        await SendAsync(Event("a", "m", 1));
        var page = Open<ConflictsPage>("/conflicts");

        page.WaitForAssertion(() => Assert.Contains("No contradiction in this range", page.Find(".state").TextContent));
    }

    [Fact]
    public async Task Page_FilteredToNothing_OffersAll()
    {
        await SendAsync(Event("a", "m", 1, ["total_mismatch"]));
        var page = Open<ConflictsPage>("/conflicts?conflict=input_missing&range=30d");
        page.WaitForElement(".state");

        Assert.Equal("/conflicts?range=30d", page.Find(".state a.primary").GetAttribute("href"));
    }

    [Fact]
    public async Task Page_Conflicts_AreCountedPerCodeAndLeadToTheirRequests()
    {
        await SendAsync(Event("a", "m", 1, ["total_mismatch", "cache_exceeds_input"]), Event("b", "m", 2, ["total_mismatch"]), Event("c", "n", null, ["total_mismatch"]));
        var page = Open<ConflictsPage>("/conflicts?range=30d");
        page.WaitForElement("tbody tr");

        Assert.Equal("/requests?range=30d&conflict=total_mismatch&provider=acme-ai&model=m", page.Find("tbody a").GetAttribute("href"));
        Assert.Equal(["2", "$3.00"], page.FindAll("tbody tr:first-child td.number").Select(static cell => cell.TextContent.Trim()));
        Assert.Equal(["All", "Total mismatch 3", "Cache exceeds input 1"], page.FindAll(".segments a").Select(static link => link.TextContent.Trim()));
        Assert.Contains(Format.Unknown, page.FindAll("tbody tr").Select(static row => row.QuerySelectorAll("td.number")[1].TextContent.Trim()));
    }

    [Fact]
    public async Task Page_AThousandModels_AreAllThere()
    {
        await SendAsync(Enumerable.Range(0, 1000).Select(static index => Event($"e{index}", $"m-{index}", 1, ["total_mismatch"])));
        var page = Open<ConflictsPage>("/conflicts");

        page.WaitForAssertion(() => Assert.Equal(1000, page.FindAll("tbody tr").Count));
    }
}
