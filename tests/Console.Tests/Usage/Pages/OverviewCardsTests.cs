using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Alerts.Pages;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class OverviewCardsTests(PostgresFixture postgres) : StoreContext(postgres)
{
    [Fact]
    public void Overview_WithoutATenant_IsTheOperators()
    {
        AddCards();

        Assert.Equal(["How are requests served?", "Spend this month", "What moved the cost?", "Open alerts", "Whose last day is unusual?"], Titles("/", Reach.Platform));
    }

    [Fact]
    public void Overview_OfATenant_HasNoFleet()
    {
        AddCards();

        Assert.Equal(["Spend this month", "What moved the cost?", "Open alerts", "Whose last day is unusual?"], Titles("/?tenant=acme", Reach.Platform));
    }

    /// <summary>Each card asks the visitor's own reach for what it shows, however far the page's goes.</summary>
    [Fact]
    public void Overview_CardOfAnotherRight_IsThereOnlyWhereTheVisitorHasIt()
    {
        Services.AddSingleton<IVisitor>(new Visitor());
        Services.AddSingleton(new OverviewCard(OverviewOf.Any, 1, typeof(ReachCard), "some"));
        Services.AddSingleton(new OverviewCard(OverviewOf.Any, 2, typeof(AlertsCard), "none"));

        var cards = Render<OverviewCards>(static parameters => parameters.AddCascadingValue(AgentConsole.Shell.Frame.Read(PageUrl.Parse("/"), [], Reach.Platform)));

        Assert.Equal("[acme]", cards.Find(".overview-cards").TextContent.Trim());
    }

    [Fact]
    public async Task Spend_MonthAndForecast_AreTheStores()
    {
        await SendAsync(Enumerable.Range(0, 60).Select(static day => At($"e-{day}", SampleUsage.Now.AddDays(-day).AddHours(-1), 2)));
        await RollUpAsync();
        var card = Card<SpendCard>("/?tenant=acme");

        card.WaitForAssertion(() => Assert.Equal("$40.00", card.Find(".part-value").TextContent));
        Assert.Equal("/usage?tenant=acme&range=mtd", card.Find(".part-value").GetAttribute("href"));
        Assert.Contains("$60.47", card.Find(".part-facts").TextContent);
        Assert.Contains("against the same days of last month", card.Markup);
    }

    [Fact]
    public async Task Movers_OfATenant_LeadToTheModelsUsersAndKeys()
    {
        await SendAsync(At("old", SampleUsage.Now.AddDays(-9), 1), At("older", SampleUsage.Now.AddDays(-20), 1), At("new", SampleUsage.Now.AddDays(-1), 5));
        await RollUpAsync();
        var card = Card<MoversCard>("/?tenant=acme&range=7d&movers=user");

        card.WaitForElement("tbody");
        Assert.Equal("/users/acme/u-1?range=7d&tenant=acme", card.Find("tbody a").GetAttribute("href"));
        Assert.Equal("/usage?tenant=acme&range=7d&groupBy=user&compare=previous", card.Find("h2 a").GetAttribute("href"));
        Assert.Contains("$5.00", card.Find("tbody tr").TextContent);
    }

    [Fact]
    public async Task Health_Outcomes_LeadToTheirRequests()
    {
        await SendAsync(Event("a", "m", 1), Event("b", "m", 1));
        await RollUpAsync();
        var card = Card<HealthCard>("/?range=24h");

        card.WaitForElement(".part-figures");
        Assert.Equal(["100%", "0%", "0%", "0%"], card.FindAll(".part-value").Select(static value => value.TextContent));
        Assert.Equal("/requests?range=24h&status=failure", card.FindAll(".part-value")[1].GetAttribute("href"));
        Assert.Contains("acme-ai", card.Find(".part-table").TextContent);
    }

    [Fact]
    public async Task Deviations_UserWhoCostsMore_IsFirst()
    {
        await SendAsync([.. Enumerable.Range(1, 5).Select(static week => At($"w-{week}", SampleUsage.Now.AddDays(-7 * week).AddHours(-2), 1)), At("now", SampleUsage.Now.AddHours(-2), 4), At("start", SampleUsage.Now.AddDays(-60), 1)]);
        await RollUpAsync();
        var card = Card<DeviationsCard>("/?tenant=acme");

        card.WaitForElement("tbody");
        Assert.Contains("×4", card.Find("tbody tr").TextContent);
        Assert.StartsWith("/users/acme/u-1?tenant=acme&from=2026-11-19T18:00:00", card.Find("tbody a").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("mean of the same hours of 4 weeks before", card.Markup);
    }

    [Fact]
    public async Task Alerts_Open_LeadToWhatTheyAreAbout()
    {
        var card = Card<AlertsCard>("/");
        card.WaitForAssertion(() => Assert.Contains("No alert is open", card.Markup));
        await using (var connection = await OpenAsync())
            await Raise.ExecuteAsync(connection, [new AlertNotice(new("acme", "test", "key"), AlertSeverity.Critical, "It is wrong", "by much", "/there")], CancellationToken.None);
        await Feed.SignalAsync(Topics.AllAlerts);

        card.WaitForAssertion(() => Assert.Equal("/there", card.Find(".part-list a").GetAttribute("href")));
    }

    [Fact]
    public async Task Card_StoreIsAway_SaysSoAndOffersRetry()
    {
        await BreakAsync();
        var card = Card<SpendCard>("/");

        card.WaitForAssertion(() => Assert.Contains("could not be read", card.Find("[role=alert]").TextContent));
        Assert.NotNull(card.Find("[role=alert] button.button"));
    }

    private static UsageEvent At(string id, DateTimeOffset at, decimal cost) => new()
    {
        TenantId = "acme", Source = UsageSources.Native, Id = id, OccurredAt = at, Provider = "acme-ai", Model = "m", User = "u-1", Tokens = new TokenCounts { Input = 1000 }, Cost = cost,
    };

    private void AddCards()
    {
        foreach (var card in new ServiceCollection().AddUsagePages().AddAlertsPages().Where(static service => service.ServiceType == typeof(OverviewCard)))
            Services.Add(card);
    }

    private IEnumerable<string> Titles(string url, Reach reach)
    {
        var cards = Render<OverviewCards>(parameters => parameters.AddCascadingValue(AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), [], reach)));
        return cards.FindAll("h2").Select(static title => title.TextContent);
    }

    private IRenderedComponent<TCard> Card<TCard>(string url) where TCard : IComponent => Open<TCard>(url);

    private sealed class ReachCard : ComponentBase
    {
        [CascadingParameter] public required Frame Frame { get; set; }

        protected override void BuildRenderTree(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder) => builder.AddContent(0, Frame.Reach.ToString());
    }

    private sealed class Visitor : IVisitor
    {
        public ValueTask<Reach> ReachAsync(string? policy) => ValueTask.FromResult(policy == "some" ? Reach.Of("acme") : Reach.None);

        public IDisposable Follow(Action changed) => throw new NotSupportedException();
    }
}
