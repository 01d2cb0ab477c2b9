using System.Diagnostics;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Limits;
using AgentConsole.Limits.Counters;
using AgentConsole.Platform;
using AgentConsole.Platform.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Bench.Commands;

/// <summary>How fast a reservation is decided: over HTTP, in process, and the script alone.</summary>
internal static class Limits
{
    private const double WantedP50 = 0.4;
    private const double WantedP99 = 3;
    private const double WantedLocal = 10_000;
    private const string Tenant = "bench";

    /// <summary>Holds that end by themselves are the exception; here none does while it is measured.</summary>
    private const int HoldSeconds = 300;

    /// <summary>So long the compiler works beside the requests on two cores.</summary>
    private const int WarmUpSeconds = 45;

    private static readonly CountersOptions Options = new(TimeSpan.FromMinutes(10), 1_000_000);

    public static readonly Command Command = new(
        "limits",
        "[--rate 2000] [--seconds 15] [--connections 16]",
        "Decides over HTTP at a given rate with five scopes, Redis and PostgreSQL on this machine; then plans and decides in this process, without Redis; then runs the script alone. Holds at p50 0.4 ms and p99 3 ms over HTTP, and 10,000/s in process.",
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (rate, seconds, connections) = (arguments.Number("--rate", 2_000, 10, 50_000), arguments.Number("--seconds", 15, 2, 300), arguments.Number("--connections", 16, 1, 256));
        using var redis = await RedisProcess.StartAsync(cancellationToken);
        var http = await OverHttpAsync(redis, rate, seconds, connections, cancellationToken);
        var local = await LocalAsync();
        await ScriptAsync(redis);
        return http.Percentile(0.5) <= WantedP50 && http.Percentile(0.99) <= WantedP99 && local >= WantedLocal ? 0 : 1;
    }

    private static async Task<Latencies> OverHttpAsync(RedisProcess redis, int rate, int seconds, int connections, CancellationToken cancellationToken)
    {
        using var folder = new WorkFolder();
        await using var app = await AppProcess.StartAsync(folder.Path, new Dictionary<string, string> { ["ConnectionStrings__Redis"] = redis.ConnectionString, ["Logging__LogLevel__Default"] = "Warning", ["Limits__MostHeld"] = "1000000" }, cancellationToken);
        using var client = new LimitsClient(app.Url, connections);
        await client.CreateTenantAsync(Tenant, cancellationToken);
        foreach (var (scope, measure, window) in new[] { ("", "cost", "month"), ("\"user\":\"*\"", "cost", "day"), ("\"key\":\"*\"", "tokens", "hour"), ("\"team\":\"*\"", "requests", "minute"), ("\"model\":\"*\"", "cost", "week") })
            await client.CreateLimitAsync(Tenant, scope, measure, "900000000", window, cancellationToken);
        var own = await client.CreateKeyAsync(Tenant, cancellationToken);
        Task<Latencies> ReserveAsync(string run, string key, int length) => PacedSockets.RunAsync(
            app.Url, index => PacedSockets.Post(app.Url, "/api/v1/limits/reserve", key, LimitsClient.Reservation(Tenant, $"{run}-{index}", $"u-{index % 500}", 0.01m, HoldSeconds)), rate, length, connections, cancellationToken);
        await ReserveAsync("warm", AppProcess.Key, WarmUpSeconds);
        var floor = await PacedSockets.RunAsync(app.Url, _ => PacedSockets.Get(app.Url, "/health/live"), rate, seconds, connections, cancellationToken);
        Print("floor", "an answer that asks nothing", floor);
        var anyones = await MeasureAsync("platform", "a key of the platform, which tells Redis whose the request is", AppProcess.Key);
        var owners = await MeasureAsync("http", "a key of the tenant", own);

        async Task<Latencies> MeasureAsync(string run, string what, string key)
        {
            var before = app.CpuTime();
            var latencies = await ReserveAsync(run, key, seconds);
            Print(run, $"five meters, {what}, {(app.CpuTime() - before).TotalMicroseconds / latencies.Count:F0} us of the app's CPU each", latencies);
            return latencies;
        }
        void Print(string name, string what, Latencies latencies) =>
            Console.WriteLine($"{name,-10} {rate:N0}/s for {seconds} s: p50 {latencies.Percentile(0.5):F2} ms, p95 {latencies.Percentile(0.95):F2} ms, p99 {latencies.Percentile(0.99):F2} ms: {what}");
        var node = (await client.GetAsync("state", cancellationToken)).GetProperty("node");
        Console.WriteLine($"inside     p50 {node.GetProperty("p50Ms").GetDouble():F2} ms, p99 {node.GetProperty("p99Ms").GetDouble():F2} ms of the last 4,096 decisions, in the app itself");
        Console.WriteLine($"wanted     p50 {WantedP50} ms and p99 {WantedP99} ms with a key of the tenant; the platform's is {(anyones.Percentile(0.5) / owners.Percentile(0.5) - 1) * 100:F0} % slower");
        return owners;
    }

    private static async Task<double> LocalAsync()
    {
        var counters = new LocalCounters(TimeProvider.System, Options);
        var limits = Five();
        await OpenAsync(counters, limits);
        await DecideAsync(counters, limits, 20_000, "warm");
        var (count, started) = (200_000, Stopwatch.GetTimestamp());
        await DecideAsync(counters, limits, count, "run");
        var perSecond = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"in process {perSecond:N0}/s on one core: planned, reserved and released, five meters (wanted: {WantedLocal:N0})");
        return perSecond;
    }

    private static async Task ScriptAsync(RedisProcess redis)
    {
        using var connection = new RedisConnection(new PlatformOptions { Redis = redis.ConnectionString, DataDirectory = "" });
        using var counters = new RedisCounters(new CounterScripts(connection, TimeProvider.System, Options), Options, TimeProvider.System, NullLogger<RedisCounters>.Instance);
        var limits = Five();
        await OpenAsync(counters, limits);
        await DecideAsync(counters, limits, 2_000, "warm");
        var latencies = new Latencies();
        for (var index = 0; index < 5_000; index++)
        {
            var started = Stopwatch.GetTimestamp();
            await counters.ReserveAsync(Call(limits, $"one-{index}", index));
            latencies.Add(Stopwatch.GetElapsedTime(started));
        }
        Console.WriteLine($"script     p50 {latencies.Percentile(0.5):F3} ms, p99 {latencies.Percentile(0.99):F3} ms one after the other, five meters, no HTTP");
        var (count, many) = (50_000, Stopwatch.GetTimestamp());
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (index, _) => await counters.ReserveAsync(Call(limits, $"many-{index}", index)));
        Console.WriteLine($"script     {count / Stopwatch.GetElapsedTime(many).TotalSeconds:N0}/s, 64 at once");
    }

    private static TenantLimits Five()
    {
        LimitRow Row(LimitScope scope, LimitMeasure measure, LimitWindow window) => new(Guid.CreateVersion7(), scope, measure, 900_000_000, window, LimitAction.Block, null, null, default, "bench", null, null);
        return new LimitBook(
            [
                Row(new(Tenant), LimitMeasure.Cost, LimitWindow.Month), Row(new(Tenant, User: "*"), LimitMeasure.Cost, LimitWindow.Day), Row(new(Tenant, Key: "*"), LimitMeasure.Tokens, LimitWindow.Hour),
                Row(new(Tenant, Team: "*"), LimitMeasure.Requests, LimitWindow.Minute), Row(new(Tenant, Model: "*"), LimitMeasure.Cost, LimitWindow.Week),
            ], [(Tenant, "Europe/Paris")]).For(Tenant);
    }

    private static async Task OpenAsync(ICounters counters, TenantLimits limits) => await counters.OpenAsync(Tenant, (await counters.TouchAsync(Tenant, limits.Kinds)).Epoch, limits.Kinds);

    private static async Task DecideAsync(ICounters counters, TenantLimits limits, int count, string run)
    {
        for (var index = 0; index < count; index++)
        {
            var reply = await counters.ReserveAsync(Call(limits, $"{run}-{index}", index));
            // A minute may end in between.
            if (reply.Outcome == ReserveOutcome.OtherWindow) reply = await counters.ReserveAsync(Call(limits, $"{run}-{index}", index));
            if (reply.Outcome != ReserveOutcome.Granted) throw new InvalidOperationException($"{reply.Outcome} of request {index}");
            await counters.ReleaseAsync(Tenant, $"{run}-{index}");
        }
    }

    private static ReserveCall Call(TenantLimits limits, string id, int index)
    {
        var now = TimeProvider.System.GetUtcNow();
        var meters = limits.Plan(new(Tenant, Team: "search", User: $"u-{index % 500}", Key: "vk-1", Model: "gpt-5", Provider: "openai"), now, now);
        return new(Tenant, id, TimeSpan.FromSeconds(5), "note", [.. meters.Select(static meter => meter.Claim(100))]);
    }
}
