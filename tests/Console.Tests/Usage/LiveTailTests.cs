using System.Globalization;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;

namespace AgentConsole.Tests.Usage;

public sealed class LiveTailTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private LiveTail Tail => shared.App.Get<LiveTail>();

    [Fact]
    public async Task Read_WhatComesIn_IsNewestFirstAndCounted()
    {
        await SendAsync("before");
        Assert.Equal(["before"], Ids(await ReadAsync()));

        await SendAsync("a");
        await SendAsync("b", "c");
        var answer = await ReadAsync();

        Assert.Equal(3, answer.Arrived);
        Assert.Equal("a", Ids(answer)[2]);
        Assert.Equal(["b", "c"], Ids(answer)[..2].Order());
        Assert.Equal([3, 2, 1, 0], answer.Rows.Select(static row => row.Number));
    }

    [Fact]
    public async Task Read_LateEvent_ComesWhenItCame()
    {
        await ReadAsync();
        await shared.Client.SendUsageAsync(Json.Event("late", _tenant, static item => item["occurredAt"] = "2026-10-01T00:00:00Z"));

        Assert.Equal(["late"], Ids(await ReadAsync()));
    }

    [Fact]
    public async Task Read_MoreThanIsHeld_CountsAllAndHoldsTheNewest()
    {
        await ReadAsync();
        await SendAsync([.. Enumerable.Range(0, 400).Select(static index => $"r-{index}")]);
        var answer = await ReadAsync();

        Assert.Equal((400, LiveTail.Held), (answer.Arrived, answer.Rows.Count));
        Assert.Equal((400, 400 - LiveTail.Held + 1), (answer.Rows[0].Number, answer.Rows[^1].Number));
    }

    /// <summary>Whoever writes for long holds up neither the others nor the count, and is counted once.</summary>
    [Fact]
    public async Task Read_WhileATransactionIsOpen_CountsEachOnce()
    {
        await SendAsync("first");
        await ReadAsync();
        await using var connection = await shared.App.Get<Database>().Platform.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var columns = await shared.App.ScalarAsync<string>("SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns WHERE table_name = 'usage_events' AND is_generated = 'NEVER' AND column_name NOT IN ('xid', 'event_id')");
        await using (var insert = new Npgsql.NpgsqlCommand($"INSERT INTO usage_events (event_id, {columns}) SELECT 'held', {columns} FROM usage_events WHERE tenant_id = $1 AND event_id = 'first'", connection, transaction) { Parameters = { new() { Value = _tenant } } })
            Assert.Equal(1, await insert.ExecuteNonQueryAsync());

        await SendAsync("a");
        Assert.Equal(1, (await ReadAsync()).Arrived);
        await SendAsync("b");
        Assert.Equal(2, (await ReadAsync()).Arrived);
        Assert.Equal(2, (await ReadAsync()).Arrived);
        await transaction.CommitAsync();
        var answer = await ReadAsync();

        Assert.Equal(3, answer.Arrived);
        Assert.Equal(["a", "b", "first", "held"], Ids(answer).Order());
        Assert.Equal(3, (await ReadAsync()).Arrived);
    }

    [Fact]
    public async Task Read_OfATenant_HasNothingOfAnother()
    {
        await ReadAsync();
        await shared.Client.SendUsageAsync(Json.Event("foreign", $"{_tenant}-other"));

        Assert.Equal(0, (await ReadAsync()).Arrived);
        Assert.Empty((await ReadAsync(reach: Reach.None)).Rows);
    }

    [Fact]
    public async Task Read_Filtered_CountsWhatFits()
    {
        var where = RequestFilter.Read([("minCost", "1")]).Filter;
        Task<TailAnswer> Failures() => ReadAsync(new("failures", UsageFilter.None.With(Dimension.Status, "failure"), RequestFilter.None));
        await Failures();
        await SendAsync("fine");
        await shared.Client.SendUsageAsync(Json.Event("broken", _tenant, static item => item["status"] = "failure"));

        Assert.Equal(["broken"], Ids(await Failures()));
        Assert.Empty((await ReadAsync(new("dear", UsageFilter.None, where))).Rows);
    }

    [Fact]
    public async Task Read_BySeveralInTheSameSecond_IsOneAnswer()
    {
        var query = new TailQuery("same", UsageFilter.None, RequestFilter.None);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Tail.ReadAsync(Reach.Of(_tenant), query, null, CancellationToken.None)));
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
    }

    [Fact]
    public void Window_SlowViewer_SkipsAndSaysHowMany()
    {
        var run = Guid.NewGuid();
        var window = TailWindow.Open(new(run, 0, [], default));
        var held = window.Hold(new(run, 1000, [], default));
        var taken = held.Take(new(run, 1000, Rows(1000, LiveTail.Held), default));

        Assert.Equal((1000, 0), (held.Waiting, held.Rows.Count));
        Assert.Equal((0, 1000, 1000 - LiveTail.Held, LiveTail.Held), (taken.Waiting, taken.Came, taken.Skipped, taken.Rows.Count));
    }

    [Fact]
    public void Window_Taken_IsARing()
    {
        var run = Guid.NewGuid();
        var window = TailWindow.Open(new(run, 10, Rows(10, 100), default)).Take(new(run, 110, Rows(110, LiveTail.Held), default));

        Assert.Equal((100, 0, LiveTail.Held), (window.Came, window.Skipped, window.Rows.Count));
        Assert.Equal(LiveTail.Held, window.Rows.Select(static row => row.Id).Distinct().Count());
        Assert.Equal("r-110", window.Rows[0].Id);
    }

    [Fact]
    public void Window_CountedAnew_SaysThatItMayBeMore()
    {
        var window = TailWindow.Open(new(Guid.NewGuid(), 10, Rows(10, 5), default)).Take(new(Guid.NewGuid(), 3, Rows(3, 3), default));

        Assert.True(window.IsUncounted);
        Assert.Equal((0, 3, 0), (window.Waiting, window.Came, window.Skipped));
    }

    private static IReadOnlyList<TailRow> Rows(long last, int count) => [.. Enumerable.Range(0, count).Select(back => new TailRow(last - back, Row($"r-{last - back}")))];

    private static RequestRow Row(string id) => new("acme", UsageSources.Native, id, default, "openai", "gpt-5", UsageStatus.Success, null, null, null, null, default, 1, null, null, null, 1, []);

    /// <summary>After a second, so that it is read anew.</summary>
    private Task<TailAnswer> ReadAsync(TailQuery? query = null, Reach? reach = null)
    {
        shared.App.Time.Now += TimeSpan.FromSeconds(2);
        return Tail.ReadAsync(reach ?? Reach.Of(_tenant), query ?? new("all", UsageFilter.None, RequestFilter.None), null, CancellationToken.None);
    }

    private async Task SendAsync(params string[] ids)
    {
        var at = shared.App.Time.Now.ToString("O", CultureInfo.InvariantCulture);
        Assert.Equal(ids.Length, (await shared.Client.SendUsageAsync(Json.Array(ids.Select(id => Json.Event(id, _tenant, item => item["occurredAt"] = at))))).Accepted);
    }

    private static string[] Ids(TailAnswer answer) => [.. answer.Rows.Select(static row => row.Row.Id)];
}
