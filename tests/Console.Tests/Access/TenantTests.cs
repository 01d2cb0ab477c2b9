using System.Net;
using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access;

public sealed class TenantTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _tenant = $"t-{Guid.NewGuid():N}"[..16];

    [Theory]
    [InlineData("a", true)]
    [InlineData("Acme-1.eu_west:x@y", true)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("", false)]
    [InlineData("*", false)]
    [InlineData("-a", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    public void Id_IsAShortSlug(string id, bool valid) => Assert.Equal(valid, Tenant.IsValidId(id));

    [Fact]
    public async Task Create_ThenAgain_IsTaken()
    {
        using var made = await PostAsync("/api/v1/tenants", $$"""{"slug":"{{_tenant}}","name":" Acme ","timeZone":"Asia/Kathmandu"}""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var tenant = await Json.ReadAsync(made);
        Assert.Equal((_tenant, "Acme", "Asia/Kathmandu", "active"), (Text(tenant, "slug"), Text(tenant, "name"), Text(tenant, "timeZone"), Text(tenant, "status")));
        using var again = await PostAsync("/api/v1/tenants", $$"""{"slug":"{{_tenant}}","name":"Other","timeZone":"UTC"}""");
        await Json.ProblemAsync(again, 409);
        Assert.Equal("Acme", Text(await shared.Client.GetJsonAsync($"/api/v1/tenants/{_tenant}"), "name"));
    }

    [Theory]
    [InlineData("""{"slug":"a b","name":"A","timeZone":"UTC"}""", "tenant id")]
    [InlineData("""{"slug":"*","name":"A","timeZone":"UTC"}""", "tenant id")]
    [InlineData("""{"slug":"ok","name":"","timeZone":"UTC"}""", "name")]
    [InlineData("""{"slug":"ok","timeZone":"UTC"}""", "name is required")]
    [InlineData("""{"slug":"ok","name":"A","timeZone":"Mars/Olympus"}""", "IANA")]
    [InlineData("""{"slug":"ok","name":"A","timeZone":7}""", "not text")]
    [InlineData("7", "object")]
    public async Task Create_ThatIsWrong_IsRefusedWithTheReason(string body, string reason)
    {
        using var response = await PostAsync("/api/v1/tenants", body);
        Assert.Contains(reason, await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    /// <summary>The zone of a read that names none is the tenant's, as it is now.</summary>
    [Fact]
    public async Task Save_TimeZone_HoldsFromTheNextReadOn()
    {
        await shared.Client.CreateTenantAsync(_tenant);
        var read = $"/api/v1/usage/breakdown?tenant={_tenant}&from=2026-11-01&to=2026-11-02&grain=day";
        Assert.Equal("UTC", Text(await shared.Client.GetJsonAsync(read), "tz"));
        using var saved = await PutAsync(_tenant, """{"name":"Acme","timeZone":"Asia/Kathmandu","contact":"ops@acme.example","currency":"eur","usdRate":"0.92"}""");
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.Equal("Asia/Kathmandu", Text(await shared.Client.GetJsonAsync(read), "tz"));
        var tenant = await shared.Client.GetJsonAsync($"/api/v1/tenants/{_tenant}");
        Assert.Equal(("ops@acme.example", "EUR", "0.92"), (Text(tenant, "contact"), Text(tenant, "currency"), Text(tenant, "usdRate")));
        Assert.Equal("UTC Asia/Kathmandu", await shared.App.ScalarAsync<string>(
            $"SELECT (before->>'timeZone') || ' ' || (after->>'timeZone') FROM audit_entries WHERE tenant_id = '{_tenant}' AND action = 'tenants.save'"));
    }

    [Theory]
    [InlineData("""{"name":"A","timeZone":"UTC","currency":"EUR"}""", "together")]
    [InlineData("""{"name":"A","timeZone":"UTC","usdRate":"0.9"}""", "together")]
    [InlineData("""{"name":"A","timeZone":"UTC","currency":"USD","usdRate":"1"}""", "USD needs none")]
    [InlineData("""{"name":"A","timeZone":"UTC","currency":"EURO","usdRate":"0.9"}""", "three letters")]
    [InlineData("""{"name":"A","timeZone":"UTC","currency":"EUR","usdRate":"0"}""", "above 0")]
    [InlineData("""{"name":"A","timeZone":"UTC","currency":"EUR","usdRate":"0.1234567"}""", "6 decimals")]
    [InlineData("""{"name":"A","timeZone":"UTC","currency":"EUR","usdRate":"1e3"}""", "decimal")]
    [InlineData("""{"name":"A\u0000","timeZone":"UTC"}""", "one line")]
    public async Task Save_ThatIsWrong_IsRefusedWithTheReason(string body, string reason)
    {
        await shared.Client.CreateTenantAsync(_tenant);
        using var response = await PutAsync(_tenant, body);
        Assert.Contains(reason, await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    /// <summary>Object-level authorization on tenants: another one is not there, and its own it may not suspend.</summary>
    [Fact]
    public async Task ObjectLevelAuthorization_OnAnotherTenantItself_FindsNothing()
    {
        await shared.Client.CreateTenantAsync(_tenant);
        var foreign = await shared.Client.CreateTenantAsync($"o{_tenant}");
        using var client = shared.App.Client((await shared.Client.CreateKeyAsync(_tenant, ["admin"])).Secret);
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync($"/api/v1/tenants/{foreign}"));
        using var saved = await client.PutAsync($"/api/v1/tenants/{foreign}", Json.Body("""{"name":"Mine now","timeZone":"UTC"}"""));
        await Json.ProblemAsync(saved, 404);
        using var own = await client.PutAsync($"/api/v1/tenants/{_tenant}", Json.Body("""{"name":"Renamed","timeZone":"UTC"}"""));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        using var suspended = await client.PostAsync($"/api/v1/tenants/{_tenant}/suspend", null);
        await Json.ProblemAsync(suspended, 403);
        Assert.Equal(_tenant, Text(Assert.Single((await client.GetJsonAsync("/api/v1/tenants")).GetProperty("items").EnumerateArray()), "slug"));
    }

    [Fact]
    public async Task Suspended_IngestionIsForbidden_AndReadingIsNot()
    {
        await shared.Client.CreateTenantAsync(_tenant);
        using var client = shared.App.Client((await shared.Client.CreateKeyAsync(_tenant, ["ingest", "read"])).Secret);
        await client.SendUsageAsync(Json.Event("before", null));
        using (var suspended = await PostAsync($"/api/v1/tenants/{_tenant}/suspend", "")) Assert.Equal("suspended", Text(await Json.ReadAsync(suspended), "status"));

        foreach (var (path, body) in new[] { ("/api/v1/usage", Json.Event("during", null).ToJsonString()), ("/v1/traces", "{}"), ("/api/v1/ingest/litellm", "{}"), ("/api/v1/ingest/openrouter", "{}") })
        {
            using var refused = await client.PostAsync(path, Json.Body(body));
            Assert.Contains("suspended", await Json.ProblemAsync(refused, 403), StringComparison.Ordinal);
        }
        Assert.Equal(1, (await client.GetJsonAsync("/api/v1/requests?from=2026-11-01")).GetProperty("items").GetArrayLength());
        using (await PostAsync($"/api/v1/tenants/{_tenant}/resume", "")) await client.SendUsageAsync(Json.Event("after", null));
        Assert.Equal(2, await shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'"));
    }

    /// <summary>A platform's key sends for many: the suspended one's are refused and told, the others are taken; a body of nothing else is refused as a whole.</summary>
    [Fact]
    public async Task Suspended_IsRefusedOfThePlatformsKey_Too()
    {
        await shared.Client.CreateTenantAsync(_tenant);
        using (await PostAsync($"/api/v1/tenants/{_tenant}/suspend", "")) { }
        var answer = await shared.Client.SendUsageAsync(Json.Array([Json.Event("a", _tenant), Json.Event("b", $"o{_tenant}")]));
        Assert.Equal(1, answer.Accepted);
        Assert.Equal((0, "a"), (Assert.Single(answer.Rejected).Index, answer.Rejected[0].Id));
        Assert.Contains("suspended", answer.Rejected[0].Error, StringComparison.Ordinal);
        using var refused = await PostAsync("/api/v1/usage", Json.Event("c", _tenant).ToJsonString());
        await Json.ProblemAsync(refused, 403);
        Assert.Equal(0, await shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'"));
    }

    [Fact]
    public async Task Suspend_Twice_IsOnce_AndOfNone_IsNotFound()
    {
        await shared.Client.CreateTenantAsync(_tenant);
        for (var time = 0; time < 2; time++) using (await PostAsync($"/api/v1/tenants/{_tenant}/suspend", "")) { }
        Assert.Equal(1, await shared.App.CountAsync($"audit_entries WHERE tenant_id = '{_tenant}' AND action = 'tenants.suspend'"));
        using var nowhere = await PostAsync("/api/v1/tenants/nowhere/suspend", "");
        await Json.ProblemAsync(nowhere, 404);
    }

    [Fact]
    public async Task List_InPages_HasEveryTenantOnce()
    {
        for (var index = 0; index < 5; index++) await shared.Client.CreateTenantAsync($"{_tenant}-{index}");
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await shared.Client.GetJsonAsync($"/api/v1/tenants?search={_tenant.ToUpperInvariant()}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => Text(item, "slug")!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 5).Select(index => $"{_tenant}-{index}"), seen);
    }

    /// <summary>A tenant that usage made must not lose what a person then says about it.</summary>
    [Fact]
    public async Task Usage_OfAKnownTenant_LeavesItsNameAndZone()
    {
        await shared.Client.SendUsageAsync(Json.Event("a", _tenant));
        Assert.True((await shared.App.Get<SaveTenant>().ExecuteAsync(_tenant, new("Named", "Asia/Tokyo"), Caller.System, CancellationToken.None)).Ok);
        await shared.Client.SendUsageAsync(Json.Event("b", _tenant));
        Assert.Equal("Asia/Tokyo", (await shared.App.Get<TenantQueries>().FindAsync(Reach.Platform, _tenant, CancellationToken.None))!.TimeZone);
    }

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private Task<HttpResponseMessage> PostAsync(string path, string body) => shared.Client.PostAsync(path, Json.Body(body));

    private Task<HttpResponseMessage> PutAsync(string slug, string body) => shared.Client.PutAsync($"/api/v1/tenants/{slug}", Json.Body(body));
}
