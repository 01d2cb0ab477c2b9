using System.Net;
using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>Every endpoint that the running app has, asked by every kind of caller, for its own and for foreign things, by every name they could be asked by.</summary>
[Collection(nameof(TwoTenants))]
public sealed class EndpointFuzzTests(TwoTenants shared)
{
    private static readonly string[] Queries =
    [
        "", "tenant=bravo", "tenant=alpha", "tenant=alpha&tenant=bravo", "tenant=", "tenant=BRAVO", "tenant=*", "tenant=%27%20OR%201=1--",
        "groupBy=tenant,user,model&grain=day", "groupBy=user,key,team,agent,tool,prompt,promptVersion,source&tenant=bravo", "user=foreignmark-user", "model=foreignmark-model&groupBy=tenant",
        "sort=-cost&limit=1000", "sort=latencyMs&minCost=0&tag.env=", "session=foreignmark-session&fallback=true", "conflict=any", "unpriced=true", "search=model", "retired=true&limit=1000", "source=native", "preview=true&format=genai-prices", "confirm=true",
    ];

    /// <summary>All that answer to some and not to all.</summary>
    private IEnumerable<RouteEndpoint> Endpoints => shared.App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(static endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not null)
        .Where(static endpoint => !Path(endpoint).StartsWith("/_", StringComparison.Ordinal) && !Path(endpoint).Contains("**", StringComparison.Ordinal));

    [Fact]
    public async Task Answer_ToWhoeverIsConfinedToOneTenant_HasNothingOfAnother()
    {
        var before = await shared.CountsAsync(TwoTenants.Foreign);
        var (leaks, asked) = (new List<string>(), 0);
        foreach (var caller in TestCaller.Confined)
        {
            using var client = TestSignIn.Client(shared.App, caller);
            await Parallel.ForEachAsync(Asks(), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (ask, _) =>
            {
                using var response = await client.SendAsync(ask.Request());
                var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
                Interlocked.Increment(ref asked);
                // What the caller itself sends may come back.
                if (TwoTenants.Leak(ask.Sent.Aggregate(text, static (rest, sent) => rest.Replace(sent, "", StringComparison.Ordinal))) is { } leak)
                    lock (leaks) leaks.Add($"{caller} {ask}: {(int)response.StatusCode} {leak}");
                if ((int)response.StatusCode >= 500) lock (leaks) leaks.Add($"{caller} {ask}: {(int)response.StatusCode} {text}");
            });
        }
        Assert.True(leaks.Count == 0, string.Join('\n', leaks.Take(20)));
        Assert.True(asked > 1000, $"{asked} requests are not many");
        Assert.Equal(before, await shared.CountsAsync(TwoTenants.Foreign));
    }

    /// <summary>The same requests of one who may see both tenants: what is looked for above is there to be found.</summary>
    [Fact]
    public async Task Answer_ToThePlatform_HasBoth()
    {
        using var client = TestSignIn.Client(shared.App, TestCaller.PlatformKey);
        foreach (var path in new[] { "/api/v1/usage/breakdown?groupBy=model", "/api/v1/requests", "/api/v1/requests/bravo/bravo-request-0", "/api/v1/requests/bravo/bravo-request-0/content", "/api/v1/usage/conflicts", "/api/v1/prices?search=-model", "/api/v1/prices/unpriced", "/api/v1/export/usage.csv", "/api/v1/export/focus.csv", "/api/v1/tenants", "/api/v1/keys", "/api/v1/budgets", "/api/v1/channels", "/api/v1/deliveries", "/api/v1/alert-rules", "/api/v1/cases", "/api/v1/limits", "/api/v1/limits/effective?tenant=bravo&user=foreignmark-user", "/api/v1/limits/state", "/api/v1/limits/refusals" })
            Assert.NotNull(TwoTenants.Leak(await client.GetStringAsync(path)));
    }

    [Fact]
    public async Task Endpoint_WithoutItsPermission_IsRefused()
    {
        var wrong = new List<string>();
        foreach (var caller in TestCaller.All)
        {
            using var client = TestSignIn.Client(shared.App, caller);
            foreach (var endpoint in Endpoints.Where(static endpoint => Needs(endpoint).Any()))
            {
                using var response = await client.SendAsync(new Ask(endpoint, Fill(Path(endpoint), TwoTenants.Own), Method(endpoint), "", null).Request());
                var expected = Needs(endpoint).All(caller.Caller.CanSomewhere) ? (HttpStatusCode?)null : caller.Claims.Length == 0 ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden;
                var refused = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                if (expected is null ? refused : response.StatusCode != expected) wrong.Add($"{caller} {Method(endpoint)} {Path(endpoint)}: {(int)response.StatusCode}");
            }
        }
        Assert.Equal("", string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("/api/v1/requests/bravo/bravo-request-0", 404)]
    [InlineData("/api/v1/requests/bravo/bravo-request-0/content", 404)]
    [InlineData("/api/v1/requests/bravo/nothing", 404)]
    [InlineData("/api/v1/requests/alpha/bravo-request-0", 404)]
    [InlineData("/api/v1/prices/reprice/{foreign run}", 404)]
    [InlineData("/api/v1/requests?tenant=bravo", 403)]
    [InlineData("/api/v1/usage/breakdown?tenant=alpha&tenant=bravo", 403)]
    [InlineData("/api/v1/usage/conflicts?tenant=bravo", 403)]
    [InlineData("/api/v1/export/usage.csv?tenant=bravo", 403)]
    [InlineData("/api/v1/export/focus.csv?tenant=bravo", 403)]
    [InlineData("/api/v1/prices?tenant=bravo", 403)]
    [InlineData("/api/v1/prices/unpriced?tenant=bravo", 403)]
    [InlineData("/api/v1/tenants/bravo", 404)]
    [InlineData("/api/v1/keys?tenant=bravo", 403)]
    [InlineData("/api/v1/cases?tenant=bravo", 403)]
    [InlineData("/api/v1/limits?tenant=bravo", 403)]
    [InlineData("/api/v1/limits/effective?tenant=bravo", 403)]
    [InlineData("/api/v1/limits/state?tenant=bravo", 403)]
    [InlineData("/api/v1/limits/refusals?tenant=bravo", 403)]
    public async Task ObjectLevelAuthorization_OnRequestsExportsAndTheRest_FindsNothing_AndAForeignFilterIsRefused(string path, int status)
    {
        using var client = TestSignIn.Client(shared.App, TestCaller.Confined.Single(static caller => caller.Name == "full-key"));
        using var response = await client.GetAsync(path.Replace("{foreign run}", shared.ForeignRun.ToString(), StringComparison.Ordinal));
        await Json.ProblemAsync(response, status);
        using var own = await client.GetAsync(path.Replace("{foreign run}", shared.OwnRun.ToString(), StringComparison.Ordinal).Replace("bravo", "alpha", StringComparison.Ordinal).Replace("nothing", "alpha-request-1", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task Reprice_OfAForeignTenant_OrToBeApplied_IsRefused()
    {
        using var client = TestSignIn.Client(shared.App, TestCaller.Confined.Single(static caller => caller.Name == "full-key"));
        foreach (var body in new[] { """{"from":"2026-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z","tenant":"bravo"}""", """{"from":"2026-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z","tenant":"alpha","apply":true}""" })
        {
            using var response = await client.PostAsync("/api/v1/prices/reprice", Json.Body(body));
            await Json.ProblemAsync(response, 403);
        }
    }

    [Fact]
    public async Task Ingest_NamingAForeignTenant_BelongsToTheKeysOwn()
    {
        using var client = TestSignIn.Client(shared.App, TestCaller.Confined.Single(static caller => caller.Name == "ingest-key"));
        await client.SendUsageAsync(Json.Event("named-foreign", TwoTenants.Foreign));
        Assert.Equal(TwoTenants.Own, await shared.App.ScalarAsync<string>("SELECT tenant_id FROM usage_keys WHERE event_id = 'named-foreign'"));
    }

    private static IEnumerable<Permission> Needs(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(static data => Permissions.OfPolicy(data.Policy)).OfType<Permission>();

    private static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    private static string Method(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0];

    private string Fill(string path, string tenant) => path
        .Replace("{tenant}", tenant, StringComparison.Ordinal)
        .Replace("{slug}", tenant, StringComparison.Ordinal)
        .Replace("{id:guid}", (tenant == TwoTenants.Own ? shared.OwnRun : shared.ForeignRun).ToString(), StringComparison.Ordinal)
        .Replace("{id}", $"{tenant}-request-0", StringComparison.Ordinal);

    private IEnumerable<Ask> Asks() =>
        from endpoint in Endpoints
        from path in new[] { Fill(Path(endpoint), TwoTenants.Foreign), Fill(Path(endpoint), TwoTenants.Own), Fill(Path(endpoint), TwoTenants.Own).Replace("alpha-request-0", "bravo-request-0", StringComparison.Ordinal) }.Distinct()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        // A page's answer over HTTP is the same empty frame for all; what it shows is asked elsewhere.
        from query in endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null ? ["", "tenant=bravo"] : method == "GET" ? Queries : ["", "tenant=bravo&confirm=true", "format=genai-prices&preview=true"]
        from body in method == "GET" ? [null] : Bodies
        select new Ask(endpoint, path, method, query, body);

    private static readonly string?[] Bodies =
    [
        "{}", "[]", """{"from":"2026-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z"}""", """{"from":"2026-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z","tenant":"bravo"}""",
        """{"from":"2026-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z","tenant":"bravo","apply":true}""",
        Prices.Row("openai", "gpt-5", "1", "2", static row => row["tenant"] = TwoTenants.Foreign).ToJsonString(),
        """{"tenant":"bravo","name":"fuzzed","scopes":["read"],"timeZone":"UTC","slug":"bravo","graceMinutes":0}""",
        """{"scope":{"tenant":"bravo"},"amount":"5","period":"month"}""", """{"tenant":"bravo","name":"fuzzed","kind":"slack","target":"https://8.8.8.8/"}""",
        """{"tenant":"bravo","name":"fuzzed","measure":"cost","threshold":1,"rule":{"tenant":"bravo","name":"fuzzed","measure":"cost","threshold":1}}""",
        """{"scope":{"tenant":"bravo","user":"*"},"measure":"tokens","max":"5","window":"day","limit":{"scope":{"tenant":"bravo","user":"*"},"measure":"tokens","max":"1","window":"month"},"days":30}""",
        """{"requestId":"bravo-request-0","tenant":"bravo","user":"u","estimate":{"tokens":1,"cost":"0.1"},"actual":{"tokens":1,"cost":"0.1"}}""",
        Json.Event("fuzzed", TwoTenants.Foreign).ToJsonString(), new JsonObject { ["resourceSpans"] = new JsonArray() }.ToJsonString(),
    ];

    private sealed record Ask(RouteEndpoint Endpoint, string Path, string Method, string Query, string? Body)
    {
        public IEnumerable<string> Sent => Query.Split('=', '&').Where(static word => word.Contains('-', StringComparison.Ordinal));

        public HttpRequestMessage Request() => new(new(Method), $"{Path}?{(Method == "GET" ? "from=2026-11-20T00:00:00Z&" : "")}{Query}")
        {
            Content = Body is null ? null : Json.Body(Body),
            Headers = { { "Accept", Endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is null ? "application/json" : "text/html" } },
        };

        public override string ToString() => $"{Method} {Path}?{Query} {Body}";
    }
}
