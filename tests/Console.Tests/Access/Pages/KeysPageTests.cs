using System.Net;
using AgentConsole.Access;
using AgentConsole.Access.Keys;
using AgentConsole.Access.Pages.ApiKeys;
using AgentConsole.Tests.Testing;
using Bunit;

namespace AgentConsole.Tests.Access.Pages;

public sealed class KeysPageTests(SharedApp shared) : AccessPagesContext(shared), IClassFixture<SharedApp>
{
    [Fact]
    public async Task Create_ShowsTheSecretOnce_WithARequestThatWorks()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<KeysPage>("/keys?tab=create");
        Assert.Contains("No key works here", page.Markup, StringComparison.Ordinal);
        page.Find("input[maxlength='100']").Change("gateway");
        page.Find("textarea").Change("127.0.0.0/8\n::1");
        await page.Find("form.form-body").SubmitAsync();

        var secret = page.WaitForElement(".secret code").TextContent;
        Assert.Contains($"Bearer {secret}", page.FindAll(".command code")[1].TextContent, StringComparison.Ordinal);
        using var client = Shared.App.Client(secret);
        await client.SendUsageAsync(Json.Event("a", null));
        await page.Find(".notice.ok button.button").ClickAsync(new());
        Assert.Equal("/keys", Url);
        var again = Open<KeysPage>("/keys");
        Assert.DoesNotContain(secret, again.Markup, StringComparison.Ordinal);
        Assert.Contains(secret[..15], again.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ThatIsWrong_SaysWhy_AndKeepsWhatWasTyped()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<KeysPage>("/keys?tab=create");
        page.Find("input[maxlength='100']").Change("gateway");
        page.Find("textarea").Change("10.0.0.1/8");
        await page.Find("form.form-body").SubmitAsync();
        Assert.Contains("10.0.0.1/8", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("gateway", page.Find("input[maxlength='100']").GetAttribute("value"));
    }

    /// <summary>What the page offered is asked again when it is done.</summary>
    [Fact]
    public async Task Create_ByOneWhoLostTheRight_IsRefused()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<KeysPage>("/keys?tab=create");
        page.Find("input[maxlength='100']").Change("gateway");
        Become(Role.TenantViewer, Tenant);
        await page.Find("form.form-body").SubmitAsync();
        Assert.Contains("may not", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await Shared.App.CountAsync($"api_keys WHERE tenant_id = '{Tenant}'"));
    }

    [Theory]
    [InlineData(Role.TenantAdmin, "ingest read limits admin", false)]
    [InlineData(Role.Support, "ingest read", true)]
    [InlineData(Role.Operator, "ingest read limits admin", true)]
    public async Task Create_OffersWhatTheVisitorMayGive(Role role, string scopes, bool offersPlatform)
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(role, Tenant);
        var page = Open<KeysPage>($"/keys?tab=create&tenant={Tenant}");
        Assert.Equal(scopes.Split(' '), page.FindAll(".checks strong").Select(scope => scope.TextContent));
        Assert.Equal(offersPlatform, page.FindAll("option[value='*']").Count == 1);
    }

    [Fact]
    public async Task Revoke_SaysInNumbersWhatStops_ThenStopsIt()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        var key = await Shared.Client.CreateKeyAsync(Tenant, ["admin"]);
        using var client = Shared.App.Client(key.Secret);
        for (var request = 0; request < 3; request++) await client.GetJsonAsync("/api/v1/keys");
        await Shared.App.Get<CountKeyUses>().WriteAsync(CancellationToken.None);
        Become(Role.Support);
        var page = Open<KeysPage>($"/keys?key={key.Id}");

        await Button(page, "Revoke…").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("3 requests came with it in the last 24 hours", page.Find("[role=alertdialog]").TextContent, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("/api/v1/keys"));
        await Button(page, "Yes, revoke it").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("401", page.Find(".notice.ok").TextContent, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("/api/v1/keys"));
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Contains("Revoke…", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rotate_ShowsTheNewSecret_AndWhatBecomesOfTheOld()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        var key = await Shared.Client.CreateKeyAsync(Tenant, ["read"]);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<KeysPage>($"/keys?key={key.Id}");
        await Button(page, "Rotate…").ClickAsync(new());
        await page.Find("form.notice").SubmitAsync();
        using var client = Shared.App.Client(page.WaitForElement(".secret code").TextContent);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("/api/v1/requests"));
        page.WaitForAssertion(() => Assert.Contains("this one works until", page.Find("dl").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Key_OfAnotherTenant_IsNotThere()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        var foreign = await Shared.Client.CreateKeyAsync(await Shared.Client.CreateTenantAsync($"o{Tenant}"), ["read"]);
        var platform = await Shared.Client.CreateKeyAsync("*", ["read"]);
        Become(Role.TenantAdmin, Tenant);
        foreach (var id in new[] { foreign.Id, platform.Id })
        {
            var page = Open<KeysPage>($"/keys?key={id}&status=all");
            Assert.Contains("There is no such key", page.Markup, StringComparison.Ordinal);
            Assert.DoesNotContain($"ac_{id}", page.Markup, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task List_OfAThousand_ComesInPages_AndFiltersToNothingWithAWayBack()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        await Shared.App.ExecuteAsync($"""
            INSERT INTO api_keys (tenant_id, key_id, name, scopes, allowed_addresses, secret_hash, created_at, created_by)
            SELECT '{Tenant}', lpad(n::text, 12, '0'), 'key ' || n, '{"{read}"}', '{"{}"}', '', '2026-11-01Z', 'test' FROM generate_series(1, 1000) AS n
            """);
        Become(Role.TenantAdmin, Tenant);
        var page = Open<KeysPage>("/keys");
        Assert.Equal(100, page.FindAll("tr.linked").Count);
        Assert.Contains("1,000", page.Find(".summary").TextContent, StringComparison.Ordinal);
        var second = Open<KeysPage>(page.Find(".pager a").GetAttribute("href")!);
        Assert.Equal("key 101", second.Find("tr.linked a").TextContent);
        var nothing = Open<KeysPage>("/keys?search=nothing");
        Assert.Equal("/keys?status=all", nothing.Find(".state a.button").GetAttribute("href"));
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<KeysPage> page, string text) => page.FindAll("button").Single(button => button.TextContent.Trim().EndsWith(text, StringComparison.Ordinal));
}
