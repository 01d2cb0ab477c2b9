using System.Net;
using AgentConsole.Access;
using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.SignIn;

/// <summary>Signing in at a real authorization server.</summary>
public sealed class ProviderTests(ProviderTests.ProviderApp shared) : IClassFixture<ProviderTests.ProviderApp>
{
    private readonly ConsoleApp _app = shared.App;
    private readonly AuthorizationServer _server = shared.Server;

    [Fact]
    public async Task SignIn_NewPerson_HasTheRolesOfTheGroups_AndLosesThemWithThese()
    {
        _server.Person = new { sub = "p-1", email = "new@example.test", name = "New Person", groups = new[] { "acme", "acme-admins", "gone", "other" } };
        using var client = new PageClient(_app);
        Assert.Equal("/usage", await SignInAsync(client, "/usage"));
        Assert.Contains("New Person", (await client.GetAsync("/account")).Text, StringComparison.Ordinal);
        Assert.Equal("acme:2:idp", await RolesAsync("new@example.test"));

        _server.Person = new { sub = "p-1", email = "renamed@example.test", name = "New Person", groups = new[] { "acme", "help" } };
        using var again = new PageClient(_app);
        Assert.Equal("/", await SignInAsync(again));
        Assert.Equal(":3:idp, acme:1:idp", await RolesAsync("new@example.test"));

        _server.Person = new { sub = "p-1", email = "new@example.test", name = "New Person", groups = Array.Empty<string>() };
        using var last = new PageClient(_app);
        Assert.Equal("/sign-in?reason=no_role", await SignInAsync(last));
        Assert.Equal(new NoRole().Message, (await last.GetAsync("/sign-in?reason=no_role")).Document.QuerySelector("[role=status]")!.TextContent);
    }

    [Fact]
    public async Task SignIn_RoleThatAPersonGave_Stays()
    {
        var id = await SignedIn.MemberAsync(_app, "both@example.test", (Role.TenantViewer, "acme"));
        await SignedIn.GiveAsync(_app, id, Role.TenantViewer, "globex");
        _server.Person = new { sub = "p-2", email = "both@example.test", email_verified = true, groups = new[] { "acme-admins" } };
        using var client = new PageClient(_app);
        Assert.Equal("/", await SignInAsync(client));
        Assert.Equal("acme:1:, globex:1:", await RolesAsync("both@example.test"));
    }

    /// <summary>Whoever may type an address at the provider must not become the member who has it.</summary>
    [Fact]
    public async Task SignIn_AddressOfAMemberThatIsNotVouchedFor_IsRefused()
    {
        await SignedIn.MemberAsync(_app, "victim@example.test", (Role.TenantAdmin, "acme"));
        foreach (object person in new object[] { new { sub = "p-3", email = "victim@example.test", groups = new[] { "acme" } }, new { sub = "p-3", email = "Victim@Example.test", email_verified = false, groups = new[] { "acme" } } })
        {
            _server.Person = person;
            using var client = new PageClient(_app);
            Assert.Equal("/sign-in?reason=address_taken", await SignInAsync(client));
            Assert.Equal(HttpStatusCode.Found, (await client.GetAsync("/account")).Status);
        }
        Assert.Equal(0, await _app.CountAsync("member_logins WHERE subject = 'p-3'"));
        Assert.NotEqual(0, await _app.CountAsync("audit_entries WHERE action = 'member.sign-in-failed' AND after->>'method' = 'idp'"));
    }

    [Fact]
    public async Task SignIn_WithoutGroupsOrSubject_IsRefused_AndNobodyIsMade()
    {
        foreach (object person in new object[] { new { sub = "p-4", email = "nobody@example.test" }, new { email = "nobody@example.test", groups = new[] { "ops" } }, new { sub = "p-4", groups = new[] { "ops" } } })
        {
            _server.Person = person;
            using var client = new PageClient(_app);
            Assert.StartsWith("/sign-in?reason=", await SignInAsync(client), StringComparison.Ordinal);
        }
        Assert.Equal(0, await _app.CountAsync("members WHERE email = 'nobody@example.test'"));
    }

    [Fact]
    public async Task OpenRedirect_AfterTheProvider_StaysHere()
    {
        _server.Person = new { sub = "p-5", email = "five@example.test", groups = new[] { "acme" } };
        using var client = new PageClient(_app);
        Assert.Equal("/", await SignInAsync(client, "https://evil.example/"));
        using var direct = new PageClient(_app);
        Assert.Equal("/sign-in?reason=provider", (await direct.GetAsync("/sign-in/provider-done?returnUrl=//evil.example")).Location);
    }

    /// <summary>A code that another browser asked for: without its correlation cookie the answer is nobody's.</summary>
    [Fact]
    public async Task Callback_OfAnotherBrowser_IsRefused()
    {
        _server.Person = new { sub = "p-6", email = "six@example.test", groups = new[] { "ops" } };
        using var attacker = new PageClient(_app);
        var callback = await AuthorizeAsync(attacker, "/");
        using var victim = new PageClient(_app);
        Assert.Equal("/sign-in?reason=provider", (await victim.GetAsync(callback)).Location);
        Assert.Equal("/sign-in?returnUrl=%2Faccount", (await victim.GetAsync("/account")).Location);
    }

    [Fact]
    public async Task Role_OfAGroup_IsNotChangedByHand()
    {
        _server.Person = new { sub = "p-7", email = "seven@example.test", groups = new[] { "acme" } };
        using var client = new PageClient(_app);
        await SignInAsync(client);
        using var admin = await SignedIn.AsAsync(_app, Role.TenantAdmin, "acme");
        var caller = await admin.CallerAsync();
        var id = await _app.ScalarAsync<Guid>("SELECT member_id FROM members WHERE email = 'seven@example.test'");
        Assert.IsType<GivenByProvider>(await _app.Get<ChangeRole>().ExecuteAsync(caller, "acme", id, Role.TenantAdmin, CancellationToken.None));
    }

    /// <summary>As a browser goes: to the provider, back, and on. Where it ends.</summary>
    private async Task<string?> SignInAsync(PageClient client, string returnUrl = "/")
    {
        Assert.Contains("Sign in with Example ID", (await client.GetAsync("/sign-in")).Text, StringComparison.Ordinal);
        var done = await client.GetAsync(await AuthorizeAsync(client, returnUrl));
        return done.Location!.StartsWith("/sign-in/provider-done", StringComparison.Ordinal) ? (await client.GetAsync(done.Location)).Location : done.Location;
    }

    private async Task<string> AuthorizeAsync(PageClient client, string returnUrl)
    {
        var asked = await client.GetAsync($"/sign-in/provider?returnUrl={Uri.EscapeDataString(returnUrl)}");
        Assert.StartsWith(_server.Address, asked.Location, StringComparison.Ordinal);
        using var provider = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var response = await provider.GetAsync(asked.Location);
        return response.Headers.Location!.PathAndQuery;
    }

    private Task<string> RolesAsync(string email) => _app.ScalarAsync<string>(
        $"SELECT coalesce(string_agg(concat_ws(':', tenant_id, role, given_by), ', ' ORDER BY tenant_id), '') FROM memberships JOIN members USING (member_id) WHERE email = '{email}'");

    public sealed class ProviderApp : IAsyncLifetime
    {
        private readonly PostgresFixture _postgres = new();

        internal AuthorizationServer Server { get; private set; } = null!;

        internal ConsoleApp App { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await AuthorizationServer.StartAsync();
            App = await ConsoleApp.StartAsync(_postgres, Server.Settings(("ops", "Operator", null), ("help", "Support", null), ("acme-admins", "TenantAdmin", "acme"), ("acme", "TenantViewer", "acme"), ("gone", "TenantViewer", "nowhere")));
            await App.ExecuteAsync("INSERT INTO tenants (tenant_id, name, time_zone, created_at) VALUES ('acme', 'Acme', 'UTC', now()), ('globex', 'Globex', 'UTC', now())");
            // Cookies between the steps expire, and the client that keeps them goes by the real clock.
            App.Time.Now = TimeProvider.System.GetUtcNow();
        }

        public async Task DisposeAsync()
        {
            await App.DisposeAsync();
            await Server.DisposeAsync();
            await _postgres.DisposeAsync();
        }
    }
}
