using System.Net;
using System.Net.Sockets;
using System.Text;
using AgentConsole.Access;
using AgentConsole.Platform.Http;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Platform.Http;

/// <summary>What the app says and takes where it meets the network.</summary>
public sealed class EdgesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Key_TooManyRequests_Is429WithTheTimeToWait_AndIngestionIsNotCounted()
    {
        await using var app = await StartAsync(("Edges:RequestsPerKey", "1"));
        using var client = app.Client();
        for (var request = 0; request < 20; request++) await client.SendUsageAsync(Json.Event($"e{request}", "acme"));
        using var refused = await UntilRefusedAsync(client, "/api/v1/tenants-that-are-not");
        Assert.Contains("too many requests", await Json.ProblemAsync(refused, 429), StringComparison.Ordinal);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 10);
    }

    [Fact]
    public async Task Address_WithoutAKey_TooManyRequests_Is429_AndWhoHasAKeyIsServed()
    {
        await using var app = await StartAsync(("Edges:RequestsPerAddress", "1"));
        using var nobody = app.Client("a-wrong-key-of-someone");
        using (var refused = await UntilRefusedAsync(nobody, "/api/v1/requests")) await Json.ProblemAsync(refused, 429);
        using var page = new PageClient(app);
        var shown = await page.GetAsync("/sign-in");
        Assert.Equal(("Too much at once", HttpStatusCode.TooManyRequests), (shown.Document.QuerySelector("h1")!.TextContent, shown.Status));
        using var known = app.Client();
        await known.GetJsonAsync("/api/v1/requests");
        using var alive = await nobody.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::")]
    public void Address_OfIPv6_CountsWithItsNetwork(string address, string counted) => Assert.Equal(counted, RequestRates.Network(IPAddress.Parse(address)));

    /// <summary>By default every name is answered, and none is believed: what was sent as Host comes back in nothing.</summary>
    [Fact]
    public async Task OddHostHeader_IsNeverRepeated_AndRefusedWhereHostsAreNamed()
    {
        await using (var open = await StartAsync())
        {
            foreach (var path in new[] { "/", "/sign-in", "/account", "/openapi/v1.json", "/api/v1/requests", "/nowhere", "/sign-in/invitation?token=x" })
            {
                var answer = await RawAsync(open.Address, path, "evil.example");
                Assert.DoesNotContain("evil.example", answer, StringComparison.OrdinalIgnoreCase);
            }
            foreach (var odd in new[] { "a b", "x\r\nHost: y", "user@host", "[::1", "host:99999" }) Assert.StartsWith("HTTP/1.1 400", await RawAsync(open.Address, "/sign-in", odd), StringComparison.Ordinal);
        }
        await using var named = await StartAsync(("AllowedHosts", "console.example"));
        Assert.StartsWith("HTTP/1.1 400", await RawAsync(named.Address, "/sign-in", "evil.example"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await RawAsync(named.Address, "/sign-in", "console.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_EveryOne_SaysWhatItMayNotBeUsedFor()
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        using var api = await client.GetAsync("/api/v1/requests");
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", api.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", api.Headers.GetValues("X-Content-Type-Options").Single());
        using var browser = new PageClient(app);
        using var page = await browser.Http.GetAsync("/sign-in");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy.Replace("style-src-attr 'unsafe-inline'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        using var again = await browser.Http.GetAsync("/sign-in");
        Assert.NotEqual(policy, again.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task Https_BehindAProxyThatIsTrusted_IsKeptByTheBrowser()
    {
        await using var app = await StartAsync(("Edges:TrustedProxies", "127.0.0.1,::1"));
        Assert.Contains("Strict-Transport-Security: max-age=31536000", await RawAsync(app.Address, "/health/live", "console.example", "X-Forwarded-Proto: https"), StringComparison.Ordinal);
        await using var alone = await StartAsync();
        Assert.DoesNotContain("Strict-Transport-Security", await RawAsync(alone.Address, "/health/live", "console.example", "X-Forwarded-Proto: https"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_TooLarge_Is413()
    {
        await using var app = await StartAsync(("Edges:BodyKilobytes", "16"));
        using var client = app.Client();
        using var response = await client.PostAsync("/api/v1/prices", Json.Body($$"""{"provider":"{{new string('x', 40_000)}}"}"""));
        await Json.ProblemAsync(response, 413);
        await client.SendUsageAsync(Json.Event("e", "acme", item => item["user"] = new string('u', 200)));
    }

    /// <summary>The store's own words (a table's name, a line of SQL) stay in the log.</summary>
    [Theory]
    [InlineData("/api/v1/requests")]
    [InlineData("/api/v1/usage/breakdown")]
    public async Task Exception_OfTheApi_IsASentenceAndATrace(string path)
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        await BreakAsync(app);
        using var response = await client.GetAsync(path);
        var detail = await Json.ProblemAsync(response, 500);
        Assert.Equal("This went wrong on our side. Try again; if it stays, quote the trace id.", detail);
        AssertSilent(await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Exception_OfAPage_IsAPageWithASentenceAndATrace()
    {
        await using var app = await StartAsync();
        using var member = await SignedIn.AsAsync(app, Role.Operator);
        await BreakAsync(app);
        var page = await member.Client.GetAsync("/export/usage.csv");
        Assert.Equal((HttpStatusCode.InternalServerError, "This page broke"), (page.Status, page.Document.QuerySelector("h1")?.TextContent));
        Assert.Matches("^([0-9a-f]{32}|[0-9A-Z]+:[0-9A-F]{8})$", page.Document.QuerySelector(".trace code")!.TextContent);
        AssertSilent(page.Text);
    }

    [Theory]
    [InlineData("{{7*7}}")]
    [InlineData("${7*7}")]
    [InlineData("@(7*7)")]
    [InlineData("<%= 7*7 %>")]
    [InlineData("#{7*7}")]
    [InlineData("{0}{Payload}%s%n")]
    [InlineData("<script>alert(49)</script>")]
    public async Task TemplateInjection_IsOnlyText(string payload)
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        await client.SendUsageAsync(Json.Event("e", "acme", item => (item["user"], item["model"]) = (payload, payload)));
        var item = Assert.Single((await client.GetJsonAsync("/api/v1/requests?from=2026-11-01")).GetProperty("items").EnumerateArray());
        Assert.Equal((payload, payload), (item.GetProperty("user").GetString(), item.GetProperty("model").GetString()));
        using var refused = await client.GetAsync($"/api/v1/usage/breakdown?grain={Uri.EscapeDataString(payload)}");
        Assert.Contains(payload, await Json.ProblemAsync(refused, 400), StringComparison.Ordinal);
        using var page = new PageClient(app);
        Assert.DoesNotContain("49", (await page.GetAsync($"/nowhere/{Uri.EscapeDataString(payload)}?x={Uri.EscapeDataString(payload)}")).Document.Body!.TextContent, StringComparison.Ordinal);
    }

    private async Task<ConsoleApp> StartAsync(params (string Key, string? Value)[] settings) =>
        await ConsoleApp.StartAsync(postgres, settings.ToDictionary(static pair => pair.Key, static pair => pair.Value));

    private static Task BreakAsync(ConsoleApp app) => app.ExecuteAsync("ALTER TABLE usage_events RENAME TO usage_events_gone; ALTER TABLE usage_rollups RENAME TO usage_rollups_gone");

    private static void AssertSilent(string text)
    {
        foreach (var word in new[] { "Exception", "Npgsql", "usage_events", "usage_rollups", "relation", "   at ", "42P01" }) Assert.DoesNotContain(word, text, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<HttpResponseMessage> UntilRefusedAsync(HttpClient client, string path)
    {
        while (true)
        {
            var response = await client.GetAsync(path);
            if (response.StatusCode == HttpStatusCode.TooManyRequests) return response;
            response.Dispose();
        }
    }

    /// <summary>As it is sent: a client of .NET would write the Host itself.</summary>
    private static async Task<string> RawAsync(Uri address, string path, string host, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host.Trim('[', ']'), address.Port);
        var request = $"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html,*/*\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }
}
