using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest;
using AgentConsole.Usage.Rollups;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Usage;

public sealed class UsagePartitionsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static UsageEvent Event(string id, DateTimeOffset at) => new()
    {
        TenantId = "acme", Source = UsageSources.Native, Id = id, OccurredAt = at, Provider = "openai", Model = "gpt-5", Tokens = new TokenCounts { Input = 1 },
    };

    private static UsagePartitions Partitions(ConsoleApp app) => new(app.Get<Database>(), app.Time, NullLogger<UsagePartitions>.Instance);

    private static Task WriteAsync(ConsoleApp app, IEnumerable<UsageEvent> events) =>
        app.Get<LedgerTransaction>().WriteAsync([new IngestBatch([.. events], [])], CancellationToken.None);

    [Fact]
    public async Task Ensure_MakesTheMonthsAroundNow_AndIsIdempotent()
    {
        await using var app = await ConsoleApp.StartAsync(postgres);
        await Partitions(app).EnsureAsync(CancellationToken.None);
        foreach (var month in new[] { "2026_09", "2026_10", "2026_11", "2026_12", "2027_01", "2027_02" })
            Assert.Equal(1, await app.CountAsync($"pg_inherits WHERE inhrelid = 'usage_events_{month}'::regclass AND inhparent = 'usage_events'::regclass"));
        Assert.Equal(7, await app.CountAsync("pg_inherits WHERE inhparent = 'usage_events'::regclass"));
    }

    [Fact]
    public async Task Ensure_ByTwoNodesAtOnce_MakesEachOnce()
    {
        await using var app = await ConsoleApp.StartAsync(postgres);
        app.Time.Now = ConsoleApp.Now.AddYears(2);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Partitions(app).EnsureAsync(CancellationToken.None)));
        Assert.Equal(13, await app.CountAsync("pg_inherits WHERE inhparent = 'usage_events'::regclass"));
    }

    [Fact]
    public async Task Event_FarInThePast_IsKeptAndFoundBeforeAndAfterItsMonthIsMade()
    {
        await using var app = await ConsoleApp.StartAsync(postgres);
        using var client = app.Client();
        await client.SendUsageAsync(Json.Event("old", "acme", item => item["occurredAt"] = "2019-02-03T04:05:06Z"));
        Assert.Equal(1, await app.CountAsync("usage_events WHERE tableoid = 'usage_events_default'::regclass"));
        await AssertFoundAsync(client);

        await Partitions(app).EnsureAsync(CancellationToken.None);
        Assert.Equal(0, await app.CountAsync("usage_events WHERE tableoid = 'usage_events_default'::regclass"));
        Assert.Equal(1, await app.CountAsync("usage_events WHERE tableoid = 'usage_events_2019_02'::regclass"));
        await AssertFoundAsync(client);
        Assert.Equal(1, (await client.SendUsageAsync(Json.Event("old", "acme"))).Duplicates);
    }

    /// <summary>The same month is written to, read, and moved: no reader may see fewer rows than were there before it looked.</summary>
    [Fact]
    public async Task Ensure_WhileWritingAndReading_LosesAndHidesNothing()
    {
        await using var app = await ConsoleApp.StartAsync(postgres);
        using var client = app.Client();
        var months = Enumerable.Range(0, 12).Select(index => new DateTimeOffset(2020, 1, 15, 0, 0, 0, TimeSpan.Zero).AddMonths(index)).ToList();
        await WriteAsync(app, months.SelectMany((month, index) => Enumerable.Range(0, 100).Select(id => Event($"before-{index}-{id}", month))));

        using var stop = new CancellationTokenSource();
        var written = 0;
        var writing = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; written += months.Count)
                await WriteAsync(app, months.Select(month => Event($"during-{written}-{month:MM}", month)));
        });
        // By team the events are read, by model the rollups and what they lack.
        var reading = new[] { "team", "model", "team" }.Select(groupBy => Task.Run(async () =>
        {
            var reads = 0;
            for (; !stop.IsCancellationRequested; reads++)
            {
                var atLeast = 1200 + Volatile.Read(ref written);
                var total = (await client.GetJsonAsync($"/api/v1/usage/breakdown?tenant=acme&from=2020-01-01&to=2021-01-01&groupBy={groupBy}")).GetProperty("total");
                Assert.InRange(total.GetProperty("requests").GetInt64(), atLeast, 1200 + Volatile.Read(ref written) + months.Count);
            }
            return reads;
        })).ToList();

        await Partitions(app).EnsureAsync(CancellationToken.None);
        for (var roll = 0; roll < 20; roll++) await app.Get<RollUpUsage>().RollUpAsync(CancellationToken.None);
        await stop.CancelAsync();
        await writing;
        Assert.All(await Task.WhenAll(reading), reads => Assert.NotEqual(0, reads));
        Assert.Equal(1200 + written, await app.CountAsync("usage_events"));
        Assert.Equal(1200 + written, await app.CountAsync("usage_keys"));
        Assert.Equal(0, await app.CountAsync("usage_events WHERE tableoid = 'usage_events_default'::regclass"));
    }

    private static async Task AssertFoundAsync(HttpClient client)
    {
        foreach (var groupBy in new[] { "model", "team" })
        {
            var breakdown = await client.GetJsonAsync($"/api/v1/usage/breakdown?tenant=acme&from=2019-01-01&to=2020-01-01&groupBy={groupBy}");
            Assert.Equal(1, breakdown.GetProperty("total").GetProperty("requests").GetInt64());
        }
        Assert.Equal("old", (await client.GetJsonAsync("/api/v1/requests/acme/old")).GetProperty("id").GetString());
        Assert.Single((await client.GetJsonAsync("/api/v1/requests?from=2019-01-01&to=2020-01-01")).GetProperty("items").EnumerateArray());
    }
}
