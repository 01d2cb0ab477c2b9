using AgentConsole.Latency;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest;
using AgentConsole.Usage.Rollups;

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
    [InlineData(0, null, "characters that are not text|22021")]
    [InlineData('a', "{not json", "22P02")]
    [InlineData(0xD800, null, "characters that are not text")]
    public async Task Group_WithAPoisonEvent_RejectsItAloneAndWritesTheOthers(int character, string? hops, string error)
    {
        var user = $"a{(char)character}";
        var tenant = $"t-{Guid.NewGuid():N}";
        // Not started: what is queued before the start is one group.
        using var writer = Writer();
        Task<AgentConsole.Platform.Result<WrittenBatch>>[] writes =
        [
            writer.WriteAsync(new([Event(tenant, "a")], []), CancellationToken.None),
            writer.WriteAsync(new([.. Enumerable.Range(0, 13).Select(index => Event(tenant, $"good-{index}")), Event(tenant, "poison", user: user, hops: hops), Event(tenant, "a")], []), CancellationToken.None),
            writer.WriteAsync(new([Event(tenant, "b"), Event(tenant, "a")], []), CancellationToken.None),
        ];
        await writer.StartAsync(CancellationToken.None);
        var results = await Task.WhenAll(writes);
        await writer.StopAsync(CancellationToken.None);
        Assert.All(results, result => Assert.True(result.Ok));
        Assert.Equal([0, 1, 1], results.Select(result => result.Value!.Duplicates));
        var refused = Assert.Single(results.SelectMany(result => result.Value!.Refused));
        Assert.Equal("poison", refused.Event!.Id);
        Assert.Contains(error.Split('|'), part => refused.Error.Contains(part, StringComparison.Ordinal));
        Assert.Equal(15, await shared.App.CountAsync($"usage_events WHERE tenant_id = '{tenant}'"));
        Assert.Equal(1, await shared.App.CountAsync($"usage_rejections WHERE tenant_id = '{tenant}' AND event_id = 'poison' AND payload LIKE '%gpt-5%'"));
        await shared.App.RollUpAsync();
        Assert.Equal(15L, await shared.App.ScalarAsync<long>($"SELECT sum(requests)::bigint FROM usage_rollups WHERE tenant_id = '{tenant}' AND kind = 1 AND grain = 3"));
    }

    /// <summary>How many latencies a stored histogram holds.</summary>
    private const string Latencies = """
        (SELECT sum(get_byte(latency, at + 1)::bigint << 24 | get_byte(latency, at + 2) << 16 | get_byte(latency, at + 3) << 8 | get_byte(latency, at + 4))
         FROM generate_series(0, length(latency) - 5, 5) AS at)
        """;

    [Fact]
    public async Task Batch_WithAPoisonIdAndAPoisonHop_RejectsBothAndKeepsThem()
    {
        var tenant = $"t-{Guid.NewGuid():N}";
        using var writer = Writer();
        await writer.StartAsync(CancellationToken.None);
        HopTiming Hop(string span) => new() { TenantId = tenant, TraceId = "trace", SpanId = span, Name = "planner", Kind = HopKind.Stage, DurationUs = 1, StartedAt = ConsoleApp.Now };
        var written = await writer.WriteAsync(new([Event(tenant, "a\ud800"), Event(tenant, "b")], [], [Hop("1"), Hop("2\0"), Hop("3")]), CancellationToken.None);
        await writer.StopAsync(CancellationToken.None);
        Assert.Equal(["a\ud800", null], written.Value!.Refused.Select(static refused => refused.Event?.Id));
        Assert.Equal("2\0", written.Value.Refused[1].Hop!.SpanId);
        Assert.Equal((1, 2, 2), (await shared.App.CountAsync($"usage_events WHERE tenant_id = '{tenant}'"), await shared.App.CountAsync($"hop_timings WHERE tenant_id = '{tenant}'"), await shared.App.CountAsync($"usage_rejections WHERE tenant_id = '{tenant}'")));
    }

    private UsageWriter Writer() => new(
        shared.App.Get<LedgerTransaction>(), shared.App.Get<WriteInParts>(), new UsageOptions { Writers = 1 },
        new AgentConsole.Platform.Live.ChangeFeed(TimeProvider.System, Quiet<AgentConsole.Platform.Live.ChangeFeed>()), new TakenUsage(), Quiet<UsageWriter>());

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
        foreach (var (kind, grain) in RollupCover.Kept.Select(static level => ((short)level.Kind, (short)level.Grain)))
        {
            Assert.Equal($"{Expected}|{Expected * 10}|{Expected}|0.000000{Expected:000000}|{Expected}", await shared.App.ScalarAsync<string>($"""
                SELECT sum(requests) || '|' || sum(input) || '|' || sum(output) || '|' || sum(cost) || '|' ||
                       sum({Latencies})
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
        Assert.InRange(await shared.App.ScalarAsync<int>($"SELECT max(length(latency) / 5) FROM usage_rollups WHERE tenant_id = '{tenant}'"), 100, 256);
        Assert.Equal(latencies.Count, await shared.App.ScalarAsync<long>($"SELECT sum({Latencies})::bigint FROM usage_rollups WHERE tenant_id = '{tenant}' AND kind = 1 AND grain = 3"));
        var total = (await shared.Client.GetJsonAsync($"/api/v1/usage/breakdown?tenant={tenant}&from=2026-11-20&to=2026-11-21")).GetProperty("total");
        Percentiles.AssertNear(latencies, total.GetProperty("latencyMs"));
    }

    private static Microsoft.Extensions.Logging.ILogger<T> Quiet<T>() => Microsoft.Extensions.Logging.Abstractions.NullLogger<T>.Instance;
}
