using System.Globalization;
using AgentConsole.Platform;
using StackExchange.Redis;

namespace AgentConsole.Limits.Counters;

/// <summary>
/// The counters of several nodes: each step is one script, at Redis' own time, on keys of one hash tag. When Redis has lost its memory, every node tells the new one
/// of the holds that it gave (<see cref="NodeHolds"/>); what was spent is loaded from the ledger.
/// </summary>
internal sealed class RedisCounters(CounterScripts scripts, CountersOptions options, TimeProvider time, ILogger<RedisCounters> logger) : LastingService(logger), ICounters
{
    private const string MemoryKey = "lim:memory";
    private const string TenantKey = "lim:tenant-of:";

    /// <summary>Nodes look for a new memory so often, wherever they hold something.</summary>
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>So long after a new memory began all nodes that live have told it of their holds.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromMilliseconds(1500);

    private const int MetersPerCall = 500;
    private const int ToldAtOnce = 200;

    private readonly NodeHolds _holds = new();

    public async Task<ReserveReply> ReserveAsync(ReserveCall call)
    {
        var arguments = new List<RedisValue>(6 + (call.Claims.Count * 7)) { call.RequestId, (long)call.HoldFor.TotalMilliseconds, call.Note, options.MostHeld, call.Claims.Count };
        foreach (var claim in call.Claims)
        {
            arguments.Add(claim.Meter);
            arguments.Add(claim.Kind);
            arguments.Add((int)claim.Measure);
            arguments.Add(claim.Amount);
            arguments.Add(claim.Max ?? -1);
            arguments.Add(claim.Window.StartMs);
            arguments.Add(claim.Window.EndMs);
        }
        var before = _holds.EpochOf(call.Tenant);
        var reply = Reserved(await RunAsync(CounterScript.Reserve, call.Tenant, arguments));
        if (reply is not { Outcome: ReserveOutcome.Granted, HoldExpiresAt: { } ends }) return reply;
        var hold = _holds.Add(call, reply.Now, ends);
        // The memory was lost meanwhile: others may have told the new one of all holds before this one was among them, and of whose request it is nothing is kept.
        if (before != reply.Epoch || _holds.EpochOf(call.Tenant) != reply.Epoch) await TellAsync(hold);
        return reply;
    }

    public async Task<ReserveReply> ExtendAsync(ExtendCall call)
    {
        var arguments = new List<RedisValue> { call.RequestId, (long)call.HoldFor.TotalMilliseconds, call.Tokens ?? -1, call.Cost ?? -1, call.Claims.Count };
        foreach (var claim in call.Claims)
        {
            arguments.Add(claim.Meter);
            arguments.Add(claim.Max ?? -1);
        }
        var reply = Reserved(await RunAsync(CounterScript.Extend, call.Tenant, arguments));
        if (reply is { Outcome: ReserveOutcome.Granted, HoldExpiresAt: { } ends }) _holds.Extend(call, ends);
        return reply;
    }

    public Task<RequestReply> SettleAsync(string tenant, string requestId, RequestUse use) =>
        EndAsync(CounterScript.Settle, tenant, requestId, [requestId, use.Tokens, use.Cost.Units, use.Cost.Millionths]);

    public Task<RequestReply> CountAsync(string tenant, string requestId, IReadOnlyList<MeterCount> counts, bool isEvent) =>
        EndAsync(CounterScript.Count, tenant, requestId, [requestId, isEvent ? "E" : "A", counts.Count, .. counts.SelectMany(Flat)]);

    public Task<RequestReply> ReleaseAsync(string tenant, string requestId) => EndAsync(CounterScript.Release, tenant, requestId, [requestId]);

    /// <summary>Of what this node holds itself, without asking.</summary>
    public async Task<RequestReply> PeekAsync(string tenant, string requestId) => _holds.Find(tenant, requestId) is { } hold
        ? new(RequestOutcome.Already, RequestState.Held, hold.At, hold.At, hold.Call.Note)
        : Request(await RunAsync(CounterScript.Peek, tenant, [requestId]));

    public async Task<IReadOnlyList<MeterReading>> ReadAsync(string tenant, IReadOnlyList<string> meters)
    {
        var readings = new List<MeterReading>(meters.Count);
        foreach (var part in meters.Chunk(MetersPerCall))
            readings.AddRange(Readings((await RunAsync(CounterScript.Read, tenant, [part.Length, .. part.Select(static meter => (RedisValue)meter)]))[3]));
        return readings;
    }

    public async Task<IReadOnlyList<string>> ListMetersAsync(string tenant) =>
        [.. (await scripts.AskAsync(database => database.SortedSetRangeByRankAsync($"lim:{{{tenant}}}:meters"))).Select(static meter => (string)meter!)];

    public async Task<CountersState> TouchAsync(string tenant, IReadOnlyList<string> kinds)
    {
        var reply = await RunAsync(CounterScript.Touch, tenant, [kinds.Count, .. kinds.Select(static kind => (RedisValue)kind)]);
        return new((string)reply[1]!, Time(reply[2]), (int)reply[3], [.. ((RedisResult[])reply[4]!).Select(static kind => (string)kind!)], (long)reply[5]);
    }

    public async Task<bool> AdjustAsync(string tenant, string epoch, IReadOnlyList<MeterCount> counts, long? revision)
    {
        foreach (var part in counts.Chunk(MetersPerCall))
        {
            if ((string)(await RunAsync(CounterScript.Adjust, tenant, [epoch, revision ?? -1, part.Length, .. part.SelectMany(Flat)]))[0]! != "O") return false;
            revision++;
        }
        return true;
    }

    public async Task<bool> OpenAsync(string tenant, string epoch, IReadOnlyList<string> kinds) =>
        (string)(await RunAsync(CounterScript.Open, tenant, [epoch, kinds.Count, .. kinds.Select(static kind => (RedisValue)kind)]))[0]! == "O";

    public async Task<IReadOnlyList<string>> ListHeldAsync(string tenant, int most) =>
        [.. (await scripts.AskAsync(database => database.SortedSetRangeByRankAsync($"lim:{{{tenant}}}:holds", 0, most - 1))).Select(static id => (string)id!)];

    public async Task RememberTenantAsync(string requestId, string tenant)
    {
        var (key, kept) = ((RedisKey)(TenantKey + requestId), options.Remember + HoldTimes.Longest);
        if (await scripts.AskAsync(database => database.StringSetAsync(key, tenant, kept, When.NotExists))) return;
        if (await FindTenantAsync(requestId) != tenant) await scripts.AskAsync(database => database.StringSetAsync(key, "", kept));
    }

    /// <summary>While Redis is away, or has lost its memory, of what this node holds itself.</summary>
    public async Task<string?> FindTenantAsync(string requestId)
    {
        try
        {
            return (string?)await scripts.AskAsync(database => database.StringGetAsync(TenantKey + requestId)) ?? _holds.TenantOf(requestId);
        }
        catch (CountersAwayException) when (_holds.TenantOf(requestId) is not null)
        {
            return _holds.TenantOf(requestId);
        }
    }

    /// <summary>The name is a key that is gone with all the others.</summary>
    public async Task<CountersMemory?> MemoryAsync()
    {
        try
        {
            var clock = (RedisResult[])(await scripts.AskAsync(static database => database.ExecuteAsync("TIME")))!;
            var now = DateTimeOffset.FromUnixTimeSeconds((long)clock[0]).AddMicroseconds((long)clock[1]) + scripts.Shift;
            var name = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}-{Guid.NewGuid():N}");
            await scripts.AskAsync(database => database.StringSetAsync(MemoryKey, name, null, When.NotExists));
            string? kept = await scripts.AskAsync(static database => database.StringGetAsync(MemoryKey));
            if (kept is null || !long.TryParse(kept.Split('-')[0], CultureInfo.InvariantCulture, out var began)) return null;
            return new(kept, DateTimeOffset.FromUnixTimeMilliseconds(began) + Telling, now);
        }
        catch (CountersAwayException)
        {
            return null;
        }
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TouchEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var tenant in _holds.Tenants)
            {
                try
                {
                    _holds.Forget(tenant, (await TouchAsync(tenant, [])).Now);
                }
                catch (CountersAwayException)
                {
                    break;
                }
            }
        }
    }

    private async Task<RequestReply> EndAsync(CounterScript script, string tenant, string requestId, List<RedisValue> arguments)
    {
        var reply = Request(await RunAsync(script, tenant, arguments));
        // A memory that was new has been told of it just now.
        if (reply.Outcome == RequestOutcome.NotKnown && _holds.Find(tenant, requestId) is not null) reply = Request(await RunAsync(script, tenant, arguments));
        _holds.Remove(tenant, requestId);
        return reply;
    }

    /// <summary>A reply of another epoch than the last tells that the memory was lost in between.</summary>
    private async Task<RedisResult[]> RunAsync(CounterScript script, string tenant, List<RedisValue> arguments)
    {
        var reply = await scripts.RunAsync(script, tenant, arguments);
        foreach (var part in _holds.Untold(tenant, (string)reply[1]!).Chunk(ToldAtOnce)) await Task.WhenAll(part.Select(TellAsync));
        return reply;
    }

    private async Task TellAsync(NodeHold hold)
    {
        await scripts.RunAsync(CounterScript.Adopt, hold.Call.Tenant, hold.Arguments());
        await RememberTenantAsync(hold.Call.RequestId, hold.Call.Tenant);
    }

    private static ReserveReply Reserved(RedisResult[] reply)
    {
        var (code, epoch, now) = ((string)reply[0]!, (string)reply[1]!, Time(reply[2]));
        return code switch
        {
            "G" => new(ReserveOutcome.Granted, epoch, now, Time(reply[3]), reply.Length > 4 ? Readings(reply[4]) : [], []),
            "N" => new(ReserveOutcome.Refused, epoch, now, null, Readings(reply[4]), Indexes(reply[3])),
            "U" => new(ReserveOutcome.Unknown, epoch, now, null, [], Indexes(reply[3])),
            "W" => new(ReserveOutcome.OtherWindow, epoch, now, null, [], []),
            "S" => new(ReserveOutcome.Over, epoch, now, null, [], []),
            "M" => new(ReserveOutcome.NotHeld, epoch, now, null, [], []),
            "F" => new(ReserveOutcome.Full, epoch, now, null, [], []),
            _ => throw new InvalidOperationException($"The script answered {code}."),
        };
    }

    private static RequestReply Request(RedisResult[] reply)
    {
        var (outcome, state, now) = ((string)reply[0]!, State((string)reply[3]!), Time(reply[2]));
        if (outcome == "M") return new(RequestOutcome.NotKnown, RequestState.NotKnown, now);
        return new(outcome == "O" ? RequestOutcome.Done : RequestOutcome.Already, state, now, Time(reply[4]), (string)reply[5]!, reply.Length > 6 && (int)reply[6] == 1);
    }

    private static RequestState State(string code) => code switch
    {
        "H" => RequestState.Held,
        "X" => RequestState.Expired,
        "R" => RequestState.Released,
        "A" => RequestState.Settled,
        "E" => RequestState.Counted,
        _ => RequestState.NotKnown,
    };

    private static DateTimeOffset Time(RedisResult ms) => DateTimeOffset.FromUnixTimeMilliseconds((long)ms);

    private static int[] Indexes(RedisResult list) => Array.ConvertAll((RedisResult[])list!, static index => (int)index);

    private static MeterReading[] Readings(RedisResult list)
    {
        var flat = (RedisResult[])list!;
        var readings = new MeterReading[flat.Length / 4];
        for (var index = 0; index < readings.Length; index++)
        {
            var at = index * 4;
            var until = (long)flat[at + 3];
            readings[index] = new(new((long)flat[at], (int)flat[at + 1]), (long)flat[at + 2], until == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(until));
        }
        return readings;
    }

    private static IEnumerable<RedisValue> Flat(MeterCount count) => [count.Meter, count.Kind, count.Amount.Units, count.Amount.Millionths, count.Window.StartMs, count.Window.EndMs];
}
