using System.Net;
using AgentConsole.Access.Keys;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.Keys;

/// <summary>What a request with a key is let in as, if at all.</summary>
public sealed class KeyAuthenticationTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Reading = "/api/v1/requests";
    private readonly string _tenant = $"t-{Guid.NewGuid():N}"[..16];

    /// <summary>SQL text in a key, and other text that is none: refused as any unknown key is.</summary>
    [Theory]
    [InlineData("' OR '1'='1")]
    [InlineData("ac_'; DROP TABLE api_keys; --")]
    [InlineData("ac_000000000000_'; SELECT pg_sleep(9); --aaaaaaaaaaaaa")]
    [InlineData("{{7*7}}")]
    [InlineData("ac_")]
    [InlineData("*")]
    public async Task SqlTextInAKey_IsAnUnknownKey(string text)
    {
        using var client = shared.App.Client(key: null);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {text}");
        using var response = await client.GetAsync(Reading);
        await Json.ProblemAsync(response, 401);
        Assert.True(await shared.App.CountAsync("api_keys") >= 0);
    }

    [Fact]
    public async Task SqlTextInAName_IsAName()
    {
        const string Name = "'; DROP TABLE api_keys; --";
        var key = await shared.Client.CreateKeyAsync(await TenantAsync(), ["read"], body => body["name"] = Name);
        Assert.Equal(Name, await shared.App.ScalarAsync<string>($"SELECT name FROM api_keys WHERE key_id = '{key.Id}'"));
    }

    /// <summary>Auth cache collision: keys asked in turn and at once are never taken for each other.</summary>
    [Fact]
    public async Task AuthCacheCollision_AKeyIsItself()
    {
        var mine = await shared.Client.CreateKeyAsync(await TenantAsync(), ["admin"]);
        var other = await shared.Client.CreateKeyAsync(await shared.Client.CreateTenantAsync($"o{_tenant}"), ["admin"]);
        using var a = shared.App.Client(mine.Secret);
        using var b = shared.App.Client(other.Secret);
        var tenants = await Task.WhenAll(Enumerable.Range(0, 40).Select(async index =>
            (await (index % 2 == 0 ? a : b).GetJsonAsync("/api/v1/tenants")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("slug").GetString()!).Single()));
        Assert.Equal(Enumerable.Range(0, 40).Select(index => index % 2 == 0 ? mine.Tenant : other.Tenant), tenants);
    }

    /// <summary>Auth cache collision: the id finds a key and does not open it. Another secret with the same id, in perfect shape, is unknown.</summary>
    [Fact]
    public void AuthCacheCollision_TheSameIdIsNotTheSameKey()
    {
        var secret = KeySecret.New();
        var ring = new KeyRing([new(secret.Id, "acme", KeySecret.Hash(secret.Text), ["read"], [], null)], [], []);
        Assert.NotNull(ring.Find(secret.Text, ConsoleApp.Now));
        Assert.Null(ring.Find(KeySecret.New(secret.Id).Text, ConsoleApp.Now));
        Assert.Null(ring.Find(secret.Text.ToLowerInvariant(), ConsoleApp.Now));
        Assert.Null(ring.Find(secret.Text + " ", ConsoleApp.Now));
    }

    [Fact]
    public async Task Expiry_IsByTheClock_ToTheMoment()
    {
        var key = await shared.Client.CreateKeyAsync(await TenantAsync(), ["read"], body => body["expiresAt"] = "2026-11-20T19:00:00Z");
        await using var node = ConsoleApp.Start(shared.App.ConnectionString);
        using var client = node.Client(key.Secret);
        node.Time.Now = new(2026, 11, 20, 18, 59, 59, TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(Reading));
        node.Time.Now = new(2026, 11, 20, 19, 0, 0, TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync(Reading));
    }

    [Fact]
    public async Task Scope_Missing_IsForbidden()
    {
        using var client = shared.App.Client((await shared.Client.CreateKeyAsync(await TenantAsync(), ["ingest"])).Secret);
        using var response = await client.GetAsync(Reading);
        Assert.Contains("scope", await Json.ProblemAsync(response, 403), StringComparison.Ordinal);
        await client.SendUsageAsync(Json.Event("a", null));
    }

    /// <summary>A tenant's key puts usage into its own tenant, whatever the body says.</summary>
    [Fact]
    public async Task Ingest_ByATenantsKey_LandsInItsOwnTenant()
    {
        using var client = shared.App.Client((await shared.Client.CreateKeyAsync(await TenantAsync(), ["ingest"])).Secret);
        var victim = $"v{_tenant}";
        await client.SendUsageAsync(Json.Event("native", victim));
        await client.SendAsync("/api/v1/ingest/litellm", Json.Body($$$"""
            {"id":"litellm","call_type":"acompletion","status":"success","custom_llm_provider":"openai","model":"gpt-5","startTime":1795197600.1,"endTime":1795197601.9,"prompt_tokens":12,"completion_tokens":9,
             "metadata":{"user_api_key_org_id":"{{{victim}}}"}}
            """));
        await client.SendUsageAsync(Json.Event("refused", victim, item => item.Remove("model")));
        Assert.Equal((0, 2, 1), (
            await shared.App.CountAsync($"tenants WHERE tenant_id = '{victim}'"),
            await shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'"),
            await shared.App.CountAsync($"usage_rejections WHERE tenant_id = '{_tenant}'")));
    }

    [Theory]
    [InlineData("127.0.0.0/8", 200)]
    [InlineData("0.0.0.0/0", 200)]
    [InlineData("203.0.113.0/24", 403)]
    [InlineData("::/0", 403)]
    public async Task CidrParsing_OfAKeysAddresses_DecidesByTheConnections(string allowed, int status)
    {
        using var client = shared.App.Client((await AddressKeyAsync(allowed)).Secret);
        using var response = await client.GetAsync(Reading);
        if (status == 200) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        else Assert.Contains("address", await Json.ProblemAsync(response, status), StringComparison.Ordinal);
    }

    /// <summary>Identity headers from outside: what a request says of itself, beside its key, is not looked at.</summary>
    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("X-Real-IP", "203.0.113.7")]
    [InlineData("X-Original-Forwarded-For", "203.0.113.7")]
    [InlineData("X-Forwarded-User", "operator@example.test")]
    [InlineData("X-Remote-User", "operator")]
    [InlineData("X-MS-CLIENT-PRINCIPAL-NAME", "operator")]
    [InlineData("X-Tenant", "*")]
    [InlineData("X-Api-Key", ConsoleApp.ApiKey)]
    public async Task IdentityHeadersFromOutside_CountForNothing(string name, string value)
    {
        using var bound = shared.App.Client((await AddressKeyAsync("203.0.113.0/24")).Secret);
        bound.DefaultRequestHeaders.Add(name, value);
        Assert.Equal(HttpStatusCode.Forbidden, await bound.StatusAsync(Reading));
        using var nobody = shared.App.Client(key: null);
        nobody.DefaultRequestHeaders.Add(name, value);
        Assert.Equal(HttpStatusCode.Unauthorized, await nobody.StatusAsync(Reading));
        using var own = shared.App.Client((await shared.Client.CreateKeyAsync(_tenant, ["admin"])).Secret);
        own.DefaultRequestHeaders.Add(name, value);
        Assert.Equal(HttpStatusCode.Forbidden, await own.StatusAsync("/api/v1/keys?tenant=*"));
    }

    [Fact]
    public async Task ForwardedAddress_OfATrustedProxy_IsTheSenders()
    {
        var key = await AddressKeyAsync("203.0.113.0/24");
        await using var node = ConsoleApp.Start(shared.App.ConnectionString, new Dictionary<string, string?> { ["Edges:TrustedProxies"] = "127.0.0.0/8, ::1" });
        using var client = node.Client(key.Secret);
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync(Reading));
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.1, 203.0.113.7");
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(Reading));
        // Only what the trusted proxy itself saw counts: the rest is the sender's own claim.
        client.DefaultRequestHeaders.Remove("X-Forwarded-For");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7, 198.51.100.1");
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync(Reading));
    }

    [Fact]
    public async Task LastUse_AndTheCount_AreWrittenTogether()
    {
        var key = await shared.Client.CreateKeyAsync(await TenantAsync(), ["admin"]);
        using var client = shared.App.Client(key.Secret);
        for (var request = 0; request < 3; request++) await client.GetJsonAsync("/api/v1/keys");
        Assert.Equal(0, await shared.App.CountAsync($"api_keys WHERE key_id = '{key.Id}' AND last_used_at IS NOT NULL"));

        await shared.App.Get<CountKeyUses>().WriteAsync(CancellationToken.None);

        var listed = Assert.Single((await client.GetJsonAsync("/api/v1/keys")).GetProperty("items").EnumerateArray());
        Assert.Equal((ConsoleApp.Now, 3), (listed.GetProperty("lastUsedAt").GetDateTimeOffset(), listed.GetProperty("requests24h").GetInt32()));
        await shared.App.Get<CountKeyUses>().WriteAsync(CancellationToken.None);
        Assert.Equal(4, await shared.App.ScalarAsync<long>($"SELECT requests FROM api_key_uses WHERE key_id = '{key.Id}'"));
    }

    /// <summary>A sender that is told 401 gives up; this one is to come again.</summary>
    [Fact]
    public async Task Keys_NotReadYet_AreNotUnknown()
    {
        await using var fixture = new Databases();
        await using var app = ConsoleApp.Start(await fixture.Postgres.CreateDatabaseAsync());
        using var client = app.Client(KeySecret.New().Text);
        using var response = await client.GetAsync(Reading);
        await Json.ProblemAsync(response, 503);
        Assert.NotNull(response.Headers.RetryAfter);
        using var nobody = app.Client(key: null);
        Assert.Equal(HttpStatusCode.Unauthorized, await nobody.StatusAsync(Reading));
    }

    private async Task<MadeKey> AddressKeyAsync(string allowed) =>
        await shared.Client.CreateKeyAsync(await TenantAsync(), ["read"], body => body["allowedAddresses"] = new System.Text.Json.Nodes.JsonArray(allowed));

    private async Task<string> TenantAsync() =>
        await shared.App.CountAsync($"tenants WHERE tenant_id = '{_tenant}'") > 0 ? _tenant : await shared.Client.CreateTenantAsync(_tenant);

    private sealed class Databases : IAsyncDisposable
    {
        public PostgresFixture Postgres { get; } = new();

        public async ValueTask DisposeAsync() => await Postgres.DisposeAsync();
    }
}
