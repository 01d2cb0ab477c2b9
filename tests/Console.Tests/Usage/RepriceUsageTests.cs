using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.Json;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage.Repricing;
using AgentConsole.Usage.Rollups;
using AgentConsole.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Usage;

/// <summary>Pricing history again: the preview, the change, and that afterwards nothing differs from a fresh computation, whatever happens meanwhile.</summary>
public sealed class RepriceUsageTests : IClassFixture<PostgresFixture>
{
    private static readonly string[] Models = ["a", "b", "c", "nobody-prices-this"];

    private readonly PostgresFixture _postgres;

    public RepriceUsageTests(PostgresFixture postgres) => _postgres = postgres;

    [Fact]
    public async Task Preview_SaysWhatWouldChange_AndChangesNothing()
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        await client.ImportAsync(Prices.Catalogue("p", ("a", "1", "1"), ("b", "1", "1")));
        await client.SendUsageAsync(Json.Array([Event("e1", "acme", "a"), Event("e2", "acme", "b"), Event("e3", "globex", "a"), Event("e4", "globex", "new")]));
        await client.ImportAsync(Prices.Catalogue("p", ("a", "3", "3"), ("b", "1", "1"), ("new", "5", "5")));

        var preview = await client.RepriceAsync([]);

        Assert.Equal(
            [("acme", "a", 1, "0.002", "0.006", "0.004", 0, 0), ("acme", "b", 1, "0.002", "0.002", "0", 0, 0), ("globex", "a", 1, "0.002", "0.006", "0.004", 0, 0), ("globex", "new", 1, "0", "0.01", "0.01", 1, 0)],
            preview.GetProperty("rows").EnumerateArray().Select(Row).Order());
        Assert.Equal("0.018", preview.GetProperty("total").GetProperty("difference").GetString());
        Assert.Equal(1, (await client.RepriceAsync(new() { ["tenant"] = "acme", ["model"] = "a" })).GetProperty("rows").GetArrayLength());
        Assert.Equal("0.002", (await client.GetJsonAsync("/api/v1/requests/acme/e1")).GetProperty("cost").GetString());
        Assert.Equal(0, await app.CountAsync("reprice_runs"));
    }

    [Fact]
    public async Task Apply_CorrectsEventsRollupsAndConflicts_AndLeavesATrace()
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        await client.ImportAsync(Prices.Catalogue("p", ("a", "1", "1")));
        await client.SendUsageAsync(Json.Array([Event("e1", "acme", "a", item => item["costReported"] = "0.006"), Event("e2", "acme", "a", item => item["costReported"] = "0.002"), Event("e3", "acme", "new"), Event("e4", "globex", "a")]));
        await client.ImportAsync(Prices.Catalogue("p", ("a", "3", "3"), ("new", "5", "5")));

        var applied = await client.RepriceAsync(new() { ["tenant"] = "acme" }, apply: true);

        var run = applied.GetProperty("run");
        Assert.Equal(("done", "0.004", "0.022"), (run.GetProperty("state").GetString(), run.GetProperty("oldCost").GetString(), run.GetProperty("newCost").GetString()));
        Assert.Equal([3, 3], [run.GetProperty("scanned").GetInt64(), run.GetProperty("changed").GetInt64()]);
        await AssertFreshAsync(app, "acme");
        // What the sender reported agrees now with one, and no longer with the other.
        Assert.Equal("e2", Assert.Single(await ItemsAsync(client, "tenant=acme&conflict=reported_cost_differs")).GetProperty("id").GetString());
        Assert.Empty(await ItemsAsync(client, "tenant=acme&unpriced=true"));
        Assert.Equal("0.002", (await client.GetJsonAsync("/api/v1/requests/globex/e4")).GetProperty("cost").GetString());
        Assert.Equal("3|0.004|0.022|1|0", await app.ScalarAsync<string>(
            "SELECT sum(requests) || '|' || trim_scale(sum(old_cost)) || '|' || trim_scale(sum(new_cost)) || '|' || sum(unpriced_before) || '|' || sum(unpriced_after) FROM usage_corrections WHERE tenant_id = 'acme'"));
        // FOCUS: all rows are the cost of now, those that are no correction the cost of then.
        var focus = (await client.GetStringAsync("/api/v1/export/focus.csv?tenant=acme&from=2026-11-01&to=2026-11-22")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Where(static line => !line.StartsWith('#')).Select(static line => line.Split(',')).ToList();
        decimal Sum(Func<string[], bool> rows) => focus.Skip(1).Where(rows).Sum(row => decimal.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture));
        var chargeClass = Array.IndexOf(focus[0], "ChargeClass");
        Assert.Equal((0.022m, 0.004m), (Sum(static _ => true), Sum(row => row[chargeClass] != "Correction")));
        Assert.Equal("prices.reprice prices.repriced", await app.ScalarAsync<string>("SELECT string_agg(action, ' ' ORDER BY sequence) FROM audit_entries WHERE tenant_id = 'acme'"));
    }

    /// <summary>The receipt stays what it was.</summary>
    [Fact]
    public async Task Apply_OfTheSamePriceInAnotherRow_KeepsTheRowThatPriced()
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        await client.ImportAsync(Prices.Catalogue("p", ("a", "1", "1")));
        await client.SendUsageAsync(Json.Array([Event("e1", "acme", "a")]));
        await client.AddPriceAsync(Prices.Row("p", "a", "1", "1"));
        Assert.Equal(0, (await client.RepriceAsync([], apply: true)).GetProperty("run").GetProperty("changed").GetInt64());
        Assert.Equal("genai-prices", (await client.GetJsonAsync("/api/v1/requests/acme/e1")).GetProperty("receipt").GetProperty("price").GetProperty("source").GetString());
    }

    [Fact]
    public async Task Apply_Again_ChangesNothing()
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        await SendAsync(client, 300, seed: 4);
        await client.ImportAsync(Prices.Catalogue("p", ("a", "3", "3"), ("b", "1", "7")));
        Assert.True((await client.RepriceAsync([], apply: true)).GetProperty("run").GetProperty("changed").GetInt64() > 0);
        var again = await client.RepriceAsync([], apply: true);
        Assert.Equal([0L, 300L], [again.GetProperty("run").GetProperty("changed").GetInt64(), again.GetProperty("run").GetProperty("scanned").GetInt64()]);
        Assert.Equal("0", again.GetProperty("total").GetProperty("difference").GetString());
    }

    /// <summary>Several batches per tenant, while more events come in and prices change once more under the run.</summary>
    [Fact]
    public async Task Apply_WhileEventsComeIn_EqualsAFreshComputation()
    {
        await using var app = await StartAsync(settling: TimeSpan.FromSeconds(1));
        using var client = app.Client();
        await client.ImportAsync(Prices.Catalogue("p", ("a", "1", "2"), ("b", "2", "3")));
        await SendAsync(client, 18_000, seed: 1);
        using var stop = new CancellationTokenSource();
        var ingestion = Task.Run(async () =>
        {
            for (var round = 0; !stop.IsCancellationRequested; round++) await SendAsync(client, 500, seed: 2, prefix: $"more-{round}");
        });
        await client.ImportAsync(Prices.Catalogue("p", ("a", "3", "4"), ("b", "2", "5"), ("c", "1", "1")));

        await client.RepriceAsync([], apply: true);
        await stop.CancelAsync();
        await ingestion;

        // Beside so much coming in it may take longer than a caller is made to wait.
        await Eventually.TrueAsync(async () => await app.CountAsync("reprice_runs WHERE state = 2") == 1);
        Assert.True(await app.CountAsync("usage_events") > 18_500);
        foreach (var tenant in Tenants) await AssertFreshAsync(app, tenant);
    }

    /// <summary>The process that re-prices is killed as a power cut would; another goes on from where its last batch was committed.</summary>
    [Fact]
    public async Task Apply_OnANodeThatIsKilled_IsFinishedByAnother()
    {
        await using var app = await StartAsync(withWorker: false);
        using var client = app.Client();
        await client.ImportAsync(Prices.Catalogue("p", ("a", "1", "2"), ("b", "2", "3")));
        await SendAsync(client, 40_000, seed: 3);
        await client.ImportAsync(Prices.Catalogue("p", ("a", "3", "4"), ("b", "2", "5"), ("c", "1", "1")));
        var run = (await app.Get<RepriceUsage>().StartAsync(
            new(ConsoleApp.Now.AddYears(-1), ConsoleApp.Now.AddDays(1)), 40_000, AgentConsole.Access.Caller.System, CancellationToken.None)).Value!;
        // The other process need not wait until every node knows these prices.
        await app.ExecuteAsync("UPDATE price_versions SET changed_at = changed_at - interval '1 minute'");
        using (var node = StartNode(app.ConnectionString))
        {
            try
            {
                await Eventually.TrueAsync(async () => await app.CountAsync("reprice_runs WHERE batch >= 2") == 1);
            }
            finally
            {
                node.Kill();
                await node.WaitForExitAsync();
            }
        }
        Assert.Equal(RepriceState.Running, (await app.Get<RepriceUsage>().FindAsync(Reach.Platform, run.Id, CancellationToken.None))!.State);

        await using var other = ConsoleApp.Start(app.ConnectionString);
        await Eventually.TrueAsync(async () => await app.CountAsync("reprice_runs WHERE state = 2") == 1);

        foreach (var tenant in Tenants) await AssertFreshAsync(other, tenant);
        Assert.Equal(40_000, (await app.Get<RepriceUsage>().FindAsync(Reach.Platform, run.Id, CancellationToken.None))!.Scanned);
    }

    [Theory]
    [InlineData("""{"to":"2026-12-01"}""")]
    [InlineData("""{"from":"2026-12-01","to":"2026-11-01"}""")]
    [InlineData("""{"from":"soon","to":"2026-11-01"}""")]
    [InlineData("""{"from":"2026-10-01","to":"2026-11-01","apply":"yes"}""")]
    [InlineData("null")]
    public async Task Reprice_OfNoRange_IsRefused(string body)
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        using var response = await client.PostAsync("/api/v1/prices/reprice", Json.Body(body));
        await Json.ProblemAsync(response, 400);
    }

    private static readonly string[] Tenants = ["acme", "globex", "initech"];

    /// <summary>An app whose worker does not wait for other nodes, as there are none.</summary>
    private async Task<ConsoleApp> StartAsync(TimeSpan settling = default, bool withWorker = true)
    {
        var app = await ConsoleApp.StartAsync(_postgres, services: services =>
        {
            if (withWorker) return;
            var worker = services.Last(static service => service.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService) && service.ImplementationFactory?.Method.ReturnType == typeof(RepriceWorker));
            services.Remove(worker);
        });
        app.Get<RepriceWorker>().Settling = settling;
        return app;
    }

    /// <summary>The product in a process of its own, with no endpoint but those of every role.</summary>
    private static Process StartNode(string connectionString)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AgentConsole.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ConnectionStrings__Console"] = connectionString;
        start.Environment["Roles"] = "Gateway";
        start.Environment["Urls"] = "http://127.0.0.1:0";
        start.Environment["Logging__LogLevel__Default"] = "None";
        return Process.Start(start)!;
    }

    private static JsonObject Event(string id, string tenant, string model, Action<JsonObject>? change = null) => Json.Event(id, tenant, item =>
    {
        (item["provider"], item["model"]) = ("p", model);
        item["usage"] = new JsonObject { ["input"] = 1000, ["output"] = 1000 };
        change?.Invoke(item);
    });

    /// <summary>Random events of a month, some failed and empty, some with a cost reported.</summary>
    private static async Task SendAsync(HttpClient client, int count, int seed, string prefix = "e")
    {
        var random = new Random(seed);
        foreach (var chunk in Enumerable.Range(0, count).Select(index => Item(random, $"{prefix}-{index}")).Chunk(5_000))
            await client.SendUsageAsync(Json.Array(chunk));
    }

    private static JsonObject Item(Random random, string id) => Json.Event(id, Tenants[random.Next(3)], item =>
    {
        (item["provider"], item["model"]) = ("p", Models[random.Next(Models.Length)]);
        item["occurredAt"] = ConsoleApp.Now.AddSeconds(-random.Next(40 * 86_400)).ToString("O");
        item["usage"] = new JsonObject { ["input"] = random.Next(5000), ["output"] = random.Next(3000) };
        (item["user"], item["key"]) = ($"u-{random.Next(5)}", random.Next(3) == 0 ? null : $"k-{random.Next(3)}");
        if (random.Next(5) == 0) item["costReported"] = "0.01";
        if (random.Next(10) == 0) (item["status"], item["usage"]) = ("failure", null);
    });

    private static (string?, string?, int, string?, string?, string?, int, int) Row(JsonElement row) => (
        row.GetProperty("tenant").GetString(), row.GetProperty("model").GetString(), row.GetProperty("requests").GetInt32(), row.GetProperty("oldCost").GetString(), row.GetProperty("newCost").GetString(),
        row.GetProperty("difference").GetString(), row.GetProperty("unpricedBefore").GetInt32(), row.GetProperty("unpricedAfter").GetInt32());

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient client, string query) =>
        [.. (await client.GetJsonAsync($"/api/v1/requests?from=2026-01-01&{query}")).GetProperty("items").EnumerateArray()];

    /// <summary>Every event costs what the book says now, and every rollup is the sum of its events: difference 0.</summary>
    private static async Task AssertFreshAsync(ConsoleApp app, string tenant)
    {
        while (await app.Get<RollUpUsage>().RollUpAsync(CancellationToken.None)) { }
        await Eventually.TrueAsync(async () => await app.CountAsync("usage_events AS e, usage_rollup_watermark AS w WHERE e.xid >= w.xid") == 0);
        var book = app.Get<CurrentPrices>().Book;
        await using var db = app.Get<Contexts>().CreateForPlatform();
        foreach (var usage in await db.Set<UsageEvent>().AsNoTracking().Where(usage => usage.TenantId == tenant).ToListAsync())
        {
            var price = book.Price(usage.ToConsumption());
            var cost = price?.Cost ?? (usage.Status == UsageStatus.Failure && usage.Tokens.Total == 0 ? 0 : null);
            Assert.Equal(cost, usage.Cost);
            if (usage.PriceId is { } by) Assert.Equal(cost, book.Explain(usage.ToConsumption(), by).Total);
            else Assert.True(cost is null or 0);
            var differs = cost is { } ours && usage.CostReported is { } theirs && Math.Abs(ours - theirs) > Math.Max(0.000001m, ours * 0.01m);
            Assert.Equal(differs ? ["reported_cost_differs"] : [], usage.Conflicts);
        }
        foreach (var (kind, subject) in new[] { (1, "''"), (2, "coalesce(user_id, '')"), (3, "coalesce(key_id, '')") })
            foreach (var (grain, bucket) in new[] { (1, "date_bin('15 minutes', occurred_at, '2000-01-01Z')"), (2, "date_trunc('hour', occurred_at, 'UTC')"), (3, "date_trunc('day', occurred_at, 'UTC')") })
                if ((kind, grain) is not ((2 or 3), 2))
                    Assert.Equal(0, await app.CountAsync($"""
                        (SELECT {bucket} AS bucket_start, {subject} AS subject, provider, model, status, count(*) AS requests, count(*) - count(cost) AS unpriced, coalesce(sum(cost), 0) AS cost
                         FROM usage_events WHERE tenant_id = '{tenant}' GROUP BY 1, 2, 3, 4, 5) AS e
                        FULL JOIN (SELECT * FROM usage_rollups WHERE tenant_id = '{tenant}' AND kind = {kind} AND grain = {grain}) AS r USING (bucket_start, subject, provider, model, status)
                        WHERE (e.requests, e.unpriced, e.cost) IS DISTINCT FROM (r.requests, r.unpriced, r.cost)
                        """));
    }
}
