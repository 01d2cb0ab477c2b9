using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Tests.Usage.Rollups;

public sealed class KeptSumsTests
{
    private static readonly Stretch Monday = new("q", new(2026, 11, 16), new(2026, 11, 17));

    [Fact]
    public void Find_WithTheStampOfThen_GivesWhatWasKept()
    {
        var kept = new KeptSums();
        kept.Keep(Monday, 3, Groups(2));

        Assert.Equal(2, kept.Find(Monday, 3)!.Count);
        Assert.Null(kept.Find(Monday, 4));
        Assert.Null(kept.Find(Monday with { Question = "another" }, 3));
        Assert.Null(kept.Find(Monday with { To = new(2026, 11, 16, 6, 0, 0) }, 3));
    }

    [Fact]
    public void Keep_BeyondItsCeiling_LetsGoOfWhatWasNotAskedFor()
    {
        var kept = new KeptSums(most: 100);
        var (asked, forgotten) = (Day(0), Day(1));
        kept.Keep(asked, 1, Groups(8));
        kept.Keep(forgotten, 1, Groups(8));
        for (var day = 2; day < 50; day++)
        {
            kept.Keep(Day(day), 1, Groups(8));
            Assert.NotNull(kept.Find(asked, 1));
        }

        Assert.Null(kept.Find(forgotten, 1));
        Assert.InRange(Enumerable.Range(0, 50).Count(day => kept.Find(Day(day), 1) is not null), 2, 10);

        static Stretch Day(int day) => Monday with { From = Monday.From.AddDays(day), To = Monday.To.AddDays(day) };
    }

    [Fact]
    public void Keep_OfMoreThanItHolds_KeepsNothing()
    {
        var kept = new KeptSums(most: 100);
        kept.Keep(Monday, 1, Groups(60));
        Assert.Null(kept.Find(Monday, 1));
    }

    [Fact]
    public void Question_OfOtherValues_IsAnother()
    {
        var query = new BreakdownQuery(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), TimeZoneInfo.Utc, Grain.Day, [Dimension.Model], UsageFilter.None);
        string[] questions =
        [
            KeptSums.Question(query, ["a", "b"]), KeptSums.Question(query, ["ab"]), KeptSums.Question(query with { Percentiles = false }, ["a", "b"]), KeptSums.Question(query with { GroupBy = [] }, ["a", "b"]),
            KeptSums.Question(query with { Filter = UsageFilter.None.With(Dimension.User, "a", "b") }, ["a", "b"]), KeptSums.Question(query with { Filter = UsageFilter.None.With(Dimension.User, "a=1:b") }, ["a", "b"]),
            KeptSums.Question(query with { Filter = UsageFilter.None.With(Dimension.User, null as string) }, ["a", "b"]), KeptSums.Question(query with { Filter = UsageFilter.None.With(Dimension.User, "") }, ["a", "b"]),
        ];
        Assert.Equal(questions.Length, questions.Distinct().Count());
        Assert.Equal(questions[0], KeptSums.Question(query with { Grain = Grain.Hour }, ["a", "b"]));
    }

    private static List<GroupSums> Groups(int count) => [.. Enumerable.Range(0, count).Select(static index => new GroupSums([$"{index}"], new()))];
}

/// <summary>On the real store: what is kept is as right as what is read.</summary>
public sealed class KeptStretchTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset From = new(2026, 11, 10, 0, 0, 0, TimeSpan.Zero);

    private readonly KeptSums _kept = new();
    private ConsoleApp _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await ConsoleApp.StartAsync(postgres);
        _client = _app.Client();
        await SendAsync("acme", "a", From.AddHours(5));
        await SendAsync("acme", "b", From.AddDays(1).AddHours(5));
        await SendAsync("globex", "c", From.AddHours(7));
        await _app.RollUpAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Stretch_ThatDidNotChange_IsNotReadAgain()
    {
        Assert.Equal(3, await CountAsync(Reach.Platform, "acme", "globex"));
        await _app.ExecuteAsync("UPDATE usage_rollups SET requests = requests + 100");
        Assert.Equal(3, await CountAsync(Reach.Platform, "acme", "globex"));
    }

    [Fact]
    public async Task Stretch_WithALateEvent_IsReadAgain()
    {
        Assert.Equal(3, await CountAsync(Reach.Platform, "acme", "globex"));
        await SendAsync("acme", "late", From.AddHours(6));
        Assert.Equal(4, await CountAsync(Reach.Platform, "acme", "globex"));
        await _app.RollUpAsync();
        Assert.Equal(4, await CountAsync(Reach.Platform, "acme", "globex"));
        await SendAsync("globex", "later", From.AddDays(1).AddHours(6));
        await _app.RollUpAsync();
        Assert.Equal(5, await CountAsync(Reach.Platform, "acme", "globex"));
    }

    /// <summary>The filter of the statements names a foreign tenant, as only a mistake could; row-level security alone is left.</summary>
    [Fact]
    public async Task Stretch_OfAForeignTenant_IsNotAnsweredFromWhatOthersRead()
    {
        Assert.Equal(1, await CountAsync(Reach.Platform, "globex"));
        Assert.Equal(0, await CountAsync(Reach.Of("acme"), "globex"));
        Assert.Equal(1, await CountAsync(Reach.Platform, "globex"));
    }

    private async Task<long> CountAsync(Reach reach, params string[] tenants)
    {
        await using var session = await _app.Get<Database>().BeginAsync(reach, CancellationToken.None, System.Data.IsolationLevel.RepeatableRead, shared: "usage_events");
        var query = new BreakdownQuery(From, From.AddDays(2), TimeZoneInfo.Utc, Grain.Day, [Dimension.Model], UsageFilter.None);
        return (await BreakdownReader.ReadAsync(session.Connection, _kept, query, tenants, CancellationToken.None)).Total.Requests;
    }

    private async Task SendAsync(string tenant, string id, DateTimeOffset at)
    {
        var answer = await _client.SendUsageAsync(Json.Event(id, tenant, item => item["occurredAt"] = at.ToString("O")));
        Assert.Equal(1, answer.Accepted);
    }
}
