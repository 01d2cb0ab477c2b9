using System.Text.RegularExpressions;
using AgentConsole.Access.SignIn;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentConsole.Tests.Browser;

/// <summary>Coming in, letting others in, and being shown out, in a real browser.</summary>
[Trait("Kind", "Browser")]
public sealed class SignInJourneyTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task SignIn_WrongThenRight_LeadsToThePageAskedFor_AndOutAgain()
    {
        await using var visit = await fixture.VisitAsync(signedIn: false);
        var page = visit.Page;
        await page.GotoAsync($"{fixture.Console.Address}/usage?range=30d");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Sign in");
        await visit.SignInAsync(RunningConsole.Operator, "wrong", "/usage?range=30d");
        await Expect(page.Locator("[role=alert]:visible")).ToContainTextAsync("do not fit");

        await visit.SignInAsync(RunningConsole.Operator, RunningConsole.Password, "/usage?range=30d");
        await visit.ReadyAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/usage\\?range=30d$"));
        await page.Locator(".person summary").ClickAsync();
        await Expect(page.Locator(".person .menu-card")).ToContainTextAsync(RunningConsole.Operator);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await Expect(page.Locator("[role=status]")).ToHaveTextAsync("You are signed out.");
        await page.GotoAsync($"{fixture.Console.Address}/usage");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Sign in");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Invite_Accepted_SeesItsOwnTenantAlone()
    {
        await using var visit = await fixture.JoinAsync("viewer@acme.example", "TenantViewer");
        var page = visit.Page;
        await visit.ReadyAsync();

        await page.Locator(".person summary").ClickAsync();
        await Expect(page.Locator(".person .menu-card")).ToContainTextAsync("Viewer of acme");
        await visit.OpenAsync("/?range=30d&groupBy=tenant");
        await Expect(page.Locator("tr.linked")).ToHaveCountAsync(1);
        await Expect(page.Locator("tr.linked")).ToContainTextAsync("acme");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task SecondFactor_TurnedOn_IsAskedForAtTheNextSignIn()
    {
        await using var visit = await fixture.JoinAsync("factor@acme.example", "TenantViewer");
        var page = visit.Page;
        await page.GotoAsync($"{fixture.Console.Address}/account");
        var key = await page.Locator("input[name=Key]").GetAttributeAsync("value");
        await page.Locator("input[name=OnPassword]").FillAsync(RunningConsole.Password);
        await page.Locator("input[name=Code]").FillAsync(Totp.CodeAt(key!, TimeProvider.System.GetUtcNow()));
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn it on" }).ClickAsync();
        await Expect(page.GetByLabel("Recovery codes")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await visit.SignInAsync("factor@acme.example", RunningConsole.Password);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Enter your code");
        await page.GetByLabel("Code").FillAsync(Totp.CodeAt(key!, TimeProvider.System.GetUtcNow().AddSeconds(30)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await visit.ReadyAsync();
        Assert.Empty(visit.Complaints);
    }

    /// <summary>The page is open and follows along; then someone ends its session.</summary>
    [Fact]
    public async Task Session_Revoked_TakesTheOpenPageAway()
    {
        await using var visit = await fixture.JoinAsync("revoked@acme.example", "TenantViewer");
        await visit.OpenAsync("/usage?range=30d");
        await using var admin = await fixture.VisitAsync();
        await admin.OpenAsync("/members");
        await admin.Page.Locator("tr.linked", new() { HasText = "revoked@acme.example" }).ClickAsync();

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true }).ClickAsync();

        await Expect(admin.Page.Locator(".notice.ok")).ToContainTextAsync("has ended");
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Sign in");
        await Expect(visit.Page.Locator("[role=status]")).ToContainTextAsync("Your session has ended");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("returnUrl=%2Fusage%3Frange%3D30d"));
    }

    [Fact]
    public async Task Passkey_Added_SignsInWithoutPasswordOrCode()
    {
        await using var visit = await fixture.JoinAsync("passkey@acme.example", "TenantViewer");
        var page = visit.Page;
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
        await page.GotoAsync($"{fixture.Console.Address}/account");
        await page.GetByLabel("Name of the new passkey").FillAsync("Test device");
        await page.Locator("input[name=PasskeyPassword]").FillAsync(RunningConsole.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Expect(page.Locator(".notice.ok")).ToContainTextAsync("The passkey is added");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();

        await visit.ReadyAsync();
        await page.GotoAsync($"{fixture.Console.Address}/account");
        await Expect(page.Locator(".row-list").Last).ToContainTextAsync("by passkey");
        Assert.Empty(visit.Complaints);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-in/code")]
    [InlineData("/sign-in/forgotten")]
    [InlineData("/sign-in/reset?token=x")]
    [InlineData("/account")]
    [InlineData("/members")]
    [InlineData("/members?tab=invite")]
    public async Task Phone_PageOfMembers_NeverScrollsSideways_AndLabelsWhatItAsks(string path)
    {
        await using var visit = await fixture.VisitAsync(390, 844, signedIn: !path.StartsWith("/sign-in", StringComparison.Ordinal));
        await visit.Page.GotoAsync(fixture.Console.Address + path);
        await visit.Page.Locator("h1").WaitForAsync();

        Assert.True(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0);
        await Expect(visit.Page.Locator("h1")).ToHaveCountAsync(1);
        Assert.Equal(0, await visit.Page.EvaluateAsync<int>("[...document.querySelectorAll('input:not([type=hidden]), select')].filter(field => !field.labels?.length && !field.getAttribute('aria-label') && field.offsetParent).length"));
        Assert.Empty(visit.Complaints);
    }
}
