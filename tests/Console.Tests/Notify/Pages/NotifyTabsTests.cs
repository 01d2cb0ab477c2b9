using AgentConsole.Access;
using AgentConsole.Alerts.Pages;
using AgentConsole.Notify;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Access.Pages;
using AgentConsole.Tests.Testing;
using Bunit;

namespace AgentConsole.Tests.Notify.Pages;

/// <summary>Channels and deliveries as tabs of the alerts page, over the real store.</summary>
public sealed class NotifyTabsTests(SharedApp shared) : AccessPagesContext(shared), IClassFixture<SharedApp>
{
    [Fact]
    public async Task Channel_Made_ShowsItsSecretOnce_AndIsTested()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<AlertsPage>("/alerts?tab=channels&create=true");
        page.WaitForElement("form");
        page.FindAll("form input")[0].Change("On call");
        page.FindAll("form input")[1].Change("https://8.8.8.8/a-secret-path");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.StartsWith("whsec_", page.Find(".secret code").TextContent));

        await page.FindAll("button").Single(static button => button.TextContent == "I have stored it").ClickAsync(new());
        Assert.DoesNotContain("whsec_", page.Markup);
        Assert.DoesNotContain("a-secret-path", page.Find("table").OuterHtml);
        await page.FindAll("button").Single(static button => button.TextContent.StartsWith("Send a test", StringComparison.Ordinal)).ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("A test is on its way to On call", page.Find(".notice.ok").TextContent));

        var log = Open<AlertsPage>("/alerts?tab=deliveries");
        log.WaitForElement("tbody tr");
        Assert.Contains("A test of the channel On call", log.Find("tbody").TextContent);
        Assert.Equal("waiting", log.Find("tbody .status").TextContent);
    }

    [Fact]
    public async Task Channel_Changed_KeepsItsAddressWhereNoneIsGiven()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        var id = (await Shared.App.Get<CreateChannel>().ExecuteAsync(new(Tenant, "on call", ChannelKind.Slack, "https://8.8.8.8/a"), Caller.System, CancellationToken.None)).Value!.Channel.Id;
        Become(Role.TenantAdmin, Tenant);
        var page = Open<AlertsPage>($"/alerts?tab=channels&change={id}");
        page.WaitForElement("form");
        Assert.Equal("on call", page.FindAll("form input")[0].GetAttribute("value"));
        page.FindAll("form input")[0].Change("at night");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("at night is changed", page.Find(".notice.ok").TextContent));
        var row = Assert.Single(await Shared.App.Get<ChannelQueries>().ListAsync(Reach.Of(Tenant), CancellationToken.None));
        Assert.Equal(("at night", "https://8.8.8.8/…"), (row.Name, row.Shown));

        Become(Role.TenantViewer, Tenant);
        var viewed = Open<AlertsPage>($"/alerts?tab=channels&change={id}");
        viewed.WaitForElement("tbody tr");
        Assert.Empty(viewed.FindAll("form"));
    }

    [Fact]
    public async Task Channel_ThatMayNotBeCalled_SaysSo()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<AlertsPage>("/alerts?tab=channels&create=true");
        page.WaitForElement("form");
        page.FindAll("form input")[0].Change("Inside");
        page.FindAll("form input")[1].Change("http://169.254.169.254/");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("not on the public internet", page.Find("form [role=alert]").TextContent));
    }

    [Fact]
    public async Task Delivery_GivenUp_SaysWhyAndIsRedelivered_ByWhoMayOnly()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        var channel = (await Shared.App.Get<CreateChannel>().ExecuteAsync(new(Tenant, "on call", ChannelKind.Slack, "https://8.8.8.8/"), Caller.System, CancellationToken.None)).Value!.Channel.Id;
        var id = (await Shared.App.Get<TestChannel>().ExecuteAsync(channel, Caller.System, CancellationToken.None)).Value!.Value;
        await Shared.App.ExecuteAsync($$"""UPDATE deliveries SET state = 3, attempts = 24, log = '[{"at":"2026-11-20T17:00:00Z","ms":12,"status":500,"error":"It answered 500."}]' WHERE delivery_id = '{{id}}'""");

        Become(Role.TenantViewer, Tenant);
        var viewed = Open<AlertsPage>($"/alerts?tab=deliveries&delivery={id}");
        viewed.WaitForElement("#delivery-title");
        Assert.Contains("It answered 500.", viewed.Find("tbody").TextContent);
        Assert.DoesNotContain(viewed.FindAll("button"), static button => button.TextContent.StartsWith("Redeliver", StringComparison.Ordinal));

        Become(Role.TenantAdmin, Tenant);
        var page = Open<AlertsPage>("/alerts?tab=deliveries&state=givenUp");
        page.WaitForElement("tbody tr");
        await page.FindAll("button").Single(static button => button.TextContent.StartsWith("Redeliver", StringComparison.Ordinal)).ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("No delivery is in this state", page.Markup));
        Assert.Equal(DeliveryState.Waiting, (await Shared.App.Get<ChannelQueries>().FindDeliveryAsync(Reach.Of(Tenant), id, CancellationToken.None))!.State);
    }

    [Theory]
    [InlineData("channels", "has no channel yet")]
    [InlineData("deliveries", "Nothing was sent yet")]
    [InlineData("rules", "has no alert rule yet")]
    public async Task Tab_WithNothing_SaysWhy(string tab, string title)
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<AlertsPage>($"/alerts?tab={tab}");
        page.WaitForElement(".state");
        Assert.Contains(title, page.Find(".state h2").TextContent);
        Assert.Equal("page", page.Find(".tabs a.on").GetAttribute("aria-current"));
        Assert.Equal($"/alerts?tab={tab}", page.Find(".tabs a.on").GetAttribute("href"));
    }
}
