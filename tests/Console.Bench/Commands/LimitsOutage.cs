using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Platform.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Bench.Commands;

/// <summary>That limits hold, and come back without a hand, when what they stand on goes away under load: PostgreSQL for a minute, then Redis with all it knew, then the app.</summary>
internal static class LimitsOutage
{
    private const string Tenant = "outage";
    private const decimal Max = 1.00m;
    private const int HoldSeconds = 20;

    /// <summary>Then other users come, whom nobody has seen before.</summary>
    private const int SecondsPerUser = 20;
    private static readonly TimeSpan SettlePatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestCheck = TimeSpan.FromMinutes(3);

    public static readonly Command Command = new(
        "limits-outage", "[--rate 60] [--outage 60]",
        "Reserves and settles for users of $1.00 each. PostgreSQL is stopped at once and away for --outage seconds; later Redis is killed and comes back empty; later the app is killed and started again. Whoever may not settle extends its hold and tries again. Holds when no user has spent more than $1.00, nothing stays held and counters are the ledger.",
        RunAsync);

    private sealed class Run(LimitsClient client)
    {
        public readonly ConcurrentDictionary<string, decimal> Settled = [];
        public readonly ConcurrentDictionary<(string Phase, string Answer), int> Answers = [];
        public volatile LimitsClient Client = client;
        public volatile string Phase = "at first";
        public long LastChange = Stopwatch.GetTimestamp();
        public long FirstGrant;
        public int Lost;

        /// <summary>From here on the first grant tells how long it took to be back.</summary>
        public void Begin(string phase)
        {
            Phase = phase;
            Volatile.Write(ref FirstGrant, 0);
            Volatile.Write(ref LastChange, Stopwatch.GetTimestamp());
        }

        public void Note(string answer) => Answers.AddOrUpdate((Phase, answer), 1, static (_, count) => count + 1);

        public void Granted()
        {
            Note("granted");
            Interlocked.CompareExchange(ref FirstGrant, Stopwatch.GetTimestamp(), 0);
        }
    }

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (rate, outage) = (arguments.Number("--rate", 60, 1, 1_000), arguments.Number("--outage", 60, 1, 600));
        using var folder = new WorkFolder();
        var redis = await RedisProcess.StartAsync(cancellationToken);
        await using var postgres = await EmbeddedPostgres.StartAsync(folder.Sub("data"), NullLogger.Instance, cancellationToken);
        var store = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        using var gate = new Gate(store.Port);
        store.Port = gate.Port;
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Console"] = store.ConnectionString, ["ConnectionStrings__Redis"] = redis.ConnectionString };
        var app = await AppProcess.StartAsync(folder.Sub("first"), settings, cancellationToken);
        try
        {
            using var first = new LimitsClient(app.Url, 250);
            await first.CreateTenantAsync(Tenant, cancellationToken);
            await first.CreateLimitAsync(Tenant, "\"user\":\"*\"", "cost", Max.ToString(CultureInfo.InvariantCulture), "month", cancellationToken);
            await first.CreateLimitAsync(Tenant, "", "cost", "1000000", "month", cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellationToken);
            var run = new Run(first);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sending = SendAsync(run, rate, ended.Token);

            await PassAsync(run, 20, cancellationToken);
            run.Begin("PostgreSQL away");
            gate.Shut();
            Postmaster.StopImmediately(folder.Sub("data"));
            await PassAsync(run, outage, cancellationToken);
            run.Begin("PostgreSQL back");
            gate.Open();
            await PassAsync(run, 30, cancellationToken);
            run.Begin("Redis away");
            redis.Dispose();
            await PassAsync(run, 10, cancellationToken);
            redis = await RedisProcess.StartAsync(cancellationToken, redis.Port);
            run.Begin("Redis back, empty");
            await PassAsync(run, 30, cancellationToken);
            run.Begin("app away");
            await app.KillAsync();
            app = await AppProcess.StartAsync(folder.Sub("second"), settings, cancellationToken);
            using var second = new LimitsClient(app.Url, 250);
            run.Client = second;
            run.Begin("app back");
            await PassAsync(run, 30, cancellationToken);
            await ended.CancelAsync();
            await sending;
            return await JudgeAsync(run, cancellationToken);
        }
        finally
        {
            await app.DisposeAsync();
            redis.Dispose();
        }
    }

    private static async Task PassAsync(Run run, int seconds, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellationToken);
        var granted = Volatile.Read(ref run.FirstGrant);
        var answers = run.Answers.Where(answer => answer.Key.Phase == run.Phase).OrderBy(static answer => answer.Key.Answer).Select(static answer => $"{answer.Value:N0} {answer.Key.Answer}");
        Console.WriteLine($"{run.Phase,-18} {seconds,3} s: {string.Join(", ", answers)}; first granted {(granted == 0 ? "never" : $"after {Stopwatch.GetElapsedTime(Volatile.Read(ref run.LastChange), granted).TotalSeconds:F1} s")}");
    }

    private static async Task SendAsync(Run run, int rate, CancellationToken ended)
    {
        var (under, started) = (new List<Task>(), Stopwatch.GetTimestamp());
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate), TimeProvider.System);
        try
        {
            for (var number = 0; await timer.WaitForNextTickAsync(ended); number++)
            {
                var user = $"u-{(int)(Stopwatch.GetElapsedTime(started).TotalSeconds / SecondsPerUser)}-{number % 6}";
                var own = number;
                under.Add(Task.Run(() => RequestAsync(run, own, user), CancellationToken.None));
            }
        }
        catch (OperationCanceledException)
        {
            // Those under way still settle.
        }
        await Task.WhenAll(under);
    }

    private static async Task RequestAsync(Run run, int number, string user)
    {
        var random = new Random(number);
        var (id, estimate) = ($"r-{number}", random.Next(1, 60_000) / 1_000_000m);
        var actual = decimal.Round(estimate * random.Next(30, 101) / 100, 12);
        var reserved = await TryAsync(() => run.Client.ReserveAsync(Tenant, id, user, estimate, HoldSeconds, CancellationToken.None));
        if (reserved != HttpStatusCode.OK)
        {
            run.Note(reserved is HttpStatusCode.TooManyRequests ? "refused" : reserved is null ? "not answered" : $"{(int)reserved}");
            return;
        }
        run.Granted();
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200)), TimeProvider.System);
        var (started, extended) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
        while (await TryAsync(() => run.Client.SettleAsync(id, actual, CancellationToken.None)) != HttpStatusCode.OK)
        {
            if (Stopwatch.GetElapsedTime(started) > SettlePatience)
            {
                Interlocked.Increment(ref run.Lost);
                return;
            }
            if (Stopwatch.GetElapsedTime(extended) > TimeSpan.FromSeconds(HoldSeconds / 4.0) && await TryAsync(() => run.Client.ExtendAsync(id, HoldSeconds, CancellationToken.None)) == HttpStatusCode.OK)
                extended = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
        run.Settled.AddOrUpdate(user, actual, (_, sum) => sum + actual);
    }

    /// <summary>Null when nobody answered.</summary>
    private static async Task<HttpStatusCode?> TryAsync(Func<Task<HttpStatusCode>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<int> JudgeAsync(Run run, CancellationToken cancellationToken)
    {
        var over = TimeProvider.System.GetUtcNow().AddSeconds(HoldSeconds);
        JsonElement check;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, cancellationToken);
            check = (await run.Client.GetAsync($"state?tenant={Tenant}", cancellationToken)).GetProperty("checks")[0];
        }
        while ((check.GetProperty("checkedAt").GetDateTimeOffset() < over || check.GetProperty("drift").GetString() != "0") && TimeProvider.System.GetUtcNow() < over.Add(LongestCheck));
        var whole = (await run.Client.GetAsync($"effective?tenant={Tenant}", cancellationToken)).GetProperty("items")[0];
        decimal Told(string name) => decimal.Parse(whole.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
        var (settled, most) = (run.Settled.Values.Sum(), run.Settled.Values.DefaultIfEmpty().Max());
        var holds = most <= Max && Told("held") == 0 && Told("used") == settled && check.GetProperty("drift").GetString() == "0";
        Console.WriteLine($"result     {run.Settled.Count} users, the largest spent ${most} of ${Max}; settled ${settled}, counted ${Told("used")}, held ${Told("held")}, ledger ${check.GetProperty("ledger").GetString()}, " +
            $"drift {check.GetProperty("drift").GetString()}, {run.Lost} never settled: {(holds ? "holds" : "DOES NOT HOLD")}");
        return holds ? 0 : 1;
    }
}
