using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>The queue and the transaction behind it, without HTTP.</summary>
public sealed class UsageWriterTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static UsageEvent Event(string tenant, string id, string model = "gpt-5", string? user = null, string? hops = null, int latency = 100) => new()
    {
        TenantId = tenant, Source = UsageSources.Native, Id = id, OccurredAt = ConsoleApp.Now.AddMinutes(-5), Provider = "openai", Model = model, User = user, Hops = hops,
        Tokens = new TokenCounts { Input = 10, Output = 1 }, LatencyMs = latency, Cost = 0.000000000001m,
    };

    /// <summary>Data that no normaliser lets through, refused by PostgreSQL, or by the driver before it.</summary>
    [Theory]
    [InlineData(0, null)]
    [InlineData('a', "{not json")]
    [InlineData(0xD800, null)]
    public async Task Group_WithAPoisonBatch_WritesTheOthers(int character, string? hops)
    {
        var user = $"a{(char)character}";
        var tenant = $"t-{Guid.NewGuid():N}";
        var ledger = shared.App.Get<LedgerTransaction>();
        // A writer of its own, not started: what is queued before the start is one group.
        using var writer = new UsageWriter(ledger, new UsageOptions { Writers = 1 }, new AgentConsole.Platform.Live.ChangeFeed(TimeProvider.System, Quiet<AgentConsole.Platform.Live.ChangeFeed>()), Quiet<UsageWriter>());
        Task<AgentConsole.Platform.Result<int>>[] writes =
        [
            writer.WriteAsync(new([Event(tenant, "a")], []), CancellationToken.None),
            writer.WriteAsync(new([Event(tenant, "poison", user: user, hops: hops)], []), CancellationToken.None),
            writer.WriteAsync(new([Event(tenant, "b"), Event(tenant, "a")], []), CancellationToken.None),
        ];
        await writer.StartAsync(CancellationToken.None);
        var results = await Task.WhenAll(writes);
        await writer.StopAsync(CancellationToken.None);
        Assert.Equal([true, false, true], results.Select(result => result.Ok));
        Assert.Equal(1, results[2].Value);
        Assert.Equal(2, await shared.App.CountAsync($"usage_events WHERE tenant_id = '{tenant}'"));
        await shared.App.RollUpAsync();
        Assert.Equal(2L, await shared.App.ScalarAsync<long>($"SELECT sum(requests)::bigint FROM usage_rollups WHERE tenant_id = '{tenant}' AND kind = 1 AND grain = 3"));
    }

    [Fact]
    public async Task Writers_SixteenOverTheSameTenantsAndUsers_NeverDeadlockAndSumExactly()
    {
        const int Tasks = 16, Batches = 6, Size = 60;
        var prefix = $"t-{Guid.NewGuid():N}";
        var ledger = shared.App.Get<LedgerTransaction>();
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(async () =>
        {
            var random = new Random(task);
            for (var batch = 0; batch < Batches; batch++)
            {
                var events = Enumerable.Range(0, Size).Select(index => Event(
                    $"{prefix}-{random.Next(3)}", $"{task}-{batch}-{index}", $"m-{random.Next(4)}", $"u-{random.Next(5)}", latency: random.Next(1, 60_000))).ToList();
                // Every third event is also sent by every other task: whoever is first wins.
                events.AddRange(Enumerable.Range(0, 20).Select(index => Event($"{prefix}-{index % 3}", $"shared-{batch}-{index}")).OrderBy(_ => random.Next()));
                await ledger.WriteAsync([new IngestBatch(events, [])], CancellationToken.None);
            }
        })));
        const long Expected = (Tasks * Batches * Size) + (Batches * 20);
        Assert.Equal(Expected, await shared.App.CountAsync($"usage_events WHERE tenant_id LIKE '{prefix}%'"));
        await shared.App.RollUpAsync();
        foreach (var (kind, grain) in new[] { (1, 1), (1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 3) })
        {
            Assert.Equal($"{Expected}|{Expected * 10}|{Expected}|0.000000{Expected:000000}|{Expected}", await shared.App.ScalarAsync<string>($"""
                SELECT sum(requests) || '|' || sum(input) || '|' || sum(output) || '|' || sum(cost) || '|' ||
                       sum((SELECT sum(e & 1099511627775) FROM unnest(latency) AS e))
                FROM usage_rollups WHERE tenant_id LIKE '{prefix}%' AND kind = {kind} AND grain = {grain}
                """));
        }
    }

    [Fact]
    public async Task Rollup_HistogramOfMoreThan256Entries_FoldsAndKeepsEveryCount()
    {
        var tenant = $"t-{Guid.NewGuid():N}";
        var ledger = shared.App.Get<LedgerTransaction>();
        var latencies = new List<int>();
        for (var batch = 0; batch < 12; batch++)
        {
            var events = Enumerable.Range(0, 150).Select(index => Event(tenant, $"{batch}-{index}", latency: (int)Math.Pow(1.09, index) + batch)).ToList();
            latencies.AddRange(events.Select(usage => usage.LatencyMs!.Value));
            await ledger.WriteAsync([new IngestBatch(events, [])], CancellationToken.None);
            await shared.App.RollUpAsync();
        }
        Assert.InRange(await shared.App.ScalarAsync<int>($"SELECT max(cardinality(latency)) FROM usage_rollups WHERE tenant_id = '{tenant}'"), 100, 256);
        Assert.Equal(latencies.Count, await shared.App.ScalarAsync<long>($"SELECT sum(e & 1099511627775)::bigint FROM usage_rollups, unnest(latency) AS e WHERE tenant_id = '{tenant}' AND kind = 1 AND grain = 3"));
        var total = (await shared.Client.GetJsonAsync($"/api/v1/usage/breakdown?tenant={tenant}&from=2026-11-20&to=2026-11-21")).GetProperty("total");
        Percentiles.AssertNear(latencies, total.GetProperty("latencyMs"));
    }

    private static Microsoft.Extensions.Logging.ILogger<T> Quiet<T>() => Microsoft.Extensions.Logging.Abstractions.NullLogger<T>.Instance;
}
