using System.Diagnostics;
using System.Net;
using System.Text.Json;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Limits.Counters;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace AgentConsole.Bench.Commands;

/// <summary>That limits hold: against the model, and against a crowd on two nodes of which one is killed.</summary>
internal static class LimitsProof
{
    private const int Seeds = 10;

    /// <summary>Longer than a client takes on a loaded machine: what is settled after its hold has ended is the one thing that no limit is proof against.</summary>
    private const int HoldSeconds = 40;

    private static readonly TimeSpan LongestCheck = TimeSpan.FromMinutes(2);

    public static readonly Command Model = new(
        "limits-model", "[--operations 1000000] [--redis 1000000]",
        "Walks random operations on the counters and on a sequential model side by side, in process and in Redis. Holds at no difference.", RunModelAsync);

    public static readonly Command Crowd = new(
        "limits-crowd", "[--clients 500] [--rounds 3]",
        "Lets clients reserve, settle, release and vanish at $1.00 on two app processes with one Redis and one PostgreSQL, kills one node and flushes Redis on the way; then the same on one process without Redis. Each round takes one to three minutes. Holds when never more than $1.00 is spent, nothing stays held, and counters are the ledger.", RunCrowdAsync);

    private static async Task<int> RunModelAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (local, inRedis) = (arguments.Number("--operations", 1_000_000, 1_000, 100_000_000), arguments.Number("--redis", 1_000_000, 0, 100_000_000));
        var failures = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var time = new MovedTime();
            failures += await WalkAsync("in process", seed, new LimitsWalk(new LocalCounters(time, new(TimeSpan.FromDays(3650), 100_000)), by => time.Moved += by, seed), local / Seeds, cancellationToken);
        }
        if (inRedis == 0) return failures;
        using var redis = await RedisProcess.StartAsync(cancellationToken);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            using var connection = new RedisConnection(new PlatformOptions { Redis = redis.ConnectionString, DataDirectory = "" });
            var options = new CountersOptions(TimeSpan.FromDays(365), 100_000);
            var scripts = new CounterScripts(connection, TimeProvider.System, options);
            using var counters = new RedisCounters(scripts, options, TimeProvider.System, NullLogger<RedisCounters>.Instance);
            failures += await WalkAsync("redis", seed, new LimitsWalk(counters, by => scripts.Shift += by, seed), inRedis / Seeds, cancellationToken);
            await (await connection.ConnectAsync()).GetDatabase().ExecuteAsync("FLUSHALL");
        }
        return failures == 0 ? 0 : 1;
    }

    private static async Task<int> WalkAsync(string where, int seed, LimitsWalk walk, int operations, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var difference = await walk.RunAsync(operations, cancellationToken);
        Console.WriteLine($"{where,-10} seed {seed,2}: {operations:N0} operations, {walk.Granted:N0} granted, {walk.Refused:N0} refused, {(difference is null ? "0 differences" : $"DIFFERS: {difference}")} ({Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s)");
        return difference is null ? 0 : 1;
    }

    private sealed class MovedTime : TimeProvider
    {
        public TimeSpan Moved { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Moved;
    }

    private sealed class Tally
    {
        public int Granted, Refused, Unknown, Broken;
        public decimal Settled, InDoubt;
        public readonly Lock Lock = new();
    }

    private static async Task<int> RunCrowdAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (clients, rounds) = (arguments.Number("--clients", 500, 10, 10_000), arguments.Number("--rounds", 3, 1, 50));
        using var folder = new WorkFolder();
        using var redis = await RedisProcess.StartAsync(cancellationToken);
        await using var postgres = await EmbeddedPostgres.StartAsync(folder.Sub("data"), NullLogger.Instance, cancellationToken);
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Console"] = postgres.ConnectionString, ["ConnectionStrings__Redis"] = redis.ConnectionString };
        await using var first = await AppProcess.StartAsync(folder.Sub("first"), settings, cancellationToken);
        var failures = 0;
        for (var round = 0; round < rounds; round++)
        {
            await using var second = await AppProcess.StartAsync(folder.Sub($"second-{round}"), settings, cancellationToken);
            failures += await RoundAsync($"crowd-{round}", round, clients, first, second, redis, cancellationToken);
        }
        return failures + await AloneAsync(folder.Sub("alone"), clients, cancellationToken) == 0 ? 0 : 1;
    }

    private static async Task<int> AloneAsync(string folder, int clients, CancellationToken cancellationToken)
    {
        await using var alone = await AppProcess.StartAsync(folder, new Dictionary<string, string>(), cancellationToken);
        return await RoundAsync("alone", 0, clients, alone, null, null, cancellationToken);
    }

    private static async Task<int> RoundAsync(string tenant, int round, int clients, AppProcess first, AppProcess? second, RedisProcess? redis, CancellationToken cancellationToken)
    {
        using var here = new LimitsClient(first.Url, 250);
        using var there = new LimitsClient((second ?? first).Url, 250);
        var (tally, asked) = (new Tally(), 0);
        await here.CreateTenantAsync(tenant, cancellationToken);
        await here.CreateLimitAsync(tenant, "", "cost", "1.00", "month", cancellationToken);
        // Until a node knows of a limit it grants without it.
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            for (var turn = 0; turn < 4; turn++)
            {
                var done = Interlocked.Increment(ref asked);
                if (done == clients && second is not null) await second.KillAsync();
                if (done == 2 * clients && redis is not null) await FlushAsync(redis);
                await AskAsync(tenant, client, turn, new Random((client * 31) + turn + (round * 7919)), here, there, tally, cancellationToken);
            }
        }, cancellationToken)));
        return await JudgeAsync(tenant, here, tally, cancellationToken);
    }

    /// <summary>A client of the killed node goes to the other for its next turn; what it was answered is all it knows.</summary>
    private static async Task AskAsync(string tenant, int client, int turn, Random random, LimitsClient here, LimitsClient there, Tally tally, CancellationToken cancellationToken)
    {
        var (id, estimate) = ($"{tenant}-{client}-{turn}", random.Next(1, 40_000) / 1_000_000m);
        var actual = decimal.Round(estimate * random.Next(30, 101) / 100, 12);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            // Some hang up while they wait.
            if (random.Next(12) == 0) patience.CancelAfter(TimeSpan.FromMilliseconds(random.Next(1, 30)));
            var node = random.Next(2) == 0 ? here : there;
            if (await node.ReserveAsync(tenant, id, $"u-{client}", estimate, HoldSeconds, patience.Token) is not HttpStatusCode.OK and var refused)
            {
                Interlocked.Increment(ref refused == HttpStatusCode.TooManyRequests ? ref tally.Refused : ref tally.Unknown);
                return;
            }
            Interlocked.Increment(ref tally.Granted);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200)), TimeProvider.System, cancellationToken);
            var fate = random.Next(10);
            if (fate == 0) return;
            if (fate == 1) await here.ReleaseAsync(id, cancellationToken);
            else await SettleAsync(id, actual, here, tally, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref tally.Broken);
        }
    }

    private static async Task SettleAsync(string id, decimal actual, LimitsClient here, Tally tally, CancellationToken cancellationToken)
    {
        var settled = await here.SettleAsync(id, actual, cancellationToken);
        lock (tally.Lock)
        {
            if (settled == HttpStatusCode.OK) tally.Settled += actual;
            else tally.InDoubt += actual;
        }
    }

    private static async Task FlushAsync(RedisProcess redis)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        await connection.GetDatabase().ExecuteAsync("FLUSHALL");
    }

    private static async Task<int> JudgeAsync(string tenant, LimitsClient here, Tally tally, CancellationToken cancellationToken)
    {
        // Every hold is over, and the job has run since and found nothing off; a node that was killed may have been at it.
        var over = TimeProvider.System.GetUtcNow().AddSeconds(HoldSeconds);
        JsonElement check;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, cancellationToken);
            check = (await here.GetAsync($"state?tenant={tenant}", cancellationToken)).GetProperty("checks")[0];
        }
        while ((check.GetProperty("checkedAt").GetDateTimeOffset() < over || check.GetProperty("drift").GetString() != "0") && TimeProvider.System.GetUtcNow() < over.Add(LongestCheck));
        var standing = (await here.GetAsync($"effective?tenant={tenant}", cancellationToken)).GetProperty("items")[0];
        var (used, held) = (decimal.Parse(standing.GetProperty("used").GetString()!), decimal.Parse(standing.GetProperty("held").GetString()!));
        var holds = tally.Settled <= 1 && used <= 1 && held == 0 && used == tally.Settled && check.GetProperty("drift").GetString() == "0";
        Console.WriteLine($"{tenant}: {tally.Granted} granted, {tally.Refused} refused, {tally.Unknown} otherwise, {tally.Broken} broken off; settled ${tally.Settled}, not acknowledged ${tally.InDoubt}; counted ${used}, held ${held}, " +
            $"ledger ${check.GetProperty("ledger").GetString()}, drift {check.GetProperty("drift").GetString()} {(check.GetProperty("checkedAt").GetDateTimeOffset() - over).TotalSeconds:F0} s after the last hold, repaired {check.GetProperty("repaired").GetString()}: {(holds ? "holds" : "DOES NOT HOLD")}");
        return holds ? 0 : 1;
    }
}
