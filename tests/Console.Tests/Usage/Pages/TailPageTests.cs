using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class TailPageTests : StoreContext
{
    private const string Tenant = "tenant=acme";

    /// <summary>What comes in does so now.</summary>
    public TailPageTests(PostgresFixture postgres) : base(postgres) => Services.AddSingleton(TimeProvider.System);

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task Page_StoreIsSlow_IsASkeleton()
    {
        await using var held = await HoldAsync();

        Assert.NotEmpty(Open<TailPage>($"/tail?{Tenant}").FindAll("[role=status] .bone"));
    }

    [Fact]
    public async Task Page_StoreIsAway_OffersRetryAndATrace()
    {
        await BreakAsync();
        var page = Open<TailPage>($"/tail?{Tenant}");

        page.WaitForAssertion(() => Assert.Contains("The live tail could not be read", page.Find("[role=alert]").TextContent));
    }

    [Fact]
    public void Page_NoEventEver_ShowsHowToSendOne() => Open<TailPage>($"/tail?{Tenant}").WaitForElement(".command");

    [Fact]
    public async Task Page_FilteredToNothing_SaysThatItWaits()
    {
        await SendAsync(Now("a"));
        var page = Open<TailPage>($"/tail?{Tenant}&model=other");

        page.WaitForAssertion(() => Assert.Contains("Nothing came in within the last hour that fits the filters", page.Find(".panel-empty").TextContent));
        Assert.Equal($"/tail?{Tenant}", page.Find(".panel-empty a").GetAttribute("href"));
    }

    [Fact]
    public async Task Page_EventComesIn_IsAtTheTopAndCounted()
    {
        await SendAsync(Now("a"));
        var page = Open<TailPage>($"/tail?{Tenant}");
        page.WaitForElement("tr.linked");

        await SendAsync(Now("b"));
        await Feed.SignalAsync(Topics.Usage("acme"));

        page.WaitForAssertion(() => Assert.Equal(["b", "a"], Ids(page)));
        Assert.Contains("1 came in since", page.Find(".tail-count").TextContent);
        Assert.DoesNotContain("skipped", page.Find(".tail-count").TextContent);
    }

    [Fact]
    public async Task Page_Paused_KeepsItsRowsAndCountsWhatComes_UntilItGoesOn()
    {
        await SendAsync(Now("a"));
        var shown = Render<CascadingValue<AgentConsole.Shell.Frame>>(static parameters => parameters.Add(static cascade => cascade.Value, At($"/tail?{Tenant}&paused=true")).AddChildContent<TailPage>());
        var page = shown.FindComponent<TailPage>();
        page.WaitForElement("tr.linked");
        Assert.True(Live.Paused);
        Assert.DoesNotContain("/tail", Navigation.Uri, StringComparison.Ordinal);

        await SendAsync(Now("b"), Now("c"));
        await Feed.SignalAsync(Topics.Usage("acme"));
        page.WaitForAssertion(() => Assert.Contains("2 came in meanwhile", page.Find(".tail-count").TextContent));
        Assert.Equal(["a"], Ids(page));

        await page.InvokeAsync(Live.Toggle);
        Assert.EndsWith($"/tail?{Tenant}", Navigation.Uri, StringComparison.Ordinal);
        shown.Render(static parameters => parameters.Add(static cascade => cascade.Value, At($"/tail?{Tenant}")).AddChildContent<TailPage>());
        page.WaitForAssertion(() => Assert.Equal(["a", "b", "c"], Ids(page).Order()));
        Assert.Equal("a", Ids(page)[2]);
    }

    [Fact]
    public void Page_OpenedWhilePaused_SaysSoInTheAddress()
    {
        Live.Toggle();
        Open<TailPage>($"/tail?{Tenant}");

        Assert.True(Live.Paused);
        Assert.EndsWith($"/tail?{Tenant}&paused=true", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_PauseButton_IsTheConsolesAndInTheAddress()
    {
        await SendAsync(Now("a"));
        var page = Open<TailPage>($"/tail?{Tenant}&model=m");
        page.WaitForElement("tr.linked");

        await page.Find(".page-head button").ClickAsync(new());

        Assert.True(Live.Paused);
        Assert.EndsWith($"/tail?{Tenant}&model=m&paused=true", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_MoreThanItShows_SaysHowManyWereSkipped()
    {
        await SendAsync(Now("a"));
        var page = Open<TailPage>($"/tail?{Tenant}");
        page.WaitForElement("tr.linked");

        await SendAsync(Enumerable.Range(0, LiveTail.Held + 50).Select(static index => Now($"r-{index}")));
        await Feed.SignalAsync(Topics.Usage("acme"));

        page.WaitForAssertion(() => Assert.Contains("50 skipped", page.Find(".tail-count").TextContent));
        Assert.Equal(LiveTail.Held, Ids(page).Count);
    }

    [Fact]
    public async Task Open_InTheUrl_IsBesideTheTailWithItsReceipt()
    {
        await SendAsync(Now("a"), Now("b"));
        var page = Open<TailPage>($"/tail?{Tenant}&open=acme/a");

        page.WaitForAssertion(() => Assert.Contains("a", page.Find(".side-panel h2").TextContent));
        Assert.Equal("/requests/acme/a?tenant=acme", page.Find("tr.open a").GetAttribute("href"));
        Assert.Contains(page.FindAll(".side-panel .row-actions a").Select(static link => link.GetAttribute("href")), static href => href == $"/tail?{Tenant}&open=acme%2Fb");
    }

    private static AgentConsole.Shell.Frame At(string url) => AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), [], Reach.Platform);

    private static UsageEvent Now(string id) => new()
    {
        TenantId = "acme", Source = UsageSources.Native, Id = id, OccurredAt = TimeProvider.System.GetUtcNow(), Provider = "acme-ai", Model = "m", Tokens = new TokenCounts { Input = 1000, Output = 200 }, Cost = 1,
    };

    private static IReadOnlyList<string> Ids(IRenderedComponent<TailPage> page) => [.. page.FindAll("tr.linked a[data-row]").Select(static link => link.GetAttribute("href")!.Split("open=acme%2F")[^1])];
}
