using AgentConsole.Bench.Load;
using AgentConsole.Limits;
using AgentConsole.Limits.Counters;
using AgentConsole.Platform;
using AgentConsole.Platform.Redis;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Limits.Counters;

/// <summary>What counters promise, kept by both kinds: the tests are the same.</summary>
public abstract class CountersTests
{
    private const string Money = "cM:user";
    private static int _tenants;

    private readonly string _tenant = $"t{Interlocked.Increment(ref _tenants)}";

    private protected abstract ICounters Counters { get; }

    private protected abstract void Advance(TimeSpan by);

    private static readonly MeterWindow Wide = new(0, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds());

    private protected static MeterClaim Claim(long amount, long? max, string subject = "u", MeterWindow? window = null) => new($"cM:0:user={subject}", Money, LimitMeasure.Cost, amount, max, window ?? Wide);

    private protected ReserveCall Call(string id, params MeterClaim[] claims) => new(_tenant, id, TimeSpan.FromMinutes(1), "note", claims);

    private async Task OpenAsync(params string[] kinds)
    {
        string[] all = [Money, .. kinds];
        var state = await Counters.TouchAsync(_tenant, all);
        Assert.True(await Counters.OpenAsync(_tenant, state.Epoch, all));
    }

    private async Task<MeterReading> ReadAsync(string meter = "cM:0:user=u") => (await Counters.ReadAsync(_tenant, [meter]))[0];

    [Fact]
    public async Task Reserve_UpToTheMaximum_IsGranted_AndNotAMicroDollarMore()
    {
        await OpenAsync();
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call("a", Claim(600_000, 1_000_000)))).Outcome);
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call("b", Claim(400_000, 1_000_000)))).Outcome);
        var refused = await Counters.ReserveAsync(Call("c", Claim(1, 1_000_000)));
        Assert.Equal((ReserveOutcome.Refused, 1_000_000), (refused.Outcome, refused.Readings[0].Used));
        Assert.Equal([0], refused.Indexes);
    }

    [Fact]
    public async Task Reserve_OneOfSeveralRefuses_HoldsOnNone()
    {
        await OpenAsync();
        var refused = await Counters.ReserveAsync(Call("a", Claim(5, 10), Claim(5, 4, "v")));
        Assert.Equal((ReserveOutcome.Refused, 1), (refused.Outcome, refused.Indexes.Single()));
        Assert.Equal(default, await ReadAsync());
    }

    [Fact]
    public async Task Settle_AboveWhatWasHeld_SaysSo_AndCountsItAll()
    {
        await OpenAsync();
        await Counters.ReserveAsync(Call("a", Claim(500, 1_000)));
        await Counters.ReserveAsync(Call("b", Claim(400, 1_000)));
        Assert.False((await Counters.SettleAsync(_tenant, "a", new(0, new(500)))).IsAbove);
        Assert.True((await Counters.SettleAsync(_tenant, "b", new(0, new(900, 1)))).IsAbove);
        Assert.Equal(new LimitAmount(1_400, 1), (await ReadAsync()).Spent);
    }

    /// <summary>As where a limit only warns and nothing is estimated.</summary>
    [Fact]
    public async Task Reserve_OfNothing_IsSettledReleasedAndEnded_LikeAnyOther()
    {
        await OpenAsync();
        foreach (var id in new[] { "a", "b", "c" }) Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call(id, Claim(0, null)))).Outcome);
        Assert.Equal(RequestOutcome.Done, (await Counters.SettleAsync(_tenant, "a", new(0, new(7)))).Outcome);
        Assert.Equal(RequestOutcome.Done, (await Counters.ReleaseAsync(_tenant, "b")).Outcome);
        Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, (await Counters.TouchAsync(_tenant, [Money])).Held);
        Assert.Equal(new MeterReading(new(7), 0, null), await ReadAsync());
    }

    [Fact]
    public async Task Reserve_Again_HoldsOnce()
    {
        await OpenAsync();
        var first = await Counters.ReserveAsync(Call("a", Claim(6, 10)));
        Advance(TimeSpan.FromSeconds(5));
        var again = await Counters.ReserveAsync(Call("a", Claim(6, 10)));
        Assert.Equal((ReserveOutcome.Granted, first.HoldExpiresAt), (again.Outcome, again.HoldExpiresAt));
        Assert.Equal(6, (await ReadAsync()).Held);
    }

    [Fact]
    public async Task Hold_PastItsEnd_DoesNotCount_AndItsRequestMayStillSettle()
    {
        await OpenAsync();
        await Counters.ReserveAsync(Call("a", Claim(10, 10)));
        Assert.Equal(ReserveOutcome.Refused, (await Counters.ReserveAsync(Call("b", Claim(1, 10)))).Outcome);
        Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call("b", Claim(1, 10)))).Outcome);
        Assert.Equal((RequestOutcome.Done, RequestState.Expired), Outcome(await Counters.SettleAsync(_tenant, "a", new(0, new(7)))));
        Assert.Equal((7, 1), ((int)(await ReadAsync()).Spent.Units, (int)(await ReadAsync()).Held));
    }

    [Fact]
    public async Task Settle_BelowAndAboveTheEstimate_IsWhatItCameTo_ToThePicoDollar()
    {
        await OpenAsync();
        await Counters.ReserveAsync(Call("a", Claim(100, 1_000)));
        await Counters.ReserveAsync(Call("b", Claim(100, 1_000)));
        await Counters.SettleAsync(_tenant, "a", new(0, new(40, 999_999)));
        var settled = await Counters.SettleAsync(_tenant, "b", new(0, new(300, 2)));
        Assert.Equal("note", settled.Note);
        Assert.Equal(new(new(341, 1), 0, null), await ReadAsync());
        Assert.Equal((RequestOutcome.Already, RequestState.Settled), Outcome(await Counters.SettleAsync(_tenant, "b", new(0, new(900)))));
        Assert.Equal(342, (await ReadAsync()).Used);
    }

    [Fact]
    public async Task Count_OfAnEvent_TakesThePlaceOfHoldAndSettlement_AndCountsOnce()
    {
        await OpenAsync();
        MeterCount[] counts = [new("cM:0:user=u", Money, new(25), Wide)];
        await Counters.ReserveAsync(Call("held", Claim(100, 1_000)));
        await Counters.ReserveAsync(Call("settled", Claim(100, 1_000)));
        await Counters.SettleAsync(_tenant, "settled", new(0, new(90)));
        foreach (var id in new[] { "held", "settled", "never reserved", "held", "settled", "never reserved" }) await Counters.CountAsync(_tenant, id, counts, isEvent: true);
        Assert.Equal(new(new(75), 0, null), await ReadAsync());
        Assert.Equal(RequestOutcome.Already, (await Counters.SettleAsync(_tenant, "held", new(0, new(90)))).Outcome);
        Assert.Equal(ReserveOutcome.Over, (await Counters.ReserveAsync(Call("never reserved", Claim(1, 1_000)))).Outcome);
        Assert.Equal(75, (await ReadAsync()).Used);
    }

    [Fact]
    public async Task Release_EndsTheHold_AndTheIdMayBeUsedAgain()
    {
        await OpenAsync();
        await Counters.ReserveAsync(Call("a", Claim(10, 10)));
        Assert.Equal((RequestOutcome.Done, RequestState.Held), Outcome(await Counters.ReleaseAsync(_tenant, "a")));
        Assert.Equal((RequestOutcome.Already, RequestState.Released), Outcome(await Counters.ReleaseAsync(_tenant, "a")));
        Assert.Equal(RequestOutcome.NotKnown, (await Counters.ReleaseAsync(_tenant, "b")).Outcome);
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call("a", Claim(10, 10)))).Outcome);
    }

    [Fact]
    public async Task Extend_HoldsLongerAndMore_OrNothingChanges()
    {
        await OpenAsync();
        await Counters.ReserveAsync(Call("a", Claim(4, 10)));
        Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(ReserveOutcome.Refused, (await Counters.ExtendAsync(new(_tenant, "a", TimeSpan.FromMinutes(1), null, 11, [Claim(0, 10)]))).Outcome);
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ExtendAsync(new(_tenant, "a", TimeSpan.FromMinutes(1), null, 10, [Claim(0, 10)]))).Outcome);
        Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(10, (await ReadAsync()).Held);
        Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(ReserveOutcome.NotHeld, (await Counters.ExtendAsync(new(_tenant, "a", TimeSpan.FromMinutes(1), null, null, []))).Outcome);
        Assert.Equal(0, (await ReadAsync()).Held);
    }

    [Fact]
    public async Task Kind_NotLoaded_RefusesMoney_LetsRatesPass_AndCountsWhatIsSpentMeanwhile()
    {
        var rate = new MeterClaim("rD:0:user=u", "rD:user", LimitMeasure.Requests, 1, 2, Wide);
        Assert.Equal((ReserveOutcome.Unknown, 1), ((await Counters.ReserveAsync(Call("a", rate, Claim(1, 10)))) is { } reply ? (reply.Outcome, reply.Indexes.Single()) : default));
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call("b", rate))).Outcome);
        await Counters.CountAsync(_tenant, "e", [new("cM:0:user=u", Money, new(3), Wide)], isEvent: true);
        var state = await Counters.TouchAsync(_tenant, [Money]);
        Assert.Equal([Money], state.Unknown);
        MeterCount[] load = [new("cM:0:user=u", Money, new(5, 1), Wide)];
        Assert.True(await Counters.AdjustAsync(_tenant, state.Epoch, load, revision: null));
        Assert.True(await Counters.AdjustAsync(_tenant, state.Epoch, load, revision: null));
        Assert.False(await Counters.AdjustAsync(_tenant, "another epoch", load, revision: null));
        // Of two repairs that found the same one is made.
        Assert.True(await Counters.AdjustAsync(_tenant, state.Epoch, [load[0] with { Amount = new(0) }], state.Revision));
        Assert.False(await Counters.AdjustAsync(_tenant, state.Epoch, load, state.Revision));
        await OpenAsync();
        Assert.Equal(new(8, 1), (await ReadAsync()).Spent);
        Assert.Equal(ReserveOutcome.Refused, (await Counters.ReserveAsync(Call("c", Claim(2, 10)))).Outcome);
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call("c", Claim(1, 10)))).Outcome);
    }

    [Fact]
    public async Task Window_ThatIsNotThePresentOne_IsNotCountedOn()
    {
        await OpenAsync();
        var now = (await Counters.TouchAsync(_tenant, [])).Now.ToUnixTimeMilliseconds();
        foreach (var window in new[] { new MeterWindow(now - 120_000, now - 60_000), new MeterWindow(now + 60_000, now + 120_000) })
        {
            var reply = await Counters.ReserveAsync(Call("a", Claim(1, 10, window: window)));
            Assert.Equal(ReserveOutcome.OtherWindow, reply.Outcome);
        }
        Assert.Equal(0, (await ReadAsync()).Held);
    }

    [Fact]
    public async Task Session_BeginsWithItsFirstUse_AndADayLaterAnew()
    {
        await OpenAsync("cS:session");
        MeterClaim Of(long amount) => new("cS:0:session=s", "cS:session", LimitMeasure.Cost, amount, 10, MeterWindow.Session);
        await Counters.ReserveAsync(Call("a", Of(10)));
        await Counters.SettleAsync(_tenant, "a", new(0, new(9)));
        var refused = await Counters.ReserveAsync(Call("b", Of(2)));
        Assert.Equal(ReserveOutcome.Refused, refused.Outcome);
        Assert.InRange(refused.Readings[0].Until!.Value, refused.Now.AddHours(23), refused.Now.AddHours(24));
        Advance(TimeSpan.FromHours(24));
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call("b", Of(10)))).Outcome);
    }

    [Fact]
    public async Task Concurrency_IsWhatIsHeld_AndSaysWhenItEndsAtTheLatest()
    {
        MeterClaim one = new("nN:0:user=u", "nN:user", LimitMeasure.Concurrency, 1, 2, MeterWindow.None);
        await Counters.ReserveAsync(Call("a", one));
        var second = await Counters.ReserveAsync(Call("b", one));
        var refused = await Counters.ReserveAsync(Call("c", one));
        Assert.Equal((ReserveOutcome.Refused, second.HoldExpiresAt), (refused.Outcome, refused.Readings[0].Until));
        await Counters.SettleAsync(_tenant, "a", default);
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call("c", one))).Outcome);
        await Counters.ReleaseAsync(_tenant, "b");
        await Counters.ReleaseAsync(_tenant, "c");
        Assert.Empty(await Counters.ListMetersAsync(_tenant));
    }

    [Fact]
    public async Task Amounts_NearTheMost_AreExact_AndBeyondItRefuse()
    {
        await OpenAsync();
        var max = LimitAmount.Most;
        await Counters.CountAsync(_tenant, "a", [new("cM:0:user=u", Money, new(max - 2, 999_999), Wide)], isEvent: true);
        Assert.Equal(ReserveOutcome.Refused, (await Counters.ReserveAsync(Call("b", Claim(2, max)))).Outcome);
        Assert.Equal(ReserveOutcome.Granted, (await Counters.ReserveAsync(Call("b", Claim(1, max)))).Outcome);
        Assert.Equal(new(new(max - 2, 999_999), 1, null), await ReadAsync());
        await Counters.CountAsync(_tenant, "c", [new("cM:0:user=u", Money, new(max), Wide)], isEvent: true);
        Assert.Equal(max, (await ReadAsync()).Spent.Units);
        Assert.Equal(ReserveOutcome.Refused, (await Counters.ReserveAsync(Call("d", Claim(1, max)))).Outcome);
    }

    [Fact]
    public async Task Clients_ManyAtOnce_NeverHoldMoreThanTheMaximum()
    {
        await OpenAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (index, _) =>
        {
            var random = new Random(index);
            var estimate = random.Next(1, 40_000);
            if ((await Counters.ReserveAsync(Call($"{index}", Claim(estimate, 1_000_000)))).Outcome != ReserveOutcome.Granted) return;
            var seen = await ReadAsync();
            Assert.True(seen.Used <= 1_000_000, $"{seen}");
            if (index % 3 == 0) await Counters.ReleaseAsync(_tenant, $"{index}");
            else if (index % 3 == 1) await Counters.SettleAsync(_tenant, $"{index}", new(0, new(random.Next(0, estimate), 1)));
        });
        var before = await ReadAsync();
        Assert.InRange(before.Used, 900_000, 1_000_000);
        Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(before with { Held = 0 }, await ReadAsync());
        Assert.Equal(0, (await Counters.TouchAsync(_tenant, [])).Held);
    }

    [Fact]
    public async Task Tenant_OfARequest_IsRemembered_UnlessTwoHaveIt()
    {
        await Counters.RememberTenantAsync($"{_tenant}-r", "a");
        await Counters.RememberTenantAsync($"{_tenant}-r", "a");
        Assert.Equal("a", await Counters.FindTenantAsync($"{_tenant}-r"));
        await Counters.RememberTenantAsync($"{_tenant}-r", "b");
        Assert.Equal("", await Counters.FindTenantAsync($"{_tenant}-r"));
        Assert.Null(await Counters.FindTenantAsync($"{_tenant}-s"));
    }

    private protected async Task WalkAsync(int operations)
    {
        var walk = new LimitsWalk(Counters, Advance, seed: 17);
        Assert.Null(await walk.RunAsync(operations, CancellationToken.None));
        Assert.True(walk.Granted > operations / 20 && walk.Refused > operations / 50, $"{walk.Granted} granted, {walk.Refused} refused of {operations}");
    }

    private static (RequestOutcome, RequestState) Outcome(RequestReply reply) => (reply.Outcome, reply.State);
}

public sealed class LocalCountersTests : CountersTests
{
    private readonly ManualTime _time = new(ConsoleApp.Now);
    private readonly LocalCounters _counters;

    public LocalCountersTests() => _counters = new(_time, new(TimeSpan.FromDays(365), 100_000));

    private protected override ICounters Counters => _counters;

    private protected override void Advance(TimeSpan by) => _time.Now += by;

    [Fact]
    public Task Operations_RandomOnes_DoWhatTheModelSays() => WalkAsync(100_000);

    [Fact]
    public async Task Held_UpToTheCeiling_AndNoMore()
    {
        var counters = new LocalCounters(_time, new(TimeSpan.FromMinutes(1), 2));
        Assert.Equal(ReserveOutcome.Granted, (await counters.ReserveAsync(Call("a"))).Outcome);
        Assert.Equal(ReserveOutcome.Granted, (await counters.ReserveAsync(Call("b"))).Outcome);
        Assert.Equal(ReserveOutcome.Full, (await counters.ReserveAsync(Call("c"))).Outcome);
    }
}

/// <summary>One Redis for all tests of a class.</summary>
public sealed class SharedRedis : IAsyncLifetime
{
    internal RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RedisServer.StartAsync();

    public Task DisposeAsync()
    {
        Server.Dispose();
        return Task.CompletedTask;
    }
}

public sealed class RedisCountersTests : CountersTests, IClassFixture<SharedRedis>, IDisposable
{
    private readonly string _server;
    private readonly RedisNode _node;

    public RedisCountersTests(SharedRedis redis) => _node = new(_server = redis.Server.ConnectionString);

    private protected override ICounters Counters => _node.Counters;

    private protected override void Advance(TimeSpan by) => _node.Scripts.Shift += by;

    public void Dispose() => _node.Dispose();

    [Fact]
    public Task Operations_RandomOnes_DoWhatTheModelSays() => WalkAsync(20_000);

    /// <summary>A restart or fail-over forgets scripts; whoever calls does not notice.</summary>
    [Fact]
    public async Task Script_ThatRedisForgot_IsSentAgain()
    {
        await Counters.TouchAsync("flushed", []);
        await _node.CommandAsync("SCRIPT", "FLUSH");
        Assert.Equal(0, (await Counters.TouchAsync("flushed", [])).Held);
    }

    [Fact]
    public async Task Hold_EndedAroundTheLossOfTheMemory_IsToldAll_AndItsRequestMayBeSettledElsewhere()
    {
        using var other = new RedisNode(_server);
        var state = await Counters.TouchAsync("ended", ["cM:user"]);
        await Counters.OpenAsync("ended", state.Epoch, ["cM:user"]);
        await Counters.ReserveAsync(new("ended", "a", TimeSpan.FromMinutes(1), "note", [Claim(10, 10)]));
        await _node.CommandAsync("FLUSHALL");
        Advance(TimeSpan.FromSeconds(61));
        other.Scripts.Shift = _node.Scripts.Shift;
        await Counters.TouchAsync("ended", []);

        Assert.Equal(0, (await Counters.TouchAsync("ended", [])).Held);
        Assert.Equal("ended", await other.Counters.FindTenantAsync("a"));
        var settled = await other.Counters.SettleAsync("ended", "a", new(0, new(7)));
        Assert.Equal((RequestOutcome.Done, RequestState.Expired), (settled.Outcome, settled.State));
        Assert.Equal(7, (await other.Counters.ReadAsync("ended", ["cM:0:user=u"]))[0].Spent.Units);
    }

    /// <summary>Whose it is is noted before it is reserved.</summary>
    [Fact]
    public async Task Tenant_OfARequest_IsKnown_AlsoWhenTheMemoryWasLostBeforeItWasReserved()
    {
        using var other = new RedisNode(_server);
        await Counters.TouchAsync("noted", []);
        await Counters.RememberTenantAsync("noted-1", "noted");
        await _node.CommandAsync("FLUSHALL");
        await Counters.ReserveAsync(new("noted", "noted-1", TimeSpan.FromMinutes(1), "note", []));
        Assert.Equal("noted", await other.Counters.FindTenantAsync("noted-1"));
    }
}

/// <summary>One of several nodes, as far as Redis can tell.</summary>
internal sealed class RedisNode : IDisposable
{
    private readonly RedisConnection _connection;

    public RedisNode(string redis)
    {
        var options = new CountersOptions(TimeSpan.FromDays(365), 100_000) { Patience = TimeSpan.FromMinutes(1) };
        _connection = new(new PlatformOptions { Redis = redis, DataDirectory = "" });
        Scripts = new(_connection, TimeProvider.System, options);
        Counters = new(Scripts, options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<RedisCounters>.Instance);
    }

    public CounterScripts Scripts { get; }

    public RedisCounters Counters { get; }

    public async Task CommandAsync(string command, params object[] arguments) => await (await _connection.ConnectAsync()).GetDatabase().ExecuteAsync(command, arguments);

    public void Dispose()
    {
        Counters.Dispose();
        _connection.Dispose();
    }
}
