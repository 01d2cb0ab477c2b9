using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Access.Keys;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.Keys;

/// <summary>Making, rotating and ending keys over HTTP, and what a key may then do.</summary>
public sealed class KeyApiTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Reading = "/api/v1/requests";
    private readonly string _tenant = $"t-{Guid.NewGuid():N}"[..16];

    [Fact]
    public async Task Create_GivesASecretOnce_AndTheStoreHasNone()
    {
        var key = await CreateAsync("read");
        Assert.Equal(($"ac_{key.Id}", _tenant), (key.Prefix, key.Tenant));
        using var client = shared.App.Client(key.Secret);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(Reading));
        var listed = await shared.Client.GetJsonAsync($"/api/v1/keys?tenant={_tenant}");
        Assert.Equal(JsonValueKind.Null, Assert.Single(listed.GetProperty("items").EnumerateArray()).GetProperty("secret").ValueKind);
        Assert.DoesNotContain(key.Secret[16..], listed.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await shared.App.CountAsync($"api_keys AS k WHERE k::text LIKE '%{key.Secret[16..]}%'"));
        Assert.Equal(0, await shared.App.CountAsync($"audit_entries AS a WHERE a::text LIKE '%{key.Secret[16..]}%'"));
        Assert.Equal(Convert.ToHexString(KeySecret.Hash(key.Secret)), await shared.App.ScalarAsync<string>($"SELECT upper(encode(secret_hash, 'hex')) FROM api_keys WHERE key_id = '{key.Id}'"));
    }

    [Theory]
    [InlineData("""{"name":"","scopes":["read"]}""", "name")]
    [InlineData("""{"scopes":["read"]}""", "name is required")]
    [InlineData("""{"name":"a\nb","scopes":["read"]}""", "one line")]
    [InlineData("""{"name":"a\ud800","scopes":["read"]}""", "valid text")]
    [InlineData("""{"name":"a"}""", "scopes is required")]
    [InlineData("""{"name":"a","scopes":[]}""", "at least one")]
    [InlineData("""{"name":"a","scopes":["root"]}""", "root")]
    [InlineData("""{"name":"a","scopes":"read"}""", "not a list")]
    [InlineData("""{"name":"a","scopes":["read"],"expiresAt":"2020-01-01T00:00:00Z"}""", "past")]
    [InlineData("""{"name":"a","scopes":["read"],"expiresAt":"tomorrow"}""", "ISO 8601")]
    [InlineData("""{"name":"a","scopes":["read"],"allowedAddresses":["10.0.0.1/8"]}""", "10.0.0.1/8")]
    [InlineData("""{"name":"a","scopes":["read"],"tenant":"no tenant"}""", "tenant id")]
    [InlineData("[]", "object")]
    [InlineData("{", "JSON")]
    public async Task Create_ThatIsWrong_IsRefusedWithTheReason(string body, string reason)
    {
        using var response = await shared.Client.PostAsync("/api/v1/keys", Json.Body(body));
        Assert.Contains(reason, await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    /// <summary>"Null tenant = everyone": a tenant that is said and empty makes no key of the platform.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public async Task NullTenantIsNotEveryone_SaidOrEmpty_MakesNoKey(string tenant)
    {
        using var response = await shared.Client.PostAsync("/api/v1/keys", Json.Body($$"""{"tenant":{{tenant}},"name":"a","scopes":["read"]}"""));
        await Json.ProblemAsync(response, 400);
        Assert.Equal(0, await shared.App.CountAsync("api_keys WHERE tenant_id = '' OR tenant_id IS NULL"));
    }

    [Fact]
    public async Task Create_WithoutATenant_IsOfTheCallersOwnPlace()
    {
        var platform = await shared.Client.CreateKeyAsync(null, ["read"]);
        Assert.Equal("*", platform.Tenant);
        using var client = shared.App.Client((await CreateAsync("admin")).Secret);
        Assert.Equal(_tenant, (await client.CreateKeyAsync(null, ["admin"])).Tenant);
    }

    [Fact]
    public async Task Create_ForATenantThatThereIsNot_IsNotFound()
    {
        using var response = await shared.Client.PostKeyAsync("nowhere", ["read"]);
        await Json.ProblemAsync(response, 404);
    }

    /// <summary>Object-level authorization on keys: a tenant's key has nothing to do with another's, nor with the platform's, whatever it names.</summary>
    [Fact]
    public async Task ObjectLevelAuthorization_OnKeysOfAnotherTenant_FindsNothing()
    {
        var foreign = await shared.Client.CreateKeyAsync(await shared.Client.CreateTenantAsync($"o{_tenant}"), ["read"]);
        var platform = await shared.Client.CreateKeyAsync("*", ["read"]);
        using var client = shared.App.Client((await CreateAsync("admin")).Secret);
        foreach (var id in new[] { foreign.Id, platform.Id, "nothing" })
        {
            using var rotated = await client.PostAsync($"/api/v1/keys/{id}/rotate", Json.Body("{}"));
            await Json.ProblemAsync(rotated, 404);
            using var revoked = await client.DeleteAsync($"/api/v1/keys/{id}");
            await Json.ProblemAsync(revoked, 404);
        }
        foreach (var tenant in new[] { foreign.Tenant, "*" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync($"/api/v1/keys?tenant={tenant}"));
            using var created = await client.PostKeyAsync(tenant, ["admin"]);
            await Json.ProblemAsync(created, 403);
        }
        Assert.All((await client.GetJsonAsync("/api/v1/keys")).GetProperty("items").EnumerateArray(), item => Assert.Equal(_tenant, item.GetProperty("tenant").GetString()));
        using var still = shared.App.Client(foreign.Secret);
        Assert.Equal(HttpStatusCode.OK, await still.StatusAsync(Reading));
    }

    [Fact]
    public async Task Create_WithAScopeThatTheCallerLacks_IsRefused()
    {
        using var client = shared.App.Client((await CreateAsync("admin", "read")).Secret);
        using var response = await client.PostKeyAsync(_tenant, ["read", "ingest"]);
        Assert.Contains("ingest", await Json.ProblemAsync(response, 403), StringComparison.Ordinal);
        await client.CreateKeyAsync(_tenant, ["read"]);
    }

    [Fact]
    public async Task Rotate_OfAKeyWithMoreScopes_IsRefused()
    {
        var more = await CreateAsync("ingest");
        using var client = shared.App.Client((await CreateAsync("admin")).Secret);
        using var response = await client.PostAsync($"/api/v1/keys/{more.Id}/rotate", Json.Body("{}"));
        await Json.ProblemAsync(response, 403);
    }

    /// <summary>Unguarded admin endpoint: without a key, and with every scope but the one it needs.</summary>
    [Theory]
    [InlineData("GET", "/api/v1/keys")]
    [InlineData("POST", "/api/v1/keys")]
    [InlineData("POST", "/api/v1/keys/x/rotate")]
    [InlineData("DELETE", "/api/v1/keys/x")]
    [InlineData("GET", "/api/v1/tenants")]
    [InlineData("GET", "/api/v1/tenants/x")]
    [InlineData("POST", "/api/v1/tenants")]
    [InlineData("PUT", "/api/v1/tenants/x")]
    [InlineData("POST", "/api/v1/tenants/x/suspend")]
    [InlineData("POST", "/api/v1/tenants/x/resume")]
    public async Task UnguardedAdminEndpoint_ThereIsNone(string method, string path)
    {
        using var nobody = shared.App.Client(key: null);
        using var refused = await nobody.SendAsync(new(new(method), path));
        await Json.ProblemAsync(refused, 401);
        using var other = shared.App.Client((await shared.Client.CreateKeyAsync("*", ["ingest", "read", "limits"])).Secret);
        using var forbidden = await other.SendAsync(new(new(method), path));
        await Json.ProblemAsync(forbidden, 403);
    }

    [Fact]
    public async Task Rotate_LeavesBothUntilTheGraceIsOver()
    {
        var old = await CreateAsync("read");
        var next = await RotateAsync(old, 30);
        using var before = shared.App.Client(old.Secret);
        using var after = shared.App.Client(next.Secret);
        Assert.NotEqual(old.Secret, next.Secret);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await before.StatusAsync(Reading), await after.StatusAsync(Reading)));
        Assert.Equal("rotating", await StatusOfAsync(old));
        using var again = await shared.Client.PostAsync($"/api/v1/keys/{old.Id}/rotate", Json.Body("{}"));
        await Json.ProblemAsync(again, 409);

        var now = await RotateAsync(next, 0);
        using var last = shared.App.Client(now.Secret);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await after.StatusAsync(Reading), await last.StatusAsync(Reading)));
        Assert.Equal("rotated", await StatusOfAsync(next));
    }

    [Theory]
    [InlineData("""{"graceMinutes":-1}""")]
    [InlineData("""{"graceMinutes":43201}""")]
    [InlineData("""{"graceMinutes":"1"}""")]
    [InlineData("""{"graceMinutes":1.5}""")]
    public async Task Rotate_WithAGraceThatIsNone_IsRefused(string body)
    {
        var key = await CreateAsync("read");
        using var response = await shared.Client.PostAsync($"/api/v1/keys/{key.Id}/rotate", Json.Body(body));
        await Json.ProblemAsync(response, 400);
        Assert.Equal("active", await StatusOfAsync(key));
    }

    [Fact]
    public async Task Rotate_ManyAtOnce_MakesOneKey()
    {
        var key = await CreateAsync("read");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shared.Client.PostAsync($"/api/v1/keys/{key.Id}/rotate", Json.Body("{}"))));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(2, await shared.App.CountAsync($"api_keys WHERE tenant_id = '{_tenant}'"));
    }

    /// <summary>Delete by name races: a key is ended by its id, so its namesake, older or newer, goes on; however many end it at once, it is ended and written down once.</summary>
    [Fact]
    public async Task DeleteByNameRaces_NamesakesAndManyAtOnce_EndOneKeyOnce()
    {
        var (first, second) = (await CreateAsync("read"), await CreateAsync("read"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shared.Client.DeleteAsync($"/api/v1/keys/{first.Id}")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
        var third = await CreateAsync("read");
        using var again = await shared.Client.DeleteAsync($"/api/v1/keys/{first.Id}");
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        foreach (var (key, status) in new[] { (first, HttpStatusCode.Unauthorized), (second, HttpStatusCode.OK), (third, HttpStatusCode.OK) })
        {
            using var client = shared.App.Client(key.Secret);
            Assert.Equal(status, await client.StatusAsync(Reading));
        }
        Assert.Equal(1, await shared.App.CountAsync($"audit_entries WHERE tenant_id = '{_tenant}' AND action = 'keys.revoke'"));
    }

    [Fact]
    public async Task Writes_AreAudited_WithWhoAndWhat()
    {
        var key = await CreateAsync("read");
        await RotateAsync(key, 5);
        using var _ = await shared.Client.DeleteAsync($"/api/v1/keys/{key.Id}");
        Assert.Equal(
            $"key:bootstrap tenants.create {_tenant}, key:bootstrap keys.create {key.Prefix}, key:bootstrap keys.rotate {key.Prefix}, key:bootstrap keys.revoke {key.Prefix}",
            await shared.App.ScalarAsync<string>($"SELECT string_agg(actor || ' ' || action || ' ' || subject, ', ' ORDER BY sequence) FROM audit_entries WHERE tenant_id = '{_tenant}'"));
    }

    [Fact]
    public async Task List_InPages_HasEveryKeyOnce_AndFindsThem()
    {
        var made = new List<string>();
        for (var index = 0; index < 7; index++) made.Add((await CreateAsync("read")).Id);
        await shared.Client.CreateKeyAsync(_tenant, ["read"], body => (body["name"], body["expiresAt"]) = ("100%_sure", "2026-11-25T00:00:00Z"));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await shared.Client.GetJsonAsync($"/api/v1/keys?tenant={_tenant}&search=a%20key&limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(made.Order(), seen.Order());
        Assert.Equal(1, await CountAsync("search=0%25_S"));
        Assert.Equal(0, await CountAsync("search=%25%25"));
        Assert.Equal(0, await CountAsync("search=%00%25%25"));
        Assert.Equal(1, await CountAsync($"search=ac_{made[0]}"));
        Assert.Equal(1, await CountAsync("status=expiring"));
        using var _ = await shared.Client.DeleteAsync($"/api/v1/keys/{made[0]}");
        Assert.Equal((7, 1), (await CountAsync("status=live"), await CountAsync("status=over")));
        foreach (var query in new[] { "limit=0", "status=dead", "cursor=!" }) Assert.Equal(HttpStatusCode.BadRequest, await shared.Client.StatusAsync($"/api/v1/keys?{query}"));
    }

    /// <summary>CIDR parsing, as a sender sees it: what can be read in two ways makes no key, not even beside ranges that are right.</summary>
    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.1/16")]
    [InlineData("010.0.0.1")]
    [InlineData("0/0")]
    [InlineData("2001:db8::1/64")]
    [InlineData("::ffff:10.0.0.0/8")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.0.0.0/8,0.0.0.0/0")]
    public async Task CidrParsing_OfWhatIsNoRange_MakesNoKey(string range)
    {
        await CreateAsync("read");
        using var response = await shared.Client.PostKeyAsync(_tenant, ["read"], body => body["allowedAddresses"] = new JsonArray("203.0.113.0/24", range));
        Assert.Contains(range, await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
        Assert.Equal(1, await shared.App.CountAsync($"api_keys WHERE tenant_id = '{_tenant}'"));
    }

    private async Task<int> CountAsync(string query) => (await shared.Client.GetJsonAsync($"/api/v1/keys?tenant={_tenant}&{query}")).GetProperty("items").GetArrayLength();

    private async Task<MadeKey> CreateAsync(params string[] scopes)
    {
        if (await shared.App.CountAsync($"tenants WHERE tenant_id = '{_tenant}'") == 0) await shared.Client.CreateTenantAsync(_tenant);
        return await shared.Client.CreateKeyAsync(_tenant, scopes);
    }

    private async Task<MadeKey> RotateAsync(MadeKey key, int graceMinutes)
    {
        using var response = await shared.Client.PostAsync($"/api/v1/keys/{key.Id}/rotate", Json.Body(new JsonObject { ["graceMinutes"] = graceMinutes }.ToJsonString()));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await Json.ReadAsync(response)).Deserialize<MadeKey>(JsonSerializerOptions.Web)!;
    }

    private async Task<string?> StatusOfAsync(MadeKey key) =>
        Assert.Single((await shared.Client.GetJsonAsync($"/api/v1/keys?search={key.Prefix}")).GetProperty("items").EnumerateArray()).GetProperty("status").GetString();
}
