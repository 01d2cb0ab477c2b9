using System.Reflection;
using System.Text.RegularExpressions;
using AgentConsole.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>Every page there is, as axe finds it, in light and dark, wide and narrow. A page that is new is looked at without being named here.</summary>
[Trait("Kind", "Browser")]
public sealed class AccessibilityTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    /// <summary>States of pages that have an address of their own, beside each page's first.</summary>
    private static readonly string[] States =
    [
        "/usage?range=7d&groupBy=user&grain=day", "/usage?range=30d&model=nothing-has-this", "/requests?range=7d", "/requests?range=30d&open=acme/evt-1", "/requests?tab=rejected", "/reconciliation?tab=invoice", "/prices?tab=unpriced", "/prices?tab=reprice",
        "/prices?tab=import", "/prices?tab=add", "/alerts?tab=past", "/cases?tab=closed", "/keys?tab=create", "/keys?tenant=chat", "/tenants?tab=create", "/members?tab=invite", "/members?tab=invitations", "/limits?tenant=acme&tab=new", "/limits?tab=stop", "/limits?tab=import", "/limits?tab=refused", "/limits?tab=proof", "/limits/effective?tenant=acme&user=u-1", "/audit?range=24h",
        "/?range=7d&tenant=acme", "/tail?tenant=acme&paused=true", $"/dashboards/{Dashboard}?tenant=acme&range=7d", $"/dashboards/{Dashboard}?tenant=acme&edit=true",
    ];

    private const string Dashboard = "00000000-0000-7000-8000-0000000000d1";

    private static readonly string[] SignedOut = ["/sign-in", "/sign-in?reason=expired", "/sign-in/forgotten", "/sign-in/reset?token=x", "/sign-in/invitation?token=x", "/sign-in/code", "/nowhere"];

    /// <summary>The first three are his; then one that he may not see, a tenant that he may not know of, and what is his own.</summary>
    private static readonly string[] OfAViewer = ["/", "/usage?range=7d", "/requests?range=7d", "/prices", "/usage?tenant=chat", "/account"];

    [Fact]
    public async Task Page_EveryOne_HasNoFinding()
    {
        await PlantAsync();
        var axe = new Axe(fixture);
        var links = new HashSet<string>();
        await using (var visit = await axe.VisitAsync(signedIn: false))
            foreach (var path in SignedOut) await axe.OpenAsync(visit, path);
        await using (var visit = await axe.VisitAsync())
        {
            foreach (var path in Templates().Where(static template => !template.Contains('{')).Except(SignedOut).Concat(States)) links.UnionWith(await axe.OpenAsync(visit, path));
            foreach (var template in Templates().Where(static template => template.Contains('{')))
                await axe.OpenAsync(visit, links.FirstOrDefault(link => Regex.IsMatch(link, $"^{Regex.Replace(template, @"\{[^}]+\}", "[^/?]+")}(\\?|$)")) ?? throw new InvalidOperationException($"No page leads to one of {template}."));
            foreach (var panel in new[] { "key", "member", "entry" })
                await axe.OpenAsync(visit, links.FirstOrDefault(link => Regex.IsMatch(link, $"[?&]{panel}=")) ?? throw new InvalidOperationException($"No page opens a {panel}."));
        }
        await using (var joined = await fixture.JoinAsync("axe@acme.example", "TenantViewer"))
        {
            await Axe.PrepareAsync(joined);
            foreach (var path in OfAViewer) await axe.OpenAsync(joined, path);
        }
        Assert.True(axe.Findings.Count == 0, string.Join('\n', axe.Findings));
    }

    /// <summary>What opens on a click.</summary>
    [Fact]
    public async Task Dialog_Opened_HasNoFinding()
    {
        var axe = new Axe(fixture);
        await using var visit = await axe.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/keys?tab=create&tenant=acme");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the key" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("axe");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the key" }).ClickAsync();
        await page.Locator(".secret code").WaitForAsync();
        await axe.LookAsync(visit, "a key made");
        await page.GetByRole(AriaRole.Button, new() { Name = "I have stored it" }).ClickAsync();
        await page.Locator("tr.linked", new() { HasText = "axe" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Rotate…" }).ClickAsync();
        await axe.LookAsync(visit, "a key to be rotated");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke…" }).ClickAsync();
        await axe.LookAsync(visit, "a key to be revoked");
        await visit.OpenAsync("/tenants/chat");
        await page.GetByRole(AriaRole.Button, new() { Name = "Suspend…" }).ClickAsync();
        await axe.LookAsync(visit, "a tenant to be suspended");
        await visit.OpenAsync("/usage?range=7d");
        await page.Locator(".range details summary").ClickAsync();
        await axe.LookAsync(visit, "a range to be chosen");
        await page.Locator(".person summary").ClickAsync();
        await axe.LookAsync(visit, "the person's menu");
        await page.SetViewportSizeAsync(390, 844);
        await page.Locator(".top-menu").ClickAsync();
        await Expect(page.Locator("#rail:popover-open")).ToHaveCountAsync(1);
        await axe.RunAsync(visit, "the navigation as a sheet");
        Assert.True(axe.Findings.Count == 0, string.Join('\n', axe.Findings));
    }

    private static string[] Templates() =>
        [.. typeof(Caller).Assembly.GetTypes().SelectMany(static type => type.GetCustomAttributes<RouteAttribute>()).Select(static route => route.Template).Where(static template => template is not ("/not-found" or "/problem")).Distinct()];

    /// <summary>A row wherever a page of acme or of all has a list.</summary>
    private async Task PlantAsync()
    {
        await fixture.Console.PostAsync("/api/v1/keys", new { tenant = "acme", name = "sender", scopes = new[] { "ingest" }, allowedAddresses = new[] { "203.0.113.0/24" }, expiresAt = TimeProvider.System.GetUtcNow().AddDays(3) });
        await fixture.Console.PostAsync("/api/v1/usage", new { id = "no-time", tenant = "acme", provider = "openai", model = "gpt-5" });
        await fixture.Console.PostAsync("/api/v1/prices", new { provider = "openai", model = "house-model", validFrom = "2026-01-01T00:00:00Z", tier = "standard", perMillion = new { input = "1", output = "2" }, source = "contract" });
        foreach (var (id, severity, closed) in new[] { (1, 2, "NULL"), (2, 1, "NULL"), (3, 1, "now()") })
            await fixture.ExecuteAsync($"INSERT INTO alerts (tenant_id, alert_id, source, alert_key, severity, title, detail, link, raised_at, seen_at, closed_at) VALUES ('', '00000000-0000-7000-8000-00000000000{id}', 'axe', '{id}', {severity}, 'Something is wrong', 'With its detail.', '/reconciliation', now(), now(), {closed})");
        await fixture.ExecuteAsync($$"""
            INSERT INTO dashboards (tenant_id, dashboard_id, owner, name, tiles, version, saved_at) VALUES ('acme', '{{Dashboard}}', '', 'Ours',
              '[{"title": "Cost", "link": "/usage?look=number", "width": "quarter"}, {"title": "By model", "link": "/usage", "width": "half"}, {"title": "Users", "link": "/usage?groupBy=user&chart=table", "width": "full"}]', 1, now())
            """);
        await fixture.ExecuteAsync("""
            INSERT INTO cases (tenant_id, case_id, subject_of, subject, began_at, ended_at, is_over, cost, expected, excess, score, weeks, known_weeks, opened_at, seen_at, state)
            VALUES ('acme', '00000000-0000-7000-8000-0000000000c1', 2, 'u-1', now() - interval '2 hours', now() - interval '1 hour', true, 30, 1, 29, 9, ARRAY[1, 2], 4, now(), now(), 1)
            """);
        await fixture.ExecuteAsync("""
            INSERT INTO usage_reconciliations (tenant_id, day, checked_at, requests, tokens, cost, differences) VALUES ('acme', current_date, now(), 1, 1, 1, '{}')
            """);
    }
}
