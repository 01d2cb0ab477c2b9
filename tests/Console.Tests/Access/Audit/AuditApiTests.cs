using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Access.Isolation;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.Audit;

/// <summary>The audit over HTTP: filtered, paged, exported, and each tenant's alone.</summary>
public sealed class AuditApiTests : IAsyncLifetime
{
    /// <summary>The clock stands still, and a range ends before its end.</summary>
    private const string Window = "from=2026-01-01&to=2027-01-01";

    private readonly PostgresFixture _postgres = new();
    private ConsoleApp _app = null!;
    private HttpClient _platform = null!, _tenant = null!;

    public async Task InitializeAsync()
    {
        _app = await ConsoleApp.StartAsync(_postgres, null, TestSignIn.Register);
        _platform = TestSignIn.Client(_app, TestCaller.PlatformKey);
        _tenant = TestSignIn.Client(_app, TestCaller.Confined.Single(caller => caller.Name == "admin-key"));
    }

    public async Task DisposeAsync()
    {
        _platform.Dispose();
        _tenant.Dispose();
        await _app.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task List_Pages_NewestFirst_EveryEntryOnce()
    {
        await _app.WriteAsync("alpha", 5);
        await _app.WriteAsync("bravo", 5);
        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = await _platform.GetJsonAsync($"/api/v1/audit?{Window}&limit=3{cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => $"{item.GetProperty("tenant")}/{item.GetProperty("sequence")}"));
            cursor = page.GetProperty("nextCursor") is { ValueKind: JsonValueKind.String } next ? $"&cursor={Uri.EscapeDataString(next.GetString()!)}" : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(10, seen.Count);
        Assert.Equal([.. Enumerable.Range(1, 5).Select(n => $"bravo/{6 - n}"), .. Enumerable.Range(1, 5).Select(n => $"alpha/{6 - n}")], seen);
    }

    [Theory]
    [InlineData("actor=key:writer", 3)]
    [InlineData("actor=key:other", 1)]
    [InlineData("action=test.write", 4)]
    [InlineData("action=test", 4)]
    [InlineData("action=tes", 0)]
    [InlineData("search=special", 1)]
    [InlineData("search=%25", 1)]
    [InlineData("search=100%25", 1)]
    [InlineData("search=_", 0)]
    [InlineData("from=2026-11-20T18:00:00Z&to=2026-11-20T18:00:01Z", 4)]
    [InlineData("to=2026-11-20T18:00:00Z", 0)]
    public async Task List_Filtered_HasWhatFits(string query, int expected)
    {
        await _app.WriteAsync("alpha", 2);
        await _app.WriteAsync("alpha", 1, subject: "special");
        await _app.WriteAsync("alpha", 1, new Actor("key:other"), "100% of");
        var window = query.Contains("to=", StringComparison.Ordinal) ? "" : $"&{Window}";
        Assert.Equal(expected, (await _platform.GetJsonAsync($"/api/v1/audit?tenant=alpha&{query}{window}")).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("cursor=x")]
    [InlineData("from=yesterday")]
    [InlineData("from=2026-11-02&to=2026-11-01")]
    [InlineData("tz=Mars/Olympus")]
    [InlineData("actor=%00")]
    [InlineData("tenant=a%20b")]
    public async Task List_BadQuery_Is400(string query)
    {
        using var response = await _platform.GetAsync($"/api/v1/audit?{query}");
        await Json.ProblemAsync(response, 400);
    }

    [Fact]
    public async Task Tenant_SeesItsOwnLog_AndNoOther()
    {
        await _app.WriteAsync("alpha", 2);
        await _app.WriteAsync("bravo", 2);
        await _app.WriteAsync("", 2);
        foreach (var path in new[] { "/api/v1/audit", "/api/v1/audit/heads" })
        {
            var items = (await _tenant.GetJsonAsync($"{path}?{Window}")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("tenant").GetString());
            Assert.Equal(["alpha"], items.Distinct());
        }
        var csv = await _tenant.GetStringAsync($"/api/v1/export/audit.csv?{Window}");
        Assert.Contains(",alpha,2,", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("bravo", csv, StringComparison.Ordinal);
        foreach (var query in new[] { "tenant=bravo", "tenant=", "tenant=alpha&tenant=bravo" })
            foreach (var path in new[] { "/api/v1/audit", "/api/v1/export/audit.csv" })
            {
                using var foreign = await _tenant.GetAsync($"{path}?{query}");
                await Json.ProblemAsync(foreign, 403);
            }
    }

    [Theory]
    [InlineData("read-key", 403)]
    [InlineData("ingest-key", 403)]
    [InlineData("nobody", 401)]
    public async Task Key_WithoutTheScope_IsRefused(string name, int status)
    {
        using var client = TestSignIn.Client(_app, TestCaller.All.Single(caller => caller.Name == name));
        foreach (var path in new[] { "/api/v1/audit", "/api/v1/audit/heads", "/api/v1/export/audit.csv" })
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task CsvFormulaInjection_InAnyFieldOfTheAudit_IsHarmless()
    {
        await using (var session = await _app.Get<Database>().BeginAsync(Reach.Platform, CancellationToken.None))
        {
            var actor = new Actor("=HYPERLINK(\"http://evil.test\")", "@SUM(1)", "+1");
            await _app.Get<AuditLog>().AppendAsync(session.Connection, new("alpha", actor, "-2+3", "\t=1", null, JsonValue.Create("=1")), CancellationToken.None);
            await session.CommitAsync(CancellationToken.None);
        }
        var csv = await _platform.GetStringAsync($"/api/v1/export/audit.csv?{Window}");
        var row = csv.Split("\r\n").Single(line => line.Contains(",alpha,", StringComparison.Ordinal));
        foreach (var harmless in new[] { "'=HYPERLINK", "'@SUM", "'+1", "'-2+3", "'\t=1" }) Assert.Contains(harmless, row, StringComparison.Ordinal);
        Assert.DoesNotContain(",=", row, StringComparison.Ordinal);
    }

    /// <summary>A million questions fill a few rows, and the rows say how many.</summary>
    [Fact]
    public async Task Denials_Flooded_AreFewRowsThatCount()
    {
        using var client = TestSignIn.Client(_app, TestCaller.Confined.Single(caller => caller.Name == "read-key"));
        for (var round = 0; round < 40; round++)
        {
            using var refused = await client.GetAsync("/api/v1/audit");
            Assert.Equal(403, (int)refused.StatusCode);
        }
        await Eventually.TrueAsync(async () => await DeniedAsync() > 0);
        // A minute later the rest is told in one row.
        _app.Time.Now += TimeSpan.FromMinutes(2);
        await Eventually.TrueAsync(async () => await DeniedAsync() == 40);
        Assert.InRange(await _app.CountAsync("audit_entries WHERE action = 'access.denied'"), 1, 2);
        Assert.Equal("read-key GET /api/v1/audit", await _app.ScalarAsync<string>("SELECT actor || ' ' || subject FROM audit_entries WHERE tenant_id = 'alpha' AND action = 'access.denied' LIMIT 1"));
        Assert.Empty((await _app.VerifyAsync("alpha")).Breaks);
    }

    [Fact]
    public async Task Denials_OfManyKindsAndCallers_HaveACeiling()
    {
        var denials = _app.Get<Denials>();
        for (var kind = 0; kind < 50; kind++) denials.Note(Caller.Member("member:ada", [(Role.TenantViewer, "alpha")]), $"kind {kind}");
        for (var caller = 0; caller < Denials.MaxCallers + 50; caller++) denials.Note(Caller.Member($"member:{caller}", []), "one");
        await Eventually.TrueAsync(async () => await DeniedAsync() == Denials.MaxCallers + 100);
        Assert.Equal(Denials.MaxKinds + 1, await _app.CountAsync("audit_entries WHERE action = 'access.denied' AND tenant_id = 'alpha'"));
        Assert.InRange(await _app.CountAsync("audit_entries WHERE action = 'access.denied' AND tenant_id = ''"), Denials.MaxCallers - 1, Denials.MaxCallers);
    }

    private Task<long> DeniedAsync() => _app.ScalarAsync<long>("SELECT coalesce(sum((after->>'count')::bigint), 0)::bigint FROM audit_entries WHERE action = 'access.denied'");
}
