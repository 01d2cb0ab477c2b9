using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Pricing;

/// <summary>The price list over HTTP: what an import changes and what it leaves, what the guard stops, who may write. Tests keep apart by provider.</summary>
public sealed class PriceApiTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _provider = $"p{Guid.NewGuid():N}";
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    [Fact]
    public async Task Import_Twice_AddsThenChangesNothing()
    {
        var catalogue = Prices.Catalogue(_provider, ("a", "1", "2"), ("b", "3", "4"));
        Assert.Equal((2, 0, 0, 0), Prices.Counts(await shared.Client.ImportAsync(catalogue)));
        Assert.Equal((0, 0, 2, 0), Prices.Counts(await shared.Client.ImportAsync(catalogue)));
        Assert.Equal(2, (await ListAsync()).Count);
    }

    [Fact]
    public async Task Import_OfAChangedPrice_RetiresTheRowAndKeepsItsReceipts()
    {
        await shared.Client.ImportAsync(Prices.Catalogue(_provider, ("a", "1", "2"), ("b", "3", "4")));
        await SendAsync("before", "a", "2026-11-20T10:00:00Z");
        Assert.Equal((0, 1, 1, 0), Prices.Counts(await shared.Client.ImportAsync(Prices.Catalogue(_provider, ("a", "10", "20"), ("b", "3", "4")))));
        await SendAsync("after", "a", "2026-11-20T10:00:00Z");
        Assert.Equal(("0.003", "0.03"), (await CostAsync("before"), await CostAsync("after")));
        var receipt = (await shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/before")).GetProperty("receipt");
        Assert.Equal("1", receipt.GetProperty("lines")[0].GetProperty("perMillion").GetString());
        Assert.Equal(3, (await ListAsync("&retired=true")).Count);
        Assert.Equal(2, (await ListAsync()).Count);
    }

    [Fact]
    public async Task Import_FromADate_LeavesWhatHeldBefore()
    {
        await shared.Client.ImportAsync(Prices.Catalogue(_provider, ("a", "1", "2"), ("b", "3", "4")));
        var later = Prices.Catalogue(_provider, ("a", "10", "20"), ("b", "3", "4"));
        Assert.Equal((0, 1, 1, 0), Prices.Counts(await shared.Client.ImportAsync(later, "&validFrom=2026-11-15T00:00:00Z")));
        Assert.Equal((0, 0, 2, 0), Prices.Counts(await shared.Client.ImportAsync(later, "&validFrom=2026-11-15")));
        await SendAsync("before", "a", "2026-11-14T23:59:59.999Z");
        await SendAsync("after", "a", "2026-11-15T00:00:00Z");
        Assert.Equal(("0.003", "0.03"), (await CostAsync("before"), await CostAsync("after")));
        // Without a date the catalogue says what holds today, which does not undo what held before.
        Assert.Equal((0, 0, 2, 0), Prices.Counts(await shared.Client.ImportAsync(later)));
        Assert.Equal(3, (await ListAsync()).Count);
    }

    [Fact]
    public async Task Import_BackToAnEarlierPrice_Prices()
    {
        foreach (var price in new[] { "1", "5", "1" }) await shared.Client.ImportAsync(Prices.Catalogue(_provider, ("a", price, price)));
        await SendAsync("e", "a", "2026-11-20T10:00:00Z");
        Assert.Equal("0.002", await CostAsync("e"));
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Import_WithPreview_SaysTheSameAndWritesNothing()
    {
        await shared.Client.ImportAsync(Prices.Catalogue(_provider, ("a", "1", "2")));
        var changed = Prices.Catalogue(_provider, ("a", "10", "20"), ("new", "1", "1"), ("broken", "-1", "1"));
        var preview = await shared.Client.ImportAsync(changed, "&preview=true");
        Assert.Equal((1, 1, 0, 1), Prices.Counts(preview));
        var change = preview.GetProperty("changes")[0];
        Assert.Equal(("changed", "1", "10"), (change.GetProperty("kind").GetString(), Input(change.GetProperty("before")), Input(change.GetProperty("after"))));
        Assert.Single(await ListAsync());
        Assert.Equal((1, 1, 0, 1), Prices.Counts(await shared.Client.ImportAsync(changed)));
    }

    [Fact]
    public async Task Import_Gzipped_IsRead()
    {
        var body = Json.Gzip(Encoding.UTF8.GetBytes(Prices.Catalogue(_provider, ("a", "1", "2")).ToJsonString()));
        using var response = await shared.Client.PostAsync("/api/v1/prices/import?format=genai-prices", Json.Body(body, "gzip"));
        Assert.Equal((1, 0, 0, 0), Prices.Counts(await Json.ReadAsync(response)));
    }

    [Theory]
    [InlineData("format=unknown", "[]", 400)]
    [InlineData("format=genai-prices", "[{", 400)]
    [InlineData("format=genai-prices", "{}", 400)]
    [InlineData("format=genai-prices&validFrom=soon", "[]", 400)]
    public async Task Import_OfWhatCannotBeRead_IsRefused(string query, string body, int status)
    {
        using var response = await shared.Client.PostAsync($"/api/v1/prices/import?{query}", Json.Body(body));
        await Json.ProblemAsync(response, status);
    }

    /// <summary>A gzip bomb is the same: the limit counts what is unpacked.</summary>
    [Fact]
    public async Task Import_Over32Megabytes_IsTooLarge()
    {
        var body = new byte[(32 * 1024 * 1024) + 1];
        Array.Fill(body, (byte)' ');
        using var response = await shared.Client.PostAsync("/api/v1/prices/import?format=genai-prices", Json.Body(Json.Gzip(body), "gzip"));
        await Json.ProblemAsync(response, 413);
    }

    [Fact]
    public async Task Price_AHundredTimesOff_NeedsConfirmation()
    {
        await shared.Client.ImportAsync(Prices.Catalogue(_provider, ("a", "3", "15")));
        var slipped = Prices.Row(_provider, "a", "300", "1500");
        using (var refused = await shared.Client.PostAsync("/api/v1/prices", Json.Body(slipped.ToJsonString())))
        {
            var warning = (await Json.ReadAsync(refused)).GetProperty("warning");
            Assert.Equal(("1.8", "0.018"), (warning.GetProperty("thousandEach").GetString(), warning.GetProperty("thousandEachNow").GetString()));
            Assert.Contains("$1.8 instead of $0.018", await Json.ProblemAsync(refused, 409));
        }
        await shared.Client.AddPriceAsync(slipped, "?confirm=true");
        await SendAsync("e", "a", "2026-11-20T10:00:00Z");
        Assert.Equal("1.8", await CostAsync("e"));
    }

    [Fact]
    public async Task Price_EnteredAgain_RetiresTheOneItReplaces()
    {
        await shared.Client.AddPriceAsync(Prices.Row(_provider, "a", "1", "2"));
        await shared.Client.AddPriceAsync(Prices.Row(_provider, "a", "1", "2"));
        await shared.Client.AddPriceAsync(Prices.Row(_provider, "a", "3", "4"));
        Assert.Equal("3", Input(Assert.Single(await ListAsync())));
        Assert.Equal(2, (await ListAsync("&retired=true")).Count);
    }

    [Fact]
    public async Task Contract_OfATenant_PricesItAlone()
    {
        await shared.Client.ImportAsync(Prices.Catalogue(_provider, ("a", "1", "2")));
        await shared.Client.AddPriceAsync(Prices.Row(_provider, "a", "0.5", "1", row => row["tenant"] = _tenant));
        await SendAsync("mine", "a", "2026-11-20T10:00:00Z");
        Assert.Equal("0.0015", await CostAsync("mine"));
        Assert.Equal(2, (await ListAsync($"&tenant={_tenant}")).Count);
        Assert.Single(await ListAsync("&tenant=someone-else"));
    }

    [Theory]
    [InlineData("""{"model":"a"}""", "provider is required")]
    [InlineData("""{"provider":"p","model":"a"}""", "needs perMillion")]
    [InlineData("""{"provider":"p","model":"a","perMillion":{"input":"x"}}""", "not an amount")]
    [InlineData("""{"provider":"p","model":"a","perMillion":{"smell":"1"}}""", "smell")]
    [InlineData("""{"provider":"p","model":"a","perMillion":{"input":"-1"}}""", "between 0")]
    [InlineData("""{"provider":"p","model":"a","perMillion":{"input":"1"},"validFrom":"soon"}""", "validFrom")]
    [InlineData("""{"provider":"p","model":"a","perMillion":{"input":"1"},"tenant":"no tenant"}""", "tenant id")]
    [InlineData("""[]""", "object")]
    [InlineData("""{""", "JSON")]
    public async Task Price_ThatIsWrong_IsRefusedWithTheReason(string body, string reason)
    {
        using var response = await shared.Client.PostAsync("/api/v1/prices", Json.Body(body));
        Assert.Contains(reason, await Json.ProblemAsync(response, 400));
    }

    [Fact]
    public async Task List_InPages_HasEveryRowOnce()
    {
        await shared.Client.ImportAsync(Prices.Catalogue(_provider, [.. Enumerable.Range(0, 25).Select(index => ($"m-{index}", "1", "2"))]));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await shared.Client.GetJsonAsync($"/api/v1/prices?provider={_provider}&limit=10{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(25, seen.Distinct().Count());
        Assert.Equal(25, seen.Count);
    }

    [Fact]
    public async Task Unpriced_ListsTheModelUntilItHasAPrice()
    {
        await SendAsync("e1", "mystery", "2026-11-20T10:00:00Z");
        await SendAsync("e2", "mystery", "2026-11-20T11:00:00Z");
        var model = Assert.Single((await shared.Client.GetJsonAsync($"/api/v1/prices/unpriced?tenant={_tenant}")).GetProperty("items").EnumerateArray());
        Assert.Equal(("mystery", _provider), (model.GetProperty("model").GetString(), model.GetProperty("provider").GetString()));
        Assert.Equal([2, 4000], [model.GetProperty("requests").GetInt64(), model.GetProperty("tokens").GetInt64()]);
        Assert.Equal(DateTimeOffset.Parse("2026-11-20T10:00:00Z"), model.GetProperty("firstSeen").GetDateTimeOffset());
        Assert.Equal(_tenant, model.GetProperty("tenants")[0].GetString());
        Assert.Equal(2, (await shared.Client.GetJsonAsync($"/api/v1/requests?tenant={_tenant}&unpriced=true&from=2026-11-01")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Writes_AreAudited_InAChainThatShowsTampering()
    {
        await shared.Client.AddPriceAsync(Prices.Row(_provider, "a", "1", "2", row => row["tenant"] = _tenant));
        await shared.Client.AddPriceAsync(Prices.Row(_provider, "a", "3", "4", row => row["tenant"] = _tenant));
        Assert.Equal("key:bootstrap prices.add 3", await shared.App.ScalarAsync<string>(
            $"SELECT actor || ' ' || action || ' ' || (after->'perMillion'->>'input') FROM audit_entries WHERE tenant_id = '{_tenant}' AND sequence = 2"));
        Assert.True((await VerifyAsync(_tenant)).IsWhole);
        await shared.App.ExecuteAsync($$"""UPDATE audit_entries SET after = jsonb_set(after, '{perMillion,input}', '"1.1"') WHERE tenant_id = '{{_tenant}}' AND sequence = 1""");
        Assert.Equal(1, Assert.Single(Assert.Single((await VerifyAsync(_tenant)).Chains).Breaks).Sequence);
    }

    [Fact]
    public async Task Import_IsAudited_WithItsCounts()
    {
        await shared.Client.ImportAsync(Prices.Catalogue(_provider, ("a", "1", "2")));
        Assert.Equal("prices.import", await shared.App.ScalarAsync<string>("SELECT action FROM audit_entries WHERE tenant_id = '' AND (after->>'added')::int > 0 ORDER BY sequence DESC LIMIT 1"));
        Assert.True((await VerifyAsync("")).IsWhole);
    }

    private async Task<AuditVerdict> VerifyAsync(string tenant) => (await shared.App.Get<VerifyAudit>().ExecuteAsync(tenant, Caller.System, null, CancellationToken.None)).Value!;

    /// <summary>Another node: a book of its own over the same store, told by nobody.</summary>
    [Fact]
    public async Task Change_OnAnotherNode_IsNoticedWithoutASignal()
    {
        await using var other = ConsoleApp.Start(shared.App.ConnectionString);
        await shared.Client.AddPriceAsync(Prices.Row(_provider, "a", "1", "2"));
        await Eventually.TrueAsync(() => other.Get<CurrentPrices>().Book.Rows.Any(row => row.Provider == _provider));
    }

    [Fact]
    public async Task Start_WithStoredPrices_HasThemBeforeItListens()
    {
        await shared.Client.AddPriceAsync(Prices.Row(_provider, "a", "1", "2"));
        await using var other = ConsoleApp.Start(shared.App.ConnectionString);
        Assert.Contains(other.Get<CurrentPrices>().Book.Rows, row => row.Provider == _provider);
    }

    [Fact]
    public async Task Start_WithoutTables_KeepsTheSeed()
    {
        await using var postgres = new Databases();
        await using var app = ConsoleApp.Start(await postgres.Fixture.CreateDatabaseAsync());
        Assert.Equal(PriceBook.Seed.Rows.Count, app.Get<CurrentPrices>().Book.Rows.Count);
    }

    [Theory]
    [InlineData("GET", "/api/v1/prices")]
    [InlineData("POST", "/api/v1/prices")]
    [InlineData("POST", "/api/v1/prices/import")]
    [InlineData("GET", "/api/v1/prices/unpriced")]
    [InlineData("POST", "/api/v1/prices/reprice")]
    public async Task Prices_WithoutAKey_AreRefused(string method, string path)
    {
        using var client = shared.App.Client(key: null);
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        await Json.ProblemAsync(response, 401);
    }

    private static string? Input(JsonElement row) => row.GetProperty("perMillion").GetProperty("input").GetString();

    private async Task<List<JsonElement>> ListAsync(string query = "") =>
        [.. (await shared.Client.GetJsonAsync($"/api/v1/prices?provider={_provider}{query}")).GetProperty("items").EnumerateArray()];

    /// <summary>A thousand tokens in and out.</summary>
    private Task SendAsync(string id, string model, string at) => shared.Client.SendUsageAsync(Json.Event(id, _tenant, item =>
    {
        (item["provider"], item["model"], item["occurredAt"]) = (_provider, model, at);
        item["usage"] = new JsonObject { ["input"] = 1000, ["output"] = 1000 };
    }));

    private async Task<string?> CostAsync(string id) => (await shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/{id}")).GetProperty("cost").GetString();

    private sealed class Databases : IAsyncDisposable
    {
        public PostgresFixture Fixture { get; } = new();

        public async ValueTask DisposeAsync() => await Fixture.DisposeAsync();
    }
}
