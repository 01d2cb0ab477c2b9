using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>A key's life, and what a tenant's admin turns on and reads, in a real browser and over real HTTP.</summary>
[Trait("Kind", "Browser")]
public sealed class KeyJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Key_CreatedUsedRevoked_IsUnauthorized()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/keys?tenant=acme");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create a key" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("journey");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the key" }).ClickAsync();
        using var client = new HttpClient { BaseAddress = new(fixture.Console.Address) };
        var secret = await page.Locator(".secret code").TextContentAsync();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client));
        await page.GetByRole(AriaRole.Button, new() { Name = "I have stored it" }).ClickAsync();

        await page.Locator("tr.linked", new() { HasText = "journey" }).ClickAsync();
        await Expect(page.Locator(".panel-head")).ToContainTextAsync("journey");
        await page.ReloadAsync();
        await visit.ReadyAsync();
        await Expect(page.Locator(".panel-head")).ToContainTextAsync("journey");
        Assert.DoesNotContain(secret!, await page.ContentAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, revoke it" }).ClickAsync();

        await Expect(page.Locator(".notice.ok")).ToContainTextAsync("Revoked");
        // Promised within five seconds, on every node; the one that was told knows at once.
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(client));
        await Expect(page.Locator("tr.linked", new() { HasText = "journey" })).ToHaveCountAsync(0);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Texts_TurnedOnAndSent_AreReadOnTheRequestsPage_AsPlainText()
    {
        await using var visit = await fixture.VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/tenants/acme");
        await page.GetByRole(AriaRole.Button, new() { Name = "Store them…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, store them" }).ClickAsync();
        await Expect(page.Locator(".contents-panel .notice.ok")).ToContainTextAsync("stored from now on");
        await fixture.Console.SendAsync([new { id = "told", tenant = "acme", occurredAt = TimeProvider.System.GetUtcNow(), provider = "openai", model = "gpt-5", usage = new { input = 1 }, input = "<b>Why?</b><script>document.title='no'</script>", output = "Because." }]);

        await visit.OpenAsync("/requests/acme/told");
        await Expect(page.Locator(".said")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the texts" }).ClickAsync();
        await Expect(page.Locator(".said")).ToHaveTextAsync(["<b>Why?</b><script>document.title='no'</script>", "Because."]);
        await Expect(page.Locator(".texts")).ToContainTextAsync("in the audit");
        await page.SetViewportSizeAsync(390, 844);
        Assert.True(await visit.SidewaysAsync() <= 0);

        await visit.OpenAsync("/tenants/acme");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop storing…" }).ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Delete them, too" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, stop and delete" }).ClickAsync();
        await Expect(page.Locator(".contents-panel .notice.ok")).ToContainTextAsync("The texts of 1 request were deleted");
        await visit.OpenAsync("/requests/acme/told");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the texts" }).ClickAsync();
        await Expect(page.Locator(".texts")).ToContainTextAsync("were deleted on");
        Assert.Empty(visit.Complaints);
    }

    [Theory]
    [InlineData("/keys")]
    [InlineData("/keys?tab=create")]
    [InlineData("/tenants?tab=create")]
    [InlineData("/tenants/acme")]
    public async Task Phone_NeverScrollsSideways_AndLabelsWhatItAsks(string path)
    {
        await using var visit = await fixture.VisitAsync(390, 844, ColorScheme.Dark);
        await visit.OpenAsync(path);
        Assert.True(await visit.SidewaysAsync() <= 0);
        await Expect(visit.Page.Locator("h1")).ToHaveCountAsync(1);
        Assert.Equal(0, await visit.Page.EvaluateAsync<int>(
            "[...document.querySelectorAll('main input, main select, main textarea')].filter(field => !field.labels?.length && !field.getAttribute('aria-label')).length"));
        Assert.Empty(visit.Complaints);
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client)
    {
        using var response = await client.PostAsync("/api/v1/usage", Testing.Json.Body(Testing.Json.Event("journey", null).ToJsonString()));
        return response.StatusCode;
    }
}
