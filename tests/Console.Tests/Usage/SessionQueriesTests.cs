using System.Text;
using System.Text.Json.Nodes;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using Npgsql;

namespace AgentConsole.Tests.Usage;

/// <summary>Sessions, the places of requests in them, and the latest requests of users and keys.</summary>
public sealed class SessionQueriesTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private SessionQueries Sessions => shared.App.Get<SessionQueries>();
    private Reach Own => Reach.Of(_tenant);

    [Fact]
    public async Task Session_OfSeveralModels_SumsToItsRequests()
    {
        await SendAsync(Enumerable.Range(0, 7).Select(index => Call($"e-{index}", index * 60, item =>
        {
            item["model"] = index == 3 ? "no-such-model-9" : index % 2 == 0 ? "claude-sonnet-4-5" : "claude-haiku-4-5";
            item["user"] = index < 5 ? "u-1" : "u-2";
            if (index == 6) item["status"] = "failure";
        })).Append(Call("other", 30, static item => item["session"] = "s-2")).Append(Call("none", 31, static item => item["session"] = null)));

        var session = await Sessions.FindAsync(Own, _tenant, "s-1", CancellationToken.None);
        var rows = (await shared.App.Get<UsageQueries>().ListRequestsAsync(Own, new(Start, Start.AddDays(1), UsageFilter.None) { Where = new() { Sessions = ["s-1"] } }, CancellationToken.None)).Items;
        Assert.Equal((7, 1, 1), (session!.Requests, session.Failures, session.Total.Unpriced));
        Assert.Equal(rows.Sum(static row => row.Cost ?? 0), session.Total.Cost);
        Assert.Equal(session.Total.Cost, session.Curve.Sum(static point => point.Cost));
        Assert.Equal(7, session.Curve.Sum(static point => point.Requests));
        Assert.Equal((Start, Start.AddMinutes(6)), (session.First, session.Last));
        Assert.Equal(["claude-sonnet-4-5", "claude-haiku-4-5", "no-such-model-9"], session.ByModel.Select(static model => model.Model));
        Assert.Equal(["u-1", "u-2"], session.Users);
        Assert.Empty(session.Repeats);
    }

    [Fact]
    public async Task Session_OfNobodyOrOfAnother_IsNull()
    {
        await SendAsync([Call("e", 0)]);
        Assert.NotNull(await Sessions.FindAsync(Own, _tenant, "s-1", CancellationToken.None));
        Assert.Null(await Sessions.FindAsync(Own, _tenant, "s-9", CancellationToken.None));
        Assert.Null(await Sessions.FindAsync(Reach.Of("another"), _tenant, "s-1", CancellationToken.None));
        Assert.Null(await Sessions.FindAsync(Reach.None, _tenant, "s-1", CancellationToken.None));
    }

    /// <summary>Between the calls of a loop lie others; a call that is too late or too unlike ends it.</summary>
    [Theory]
    [InlineData("the same call every 2 s", 12)]
    [InlineData("nine of them", 0)]
    [InlineData("slowly growing", 12)]
    [InlineData("with others between them", 12)]
    [InlineData("too far apart", 0)]
    [InlineData("growing fast", 0)]
    [InlineData("with other answers", 0)]
    [InlineData("with other arguments", 0)]
    [InlineData("without a tool, all alike", 12)]
    [InlineData("without a tool, growing", 0)]
    [InlineData("a pause in the middle", 0)]
    public async Task Repeats_AreWhatTheDefinitionSays(string story, int expected)
    {
        var calls = Enumerable.Range(0, story == "nine of them" ? 9 : 12).Select(index => Call($"e-{index}", index * 2, item =>
        {
            var (input, output) = (10_000, 400);
            item["tool"] = story.StartsWith("without a tool", StringComparison.Ordinal) ? null : "lookup";
            if (story is "slowly growing" or "without a tool, growing") input += index * 300;
            if (story == "growing fast") input *= index + 1;
            if (story == "with other answers") output = index % 2 == 0 ? 100 : 900;
            if (story == "with other arguments") item["tags"] = new JsonObject { ["callHash"] = $"page-{index}" };
            if (story == "too far apart") item["occurredAt"] = Start.AddSeconds(index * 61).ToString("O");
            if (story == "a pause in the middle" && index > 5) item["occurredAt"] = Start.AddSeconds(index * 2 + 600).ToString("O");
            item["usage"] = new JsonObject { ["input"] = input, ["output"] = output };
        })).ToList();
        if (story == "with others between them") calls.AddRange(Enumerable.Range(0, 12).Select(index => Call($"x-{index}", index * 2 + 1, item => item["tool"] = $"tool-{index}")));
        await SendAsync(calls);

        var session = await Sessions.FindAsync(Own, _tenant, "s-1", CancellationToken.None);
        Assert.Equal(expected, session!.Repeats.Sum(static run => run.Calls));
        if (expected == 0) return;
        var run = Assert.Single(session.Repeats);
        Assert.Equal((Start, Start.AddSeconds(22)), (run.First, run.Last));
        Assert.True(run is { CostKnown: true, Cost: > 0 });
    }

    [Fact]
    public async Task Place_OfEachRequest_IsItsOrderAndItsNeighbours()
    {
        // Two at the same moment: the id decides.
        await SendAsync(new[] { ("c", 0), ("a", 60), ("b", 60), ("d", 90) }.Select(one => Call(one.Item1, one.Item2)).Append(Call("x", 61, static item => item["session"] = "s-2")));
        var expected = new[] { ("c", (string?)null, (string?)"a"), ("a", "c", "b"), ("b", "a", "d"), ("d", "b", null) };
        foreach (var ((id, previous, next), index) in expected.Select(static (one, index) => (one, index)))
        {
            var usage = await shared.App.Get<UsageQueries>().FindRequestAsync(Own, _tenant, id, null, CancellationToken.None);
            var place = await Sessions.FindPlaceAsync(Own, usage!, CancellationToken.None);
            Assert.Equal((index + 1, 4, previous, next), (place!.Position, place.Count, place.Previous?.Id, place.Next?.Id));
        }
        await SendAsync([Call("alone", 5, static item => item["session"] = null)]);
        Assert.Null(await Sessions.FindPlaceAsync(Own, (await shared.App.Get<UsageQueries>().FindRequestAsync(Own, _tenant, "alone", null, CancellationToken.None))!, CancellationToken.None));
    }

    [Fact]
    public async Task Latest_OfAUserOrKey_AreFoundHoweverLongAgoAndHoweverFew()
    {
        await SendAsync(Enumerable.Range(0, 30).Select(index => Call($"m-{index}", -index * 86_400, item =>
        {
            (item["user"], item["key"]) = (index % 3 == 0 ? "rare" : "often", $"vk-{index % 2}");
            if (index % 6 == 0) item["status"] = "failure";
        })));
        await shared.App.RollUpAsync();
        await SendAsync([Call("tail", 5, static item => (item["user"], item["key"]) = ("rare", "vk-1"))]);

        Assert.Equal(["tail", "m-0", "m-3", "m-6"], await LatestAsync(Dimension.User, "rare", null, 4));
        Assert.Equal(11, (await LatestAsync(Dimension.User, "rare", null, 50)).Count);
        Assert.Equal(["m-0", "m-6"], await LatestAsync(Dimension.User, "rare", UsageStatus.Failure, 2));
        Assert.Equal(["tail", "m-1", "m-3"], await LatestAsync(Dimension.Key, "vk-1", null, 3));
        Assert.Empty(await LatestAsync(Dimension.User, "nobody", null, 3));
        Assert.Empty(await shared.App.Get<SubjectQueries>().ListLatestAsync(Reach.Of("another"), _tenant, Dimension.User, "rare", null, 3, CancellationToken.None));
    }

    [Fact]
    public async Task Latest_OfOneBusyQuarter_AreTheNewestOfIt()
    {
        await SendAsync(Enumerable.Range(0, 40).Select(index => Call($"q-{index:00}", index, static item => item["user"] = "busy")));
        await shared.App.RollUpAsync();
        Assert.Equal(["q-39", "q-38", "q-37"], await LatestAsync(Dimension.User, "busy", null, 3));
    }

    /// <summary>What lets a list go on at any depth: under the walls between tenants, too, the place where it goes on is a condition of an index.</summary>
    [Theory]
    [InlineData("(r.cost_pico, r.occurred_at, r.tenant_id, r.event_id, r.source) < (5::bigint, now(), 'a', 'b', 'c') AND r.cost_pico IS NOT NULL ORDER BY r.cost_pico DESC, r.occurred_at DESC", "IX_usage_events_cost", "cost_pico, occurred_at")]
    [InlineData("(r.latency_ms, r.occurred_at, r.tenant_id, r.event_id, r.source) > (5::bigint, now(), 'a', 'b', 'c') AND r.latency_ms IS NOT NULL ORDER BY r.latency_ms, r.occurred_at", "IX_usage_events_latency", "latency_ms, occurred_at")]
    public async Task Index_OfALongList_IsSoughtWhereItGoesOn(string condition, string index, string sought)
    {
        await using var session = await shared.App.Get<Database>().BeginAsync(Own, CancellationToken.None);
        // Which of two indexes is cheaper depends on how much there is; that the index can be sought does not.
        await using (var force = new NpgsqlCommand("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off", session.Connection)) await force.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand($"EXPLAIN (COSTS OFF) SELECT * FROM usage_events AS r WHERE r.tenant_id = '{_tenant}' AND r.occurred_at >= '2026-11-01Z' AND r.occurred_at < '2026-12-01Z' AND {condition} LIMIT 100", session.Connection);
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new StringBuilder();
        while (await reader.ReadAsync()) plan.AppendLine(reader.GetString(0));
        var name = await IndexOfPartitionAsync(index);
        Assert.Contains(name, plan.ToString(), StringComparison.Ordinal);
        Assert.Contains(sought, plan.ToString().Split('\n').First(static line => line.Contains("Index Cond", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private Task<string> IndexOfPartitionAsync(string index) => shared.App.ScalarAsync<string>(
        $"SELECT c.relname::text FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhrelid JOIN pg_index AS i ON i.indexrelid = c.oid WHERE h.inhparent = '\"{index}\"'::regclass AND i.indrelid = 'usage_events_2026_11'::regclass");

    private async Task<IReadOnlyList<string>> LatestAsync(Dimension dimension, string name, UsageStatus? status, int limit) =>
        [.. (await shared.App.Get<SubjectQueries>().ListLatestAsync(Own, _tenant, dimension, name, status, limit, CancellationToken.None)).Select(static row => row.Id)];

    private Task<Answer> SendAsync(IEnumerable<JsonNode> calls) => shared.Client.SendUsageAsync(Json.Array(calls));

    private JsonObject Call(string id, double seconds, Action<JsonObject>? change = null) => Json.Event(id, _tenant, item =>
    {
        (item["session"], item["occurredAt"]) = ("s-1", Start.AddSeconds(seconds).ToString("O"));
        change?.Invoke(item);
    });
}
