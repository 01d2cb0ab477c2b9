using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Usage;

public sealed class SharedBreakdownsTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private SharedBreakdowns Shared => shared.App.Get<SharedBreakdowns>();

    [Fact]
    public async Task Read_SameQuestionInTheSameSecond_IsOneAnswer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Shared.ReadAsync(Reach.Platform, Question("u-1"), null, CancellationToken.None)));
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
    }

    [Fact]
    public async Task Read_OtherFilter_IsAnotherAnswer()
    {
        var first = await Shared.ReadAsync(Reach.Platform, Question("u-1"), null, CancellationToken.None);
        Assert.NotSame(first, await Shared.ReadAsync(Reach.Platform, Question("u-2"), null, CancellationToken.None));
        Assert.NotSame(first, await Shared.ReadAsync(Reach.Platform, Question(null), null, CancellationToken.None));
        Assert.NotSame(first, await Shared.ReadAsync(Reach.Platform, Question("u-1") with { Grain = Grain.Day }, null, CancellationToken.None));
    }

    [Fact]
    public async Task Read_AfterASecond_AsksAgain()
    {
        var before = await Shared.ReadAsync(Reach.Platform, Question("u-1"), null, CancellationToken.None);
        await shared.Client.SendUsageAsync(Json.Event("a", _tenant, static item => item["user"] = "u-1"));
        shared.App.Time.Now += TimeSpan.FromSeconds(2);
        var after = await Shared.ReadAsync(Reach.Platform, Question("u-1"), null, CancellationToken.None);
        Assert.Equal((0, 1), (before.Total.Requests, after.Total.Requests));
    }

    [Fact]
    public async Task Read_FollowingAChangeInTheSameSecond_IncludesIt()
    {
        var before = await Shared.ReadAsync(Reach.Platform, Question("u-3"), null, CancellationToken.None);
        await shared.Client.SendUsageAsync(Json.Event("b", _tenant, static item => item["user"] = "u-3"));
        var changedAt = shared.App.Time.Now += TimeSpan.FromMilliseconds(100);
        var following = Enumerable.Range(0, 5).Select(_ => Shared.ReadAsync(Reach.Platform, Question("u-3"), changedAt, CancellationToken.None)).ToList();
        Assert.Same(before, await Shared.ReadAsync(Reach.Platform, Question("u-3"), null, CancellationToken.None));
        var answers = await Task.WhenAll(following);
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
        Assert.Equal(1, answers[0].Total.Requests);
    }

    [Fact]
    public async Task ReadPast_WithinAMinute_IsOneAnswerAndThenAnother()
    {
        var first = await Shared.ReadPastAsync(Reach.Platform, Question("u-4"), CancellationToken.None);
        shared.App.Time.Now += TimeSpan.FromSeconds(50);
        Assert.Same(first, await Shared.ReadPastAsync(Reach.Platform, Question("u-4"), CancellationToken.None));
        shared.App.Time.Now += TimeSpan.FromSeconds(20);
        Assert.NotSame(first, await Shared.ReadPastAsync(Reach.Platform, Question("u-4"), CancellationToken.None));
    }

    [Fact]
    public async Task FindFirstUse_OfTheFirstEventEver_IsFoundAtOnce()
    {
        Assert.Null(await Shared.FindFirstUseAsync(Reach.Of(_tenant), CancellationToken.None));
        await shared.Client.SendUsageAsync(Json.Event("first", _tenant));
        await shared.App.RollUpAsync();
        Assert.NotNull(await Shared.FindFirstUseAsync(Reach.Of(_tenant), CancellationToken.None));
    }

    [Fact]
    public async Task Read_ViewerGone_OthersStillGetTheirAnswer()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Shared.ReadAsync(Reach.Platform, Question("u-9"), null, gone.Token));
        Assert.Equal(0, (await Shared.ReadAsync(Reach.Platform, Question("u-9"), null, CancellationToken.None)).Total.Requests);
    }

    private BreakdownQuery Question(string? user) => new(
        ConsoleApp.Now.AddDays(-1), ConsoleApp.Now.AddHours(1), TimeZoneInfo.Utc, Grain.Total, [Dimension.Model],
        UsageFilter.None.With(Dimension.Tenant, _tenant).With(Dimension.User, user));
}
