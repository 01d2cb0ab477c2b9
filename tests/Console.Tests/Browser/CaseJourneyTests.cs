using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>What support does about a complaint: from the overview to the case, from there to the requests that prove it, and a verdict.</summary>
[Trait("Kind", "Browser")]
public sealed class CaseJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private const string Tenant = "looped";
    private const int Calls = 40;

    [Fact]
    public async Task Complaint_FromTheOverviewToTheRequests_AndAVerdict()
    {
        var now = TimeProvider.System.GetUtcNow();
        await fixture.Console.PostAsync("/api/v1/prices?confirm=true", new { provider = "openai", model = "dollar-2", validFrom = "2026-01-01T00:00:00Z", tier = "standard", perMillion = new { input = "1", output = "1" }, source = "test" });
        await fixture.Console.SendAsync([.. Enumerable.Range(1, 30).Select(day => Spend($"usual-{day}", 100_000, now.AddDays(-day))), .. Enumerable.Range(0, Calls).Select(call => Spend($"loop-{call}", 3_000_000, now.AddMinutes(-2)))]);
        // Its past was looked at already.
        await fixture.ExecuteAsync($"INSERT INTO case_looks (tenant_id, first_use, looked_to, held_back) VALUES ('{Tenant}', now() - interval '60 days', now() - interval '1 hour', 0) ON CONFLICT (tenant_id) DO UPDATE SET first_use = excluded.first_use");
        await fixture.ScalarUntilAsync($"SELECT count(*) FROM usage_rollups WHERE tenant_id = '{Tenant}' AND kind = 4 AND grain = 3 AND subject = 'u-loop'", static days => days >= 30);
        await Testing.Eventually.TrueAsync(AskForALookAsync);
        await fixture.ScalarUntilAsync($"SELECT count(*) FROM cases WHERE tenant_id = '{Tenant}'", static count => count == 1);
        await using var visit = await fixture.JoinAsync("sue@support.example", "Support");
        var page = visit.Page;
        await visit.OpenAsync("/");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("User u-loop: .* above expected") }).ClickAsync();
        await visit.ReadyAsync();
        await Expect(page.Locator(".sentence")).ToContainTextAsync("User u-loop cost $120.00");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Which tools?" })).ToContainTextAsync("lookup_order");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it on" }).ClickAsync();
        await Expect(page.Locator(".timeline")).ToContainTextAsync("took it on");

        await page.GetByRole(AriaRole.Link, new() { Name = string.Create(CultureInfo.InvariantCulture, $"Its {Calls} requests") }).ClickAsync();
        await visit.ReadyAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/requests\\?.*user=u-loop"));
        await Expect(page.Locator("main")).ToContainTextAsync("$120.00");

        await page.GoBackAsync();
        await visit.ReadyAsync();
        await page.GetByLabel("Verdict").SelectOptionAsync("confirmed");
        await page.GetByLabel("Why, if there is more to say").FillAsync("The agent asked for one order again and again.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the case" }).ClickAsync();
        await Expect(page.Locator(".answer").First).ToContainTextAsync("confirmed");
        await Expect(page.Locator(".timeline")).ToContainTextAsync("again and again");
        Assert.Empty(visit.Complaints);
    }

    /// <summary>False while the schedule's own look goes on.</summary>
    private async Task<bool> AskForALookAsync()
    {
        try
        {
            await fixture.Console.PostAsync("/api/v1/jobs/DetectAnomalies/run", new { });
            return true;
        }
        catch (Xunit.Sdk.TrueException)
        {
            return false;
        }
    }

    private static object Spend(string id, long tokens, DateTimeOffset at) => new
    {
        id,
        tenant = Tenant,
        occurredAt = at.ToString("O", CultureInfo.InvariantCulture),
        provider = "openai",
        model = "dollar-2",
        user = "u-loop",
        session = id.Split('-')[0],
        agent = "executor",
        tool = "lookup_order",
        usage = new { input = tokens },
    };
}
