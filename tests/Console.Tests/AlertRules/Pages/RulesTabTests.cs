using AgentConsole.Access;
using AgentConsole.AlertRules;
using AgentConsole.Alerts.Pages;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Access.Pages;
using AgentConsole.Tests.Testing;
using Bunit;

namespace AgentConsole.Tests.AlertRules.Pages;

/// <summary>Alert rules as a tab of the alerts page, over the real store.</summary>
public sealed class RulesTabTests(SharedApp shared) : AccessPagesContext(shared), IClassFixture<SharedApp>
{
    [Fact]
    public async Task Rule_TestedAndSaved_IsWhatWasTyped()
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        await Shared.Client.SendUsageAsync(Json.Event($"{Tenant}-failed", Tenant, static item => (item["status"], item["occurredAt"]) = ("failure", "2026-11-18T09:30:00Z")));
        await Shared.Client.SendUsageAsync(Json.Event($"{Tenant}-fine", Tenant, static item => item["occurredAt"] = "2026-11-18T10:30:00Z"));
        Become(Role.TenantAdmin, Tenant);
        var page = Open<AlertsPage>("/alerts?tab=rules&create=true");
        page.WaitForElement("form");
        page.FindAll("form input")[0].Change("Failures");
        page.Find("form input[inputmode=decimal]").Change("0.05");
        page.FindAll("form input[type=number]")[0].Change("0");
        page.FindAll("form textarea")[1].Change("22:00-06:00 sat sun");

        await page.FindAll("button").Single(static button => button.TextContent == "Test it on the last 30 days").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("It would have fired once in the last 30 days", page.Find(".notice strong").TextContent));
        Assert.Contains("2026-11-18 10:00:00", page.Find("[aria-label=Firings]").TextContent);
        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("rule=", Url));
        var rule = Assert.Single(await Shared.App.Get<RuleQueries>().ListAsync(Reach.Of(Tenant), null, CancellationToken.None)).Rule;
        Assert.Equal(("Failures", 0.05m, 0, 5), (rule.Definition.Name, rule.Definition.Threshold, rule.Definition.ForMinutes, rule.Definition.RecoverMinutes));
        Assert.Equal([6, 7], Assert.Single(rule.Definition.Mutes).Days);
        var again = Open<AlertsPage>(Url);
        again.WaitForElement("form");
        Assert.Equal("22:00-06:00 sat sun", again.FindAll("form textarea")[1].GetAttribute("value"));
        Assert.Contains("Failure rate above 5%, over an hour; muted at times", again.Find(".alert-detail").TextContent);
    }

    [Theory]
    [InlineData(0, "nobody", "is not a name, = and a number")]
    [InlineData(1, "22-6", "is not two times and days")]
    public async Task Rule_WithALineThatIsWrong_SaysWhich(int area, string text, string problem)
    {
        await SignedIn.AsAsync(Shared.App, Role.TenantAdmin, Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<AlertsPage>("/alerts?tab=rules&create=true");
        page.WaitForElement("form");
        page.Find("form input[inputmode=decimal]").Change("1");
        page.FindAll("form textarea")[area].Change(text);
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains(problem, page.Find("form [role=alert]").TextContent));
    }
}
