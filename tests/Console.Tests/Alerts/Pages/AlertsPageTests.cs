using AgentConsole.Alerts;
using AgentConsole.Alerts.Pages;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Pages;
using Bunit;

namespace AgentConsole.Tests.Alerts.Pages;

public sealed class AlertsPageTests(PostgresFixture postgres) : StoreContext(postgres)
{
    [Fact]
    public async Task Page_StoreIsSlow_IsASkeleton()
    {
        await using var held = await HoldAsync();

        Assert.NotEmpty(Open<AlertsPage>("/alerts").FindAll("[role=status] .bone"));
    }

    [Fact]
    public async Task Page_StoreIsAway_OffersRetryAndATrace()
    {
        await BreakAsync();
        var page = Open<AlertsPage>("/alerts");

        page.WaitForAssertion(() => Assert.Contains("Alerts could not be read", page.Find("[role=alert]").TextContent));
    }

    [Fact]
    public async Task Page_StoreGoesAway_KeepsWhatIsThereAndSaysThatAnAcknowledgementFailed()
    {
        await RaiseAsync("acme");
        var page = Open<AlertsPage>("/alerts");
        page.WaitForElement("tbody tr");
        await BreakAsync();

        await Feed.SignalAsync(Topics.AllAlerts);
        page.WaitForElement(".stale");
        await page.Find("tbody button").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("did not confirm", page.Find(".notice.critical").TextContent));
        Assert.Single(page.FindAll("tbody tr"));
    }

    [Theory]
    [InlineData("/alerts", "No open alert", null)]
    [InlineData("/alerts?tenant=acme&range=7d", "No open alert of acme", "/alerts?range=7d")]
    [InlineData("/alerts?tab=past&range=24h", "No alert was closed in this range", "/alerts?tab=past&range=30d")]
    public void Page_Nothing_SaysWhyAndWhatNext(string url, string title, string? next)
    {
        var page = Open<AlertsPage>(url);
        page.WaitForElement(".state");

        Assert.Equal(title, page.Find(".state h2").TextContent);
        Assert.Equal(next, page.FindAll(".state a").FirstOrDefault()?.GetAttribute("href"));
    }

    [Fact]
    public async Task Page_AlertRaised_ComesWithTheSignalAndIsAcknowledged()
    {
        var page = Open<AlertsPage>("/alerts");
        page.WaitForElement(".state");
        await RaiseAsync("acme");
        await Feed.SignalAsync(Topics.AllAlerts);
        page.WaitForElement("tbody tr");

        await page.Find("tbody button").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("operator, ", page.Find("tbody tr").TextContent));
        Assert.Contains(Topics.Alerts("acme"), Feed.Signals);
    }

    [Fact]
    public async Task Page_OfATenant_HasItsAlertsAlone()
    {
        await RaiseAsync("acme", "other", null);
        var page = Open<AlertsPage>("/alerts?tenant=acme");
        page.WaitForElement("tbody tr");

        Assert.Equal(["acme"], page.FindAll("tbody tr td:nth-child(3)").Select(static cell => cell.TextContent));
        Assert.Contains("Those of other tenants are not shown", page.Find(".summary").TextContent);
    }

    [Fact]
    public async Task Page_AThousandAlerts_ShowsTheFirstAndCountsAll()
    {
        await RaiseAsync([.. Enumerable.Range(0, 1000).Select(static index => $"tenant-{index}")]);
        var page = Open<AlertsPage>("/alerts");

        page.WaitForAssertion(() => Assert.Equal(200, page.FindAll("tbody tr").Count));
        Assert.Contains("1,000 alerts are open; the first 200 are shown", page.Find(".summary").TextContent);
        Assert.Equal("1,000", page.Find(".tabs .count").TextContent);
    }

    private async Task RaiseAsync(params string?[] tenants)
    {
        await using var connection = await OpenAsync();
        await Raise.ExecuteAsync(connection, [.. tenants.Select(static tenant => new AlertNotice(new(tenant, "test", "key"), AlertSeverity.Critical, $"{tenant} is wrong", "by much", "/there"))], CancellationToken.None);
    }
}
