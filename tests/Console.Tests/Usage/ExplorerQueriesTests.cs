using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Api;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Usage;

/// <summary>Property: whatever is explored, from rollups or from events, groups, series, hours and pivot are sums of the events, and sum to the total.</summary>
public sealed class ExplorerQueriesTests(BreakdownTests.Sent sent) : IClassFixture<BreakdownTests.Sent>
{
    private static readonly Facet[] Facets = [Dimension.Model, Dimension.User, Dimension.Provider, Dimension.Key, Dimension.Tenant, Dimension.Team, Dimension.Status, Dimension.PromptVersion, Facet.OfTag("env")];
    private static readonly string[] Zones = ["Pacific/Auckland", "Asia/Kathmandu", "America/New_York"];

    private ExplorerQueries Queries => sent.App.Get<ExplorerQueries>();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Explore_RandomQuestions_SumsToALookAtEveryEvent(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 6; round++)
        {
            var query = Ask(random);
            var answer = await Queries.ExploreAsync(Reach.Platform, query, null, CancellationToken.None);
            Assert.True(answer.Ok, answer.Error?.Message);
            Check(query, answer.Value);
        }
    }

    [Fact]
    public async Task Explore_EachMeasure_IsThatOfTheApi()
    {
        foreach (var measure in MeasureTerms.All)
        {
            var query = ExplorationQuery.Of(Cut(Grain.Total, [Dimension.Model]), measure, ExplorationShape.Whole, 7);
            var explored = (await Queries.ExploreAsync(Reach.Platform, query, null, CancellationToken.None)).Value!;
            var breakdown = query.ReadsEvents
                ? (await Queries.BreakdownAsync(Reach.Platform, query.Cut, CancellationToken.None)).Value!
                : await sent.App.Get<UsageQueries>().BreakdownAsync(Reach.Platform, query.Cut, CancellationToken.None);
            Assert.Equal(measure.Of(breakdown.Total), measure.Of(explored.Total));
            Assert.Equal(breakdown.Rows.ToDictionary(static row => row.Group[0] ?? "", row => measure.Of(row.Measures)), explored.Groups.ToDictionary(static group => group.Group[0] ?? "", group => measure.Of(group.Measures)));
        }
    }

    [Fact]
    public async Task Explore_PercentilesOfOther_AreOfItsOwnRequests()
    {
        foreach (var dimension in new Facet[] { Dimension.User, Dimension.Team })
        {
            var answer = (await Queries.ExploreAsync(Reach.Platform, ExplorationQuery.Of(Cut(Grain.Month, [dimension]), Measure.LatencyP95, ExplorationShape.OverTime, 1), null, CancellationToken.None)).Value!;
            var other = answer.Series[^1];
            Assert.Null(other.Group);
            Assert.Equal(answer.GroupCount - 1, other.Folded);
            var leading = answer.Groups[0].Group[0];
            for (var bucket = 0; bucket < answer.Buckets.Count; bucket++)
            {
                var own = Events(answer.Query.Cut).Where(usage => Month(usage) == Month(answer.Buckets[bucket]) && SentEvents.Value(usage, dimension) != leading && usage.LatencyMs is not null).Select(static usage => usage.LatencyMs!.Value).Order().ToList();
                if (own.Count == 0) continue;
                var exact = Math.Max(1, own[(own.Count * 95 + 99) / 100 - 1]);
                Assert.InRange(other.Over[bucket]!.LatencyMs!.P95, exact / 1.031 - 0.05, exact * 1.031 + 0.05);
            }
        }

        static (int, int) Month(object of) => of is UsageEvent usage ? (usage.OccurredAt.UtcDateTime.Year, usage.OccurredAt.UtcDateTime.Month) : (((DateTimeOffset)of).Year, ((DateTimeOffset)of).Month);
    }

    [Fact]
    public async Task Explore_WithinATenant_SeesNothingOfAnother()
    {
        foreach (var facet in new Facet[] { Dimension.Tenant, Facet.OfTag("env") })
        {
            var query = ExplorationQuery.Of(Cut(Grain.Total, [Dimension.Tenant, facet]) with { GroupBy = [.. new[] { Dimension.Tenant, facet }.Distinct()] }, Measure.Requests, ExplorationShape.Whole, 7);
            var answer = (await Queries.ExploreAsync(Reach.Of("acme"), query, null, CancellationToken.None)).Value!;
            Assert.All(answer.Groups, static group => Assert.Equal("acme", group.Group[0]));
            Assert.Equal(sent.Events.Events.Count(static usage => usage.TenantId == "acme"), answer.Total.Requests);
        }
        Assert.Empty(await Queries.ListTagKeysAsync(Reach.Of("nobody"), CancellationToken.None));
    }

    [Fact]
    public async Task TagKeys_OfTheNewestRequests_AreListed()
    {
        await sent.Client.SendUsageAsync(Json.Event("tagged", "tagger", static item => item["tags"] = new System.Text.Json.Nodes.JsonObject { ["feature"] = "search", ["env"] = "prod" }));
        Assert.Equal(["env", "feature"], await Queries.ListTagKeysAsync(Reach.Of("tagger"), CancellationToken.None));
    }

    [Fact]
    public async Task Explore_FromEvents_TellsHowFarItIs()
    {
        var told = new List<EventsRead>();
        var query = ExplorationQuery.Of(Cut(Grain.Day, [Dimension.Team]), Measure.Cost, ExplorationShape.OverTime, 3);
        await Queries.ExploreAsync(Reach.Platform, query, new Told(told), CancellationToken.None);
        Assert.InRange(told.Count, 10, 61);
        Assert.Equal(told.Select(static one => one.ReadTo).Order(), told.Select(static one => one.ReadTo));
        Assert.Equal(query.Cut.To, told[^1].ReadTo);
    }

    [Fact]
    public async Task Explore_FromEvents_SaysFromWhenOnRequestsAreKept()
    {
        await sent.Client.SendUsageAsync(Json.Event("kept", "forgetful"));
        await sent.App.ExecuteAsync("UPDATE tenants SET event_days = 30 WHERE tenant_id = 'forgetful'");
        var (gone, kept) = (Cut(Grain.Total, [Dimension.Team]), Cut(Grain.Total, [Dimension.Team]) with { From = ConsoleApp.Now.AddDays(-29) });
        Assert.Equal(new DateTimeOffset(2026, 10, 21, 0, 0, 0, TimeSpan.Zero), (await KeptFromAsync(gone, "forgetful")));
        Assert.Null(await KeptFromAsync(kept, "forgetful"));
        Assert.Null(await KeptFromAsync(gone, "acme"));
        Assert.Null(await KeptFromAsync(gone with { GroupBy = [Dimension.Model] }, "forgetful"));
        var json = await sent.Client.GetJsonAsync("/api/v1/usage/breakdown?tenant=forgetful&from=2026-01-01&to=2026-11-20&groupBy=team");
        Assert.Equal(new DateTimeOffset(2026, 10, 21, 0, 0, 0, TimeSpan.Zero), json.GetProperty("freshness").GetProperty("requestsKeptFrom").GetDateTimeOffset());

        async Task<DateTimeOffset?> KeptFromAsync(BreakdownQuery cut, string tenant) =>
            (await Queries.ExploreAsync(Reach.Of(tenant), ExplorationQuery.Of(cut, Measure.Requests, ExplorationShape.Whole, 7), null, CancellationToken.None)).Value!.RequestsKeptFrom;
    }

    [Fact]
    public async Task Explore_BudgetSpent_SaysSoAndLeavesTheTurnToOthers()
    {
        using var reads = new EventReads(new UsageOptions { EventReads = 1, EventReadSeconds = 1 }, TimeProvider.System);
        var queries = new ExplorerQueries(sent.App.Get<Database>(), sent.App.Get<CurrentPrices>(), reads, new(), TimeProvider.System);
        var query = ExplorationQuery.Of(Cut(Grain.Total, [Dimension.Team]), Measure.Cost, ExplorationShape.Whole, 3);
        await using (var connection = await sent.App.Source.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE usage_events IN ACCESS EXCLUSIVE MODE", connection)) await hold.ExecuteNonQueryAsync();
            var refused = await queries.ExploreAsync(Reach.Platform, query, null, CancellationToken.None);
            Assert.IsType<TooMuchToRead>(refused.Error);
        }
        await Eventually.TrueAsync(async () => (await queries.ExploreAsync(Reach.Platform, query, null, CancellationToken.None)).Ok);
    }

    [Fact]
    public async Task EventReads_NoTurnFree_WaitsAndMayLeave()
    {
        using var reads = new EventReads(new UsageOptions { EventReads = 1, EventReadSeconds = 300 }, TimeProvider.System);
        var first = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var holding = reads.RunAsync(_ => first.Task, CancellationToken.None);
        using var left = new CancellationTokenSource();
        var leaving = reads.RunAsync(static _ => Task.FromResult(2), left.Token);
        var staying = reads.RunAsync(static _ => Task.FromResult(3), CancellationToken.None);
        Assert.False(leaving.IsCompleted || staying.IsCompleted);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.False(staying.IsCompleted);
        first.SetResult(1);
        Assert.Equal((1, 3), ((await holding).Value, (await staying).Value));
    }

    private BreakdownQuery Cut(Grain grain, IReadOnlyList<Facet> groupBy) =>
        new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero), TimeZoneInfo.Utc, grain, groupBy, UsageFilter.None);

    private static ExplorationQuery Ask(Random random)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(Zones[random.Next(Zones.Length)]);
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(200 * 24 * 60));
        var to = from.AddMinutes(random.Next(60, 120 * 24 * 60));
        var groupBy = Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Facets[random.Next(Facets.Length)]).Distinct().ToList();
        var filter = random.Next(3) == 0 ? UsageFilter.None.With(Dimension.Tenant, "acme") : UsageFilter.None;
        var shape = (ExplorationShape)random.Next(3);
        var grain = shape == ExplorationShape.OverTime ? (Grain)random.Next((int)Grain.Hour, (int)Grain.Month + 1) : Grain.Total;
        return ExplorationQuery.Of(new(from, to, zone, grain, groupBy, filter), MeasureTerms.All[random.Next(MeasureTerms.All.Count)], shape, random.Next(1, 8));
    }

    private void Check(ExplorationQuery query, Exploration answer)
    {
        var events = Events(query.Cut);
        Check(events, answer.Total);
        foreach (var group in answer.Groups)
            Check([.. events.Where(usage => query.Cut.GroupBy.Select(facet => SentEvents.Value(usage, facet)).SequenceEqual(group.Group))], group.Measures);
        Assert.Equal(answer.Total.Requests, answer.Groups.Sum(static group => group.Measures.Requests) + (answer.Rest?.Requests ?? 0));
        if (query.Shape != ExplorationShape.Whole) Assert.Equal(answer.Total.Requests, answer.Over.Sum(static over => over?.Requests ?? 0));
        if (query.Shape == ExplorationShape.HourOfWeek)
            for (var hour = 0; hour < Exploration.HoursOfWeek; hour++)
                Check([.. events.Where(usage => HourOfWeek(usage, query.Cut.Zone) == hour)], answer.Over[hour]);
        if (query.Shape == ExplorationShape.OverTime)
            for (var bucket = 0; bucket < answer.Buckets.Count; bucket++)
                CheckBucket(query, answer, bucket, [.. events.Where(usage => SentEvents.Bucket(usage.OccurredAt, query.Cut.Grain, query.Cut.Zone) == SentEvents.Bucket(answer.Buckets[bucket], query.Cut.Grain, query.Cut.Zone))]);
        if (answer.Pivot is { } pivot)
        {
            Assert.Equal(answer.Total.Cost, pivot.Cells.Sum(static row => row.Sum(static cell => cell?.Cost ?? 0)));
            Assert.All(pivot.Rows.Zip(pivot.Cells), static row => Assert.Equal(row.First.Measures.Tokens, row.Second.Aggregate(default(TokenCounts), static (sum, cell) => sum + (cell?.Tokens ?? default))));
            Assert.Equal(answer.Total.Requests, pivot.Columns.Sum(static column => column.Measures.Requests));
        }
    }

    private static void CheckBucket(ExplorationQuery query, Exploration answer, int bucket, List<UsageEvent> events)
    {
        Check(events, answer.Over[bucket]);
        Assert.InRange(answer.Series.Count, 0, query.Top + 1);
        Assert.Equal(events.Sum(static usage => usage.Cost ?? 0), answer.Series.Sum(series => series.Over[bucket]?.Cost ?? 0));
        foreach (var series in answer.Series.Where(static series => series.Group is not null))
            Check([.. events.Where(usage => query.Cut.GroupBy.Select(facet => SentEvents.Value(usage, facet)).SequenceEqual(series.Group!))], series.Over[bucket]);
    }

    private static void Check(List<UsageEvent> events, Measures? measures)
    {
        Assert.Equal(events.Count, measures?.Requests ?? 0);
        if (measures is null) return;
        Assert.Equal(events.Sum(static usage => usage.Cost ?? 0), measures.Cost);
        Assert.Equal(events.Count(static usage => usage.Cost is null), measures.UnpricedRequests);
        Assert.Equal(events.Aggregate(default(TokenCounts), static (sum, usage) => sum + usage.Tokens), measures.Tokens);
        Assert.Equal(events.Count(static usage => usage.Status == UsageStatus.Failure), measures.Failures);
    }

    private List<UsageEvent> Events(BreakdownQuery cut) =>
        [.. sent.Events.Where(cut.From, cut.To, cut.Filter.All.ToDictionary(static pair => pair.Facet, static pair => pair.Values.ToArray()))];

    private static int HourOfWeek(UsageEvent usage, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(usage.OccurredAt, zone);
        return ((int)local.DayOfWeek + 6) % 7 * 24 + local.Hour;
    }

    private sealed class Told(List<EventsRead> told) : IProgress<EventsRead>
    {
        public void Report(EventsRead value) => told.Add(value);
    }
}
