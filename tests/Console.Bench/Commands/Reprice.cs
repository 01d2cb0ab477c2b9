using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Platform.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Bench.Commands;

/// <summary>A re-pricing of every event while more come in, and that nothing differs from a fresh computation afterwards.</summary>
internal static class Reprice
{
    private static readonly TimeSpan Wanted = TimeSpan.FromSeconds(60);

    public static readonly Command Command = new(
        "reprice",
        "[--events 1000000] [--rate 1000]",
        "Starts the app on an empty embedded PostgreSQL, posts events, imports a price for every model, and re-prices all of them while more events come in at a steady rate. Floor: one plain UPDATE of the same rows. Holds within 60 s, scaled to a million events, and at difference 0.",
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var count = arguments.Number("--events", 1_000_000, 1_000, 5_000_000);
        var rate = arguments.Number("--rate", 1_000, 0, 50_000);
        using var folder = new WorkFolder();
        await using var postgres = await EmbeddedPostgres.StartAsync(folder.Sub("data"), NullLogger.Instance, cancellationToken);
        await using var app = await AppProcess.StartAsync(folder.Path, new Dictionary<string, string> { ["ConnectionStrings__Console"] = postgres.ConnectionString }, cancellationToken);
        using (var client = new IngestClient(app.Url, AppProcess.Key, "/api/v1/usage", 8))
            await client.SendAllAsync(NativeEvents.Batches(count, 500, "run"), cancellationToken);
        using var http = new HttpClient { BaseAddress = app.Url, Timeout = TimeSpan.FromMinutes(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AppProcess.Key);
        await ImportAsync(http, cancellationToken);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ingestion = IngestAsync(app.Url, rate, stop.Token);
        var (run, took) = await RepriceAsync(http, cancellationToken);
        await stop.CancelAsync();
        Console.WriteLine($"ingestion  {await ingestion:N0} events/s meanwhile");
        var changed = run.GetProperty("changed").GetInt64();
        var scaled = took * (1_000_000.0 / changed);
        Console.WriteLine($"re-priced  {changed:N0} events in {took.TotalSeconds:F1} s ({changed / took.TotalSeconds:N0} a second): {scaled.TotalSeconds:F0} s for a million (wanted: {Wanted.TotalSeconds:N0} s)");
        var wrong = await DifferenceAsync(http, postgres.ConnectionString, cancellationToken);
        Console.WriteLine($"difference {wrong} (wanted: 0)");
        Console.WriteLine($"floor      {await FloorAsync(postgres.ConnectionString, cancellationToken):F1} s for one plain UPDATE of all rows");
        return scaled <= Wanted && wrong == 0 ? 0 : 1;
    }

    /// <summary>A price for every model used, unlike the one it has.</summary>
    private static async Task ImportAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var used = await http.GetFromJsonAsync<JsonElement>("/api/v1/usage/breakdown?groupBy=provider,model&from=2020-01-01", cancellationToken);
        var providers = used.GetProperty("rows").EnumerateArray().Select(static row => row.GetProperty("group"))
            .Select(static group => (Provider: group.GetProperty("provider").GetString(), Model: group.GetProperty("model").GetString()))
            .Where(static pair => pair is { Provider: not null, Model: not null }).GroupBy(static pair => pair.Provider!);
        var catalogue = new JsonArray([.. providers.Select(static provider => new JsonObject
        {
            ["id"] = provider.Key,
            ["models"] = new JsonArray([.. provider.Select(static pair => new JsonObject
            {
                ["id"] = pair.Model,
                ["match"] = new JsonObject { ["equals"] = pair.Model },
                ["prices"] = new JsonObject { ["input_mtok"] = 1.23, ["output_mtok"] = 4.56, ["cache_read_mtok"] = 0.12 },
            })]),
        })]);
        using var response = await http.PostAsJsonAsync("/api/v1/prices/import?format=genai-prices", catalogue, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>From the call to the end, without the wait until all nodes know the prices: that is a constant, and only follows a change of prices.</summary>
    private static async Task<(JsonElement Run, TimeSpan Took)> RepriceAsync(HttpClient http, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(9), TimeProvider.System, cancellationToken);
        var preview = Stopwatch.GetTimestamp();
        await PostAsync(http, false, cancellationToken);
        Console.WriteLine($"preview    {Stopwatch.GetElapsedTime(preview).TotalSeconds:F1} s");
        var started = Stopwatch.GetTimestamp();
        var run = (await PostAsync(http, true, cancellationToken)).GetProperty("run");
        while (run.GetProperty("state").GetString() is "waiting" or "running")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            run = await http.GetFromJsonAsync<JsonElement>($"/api/v1/prices/reprice/{run.GetProperty("id").GetString()}", cancellationToken);
        }
        return (run, Stopwatch.GetElapsedTime(started));
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, bool apply, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync("/api/v1/prices/reprice", new { from = "2020-01-01T00:00:00Z", to = "2100-01-01T00:00:00Z", apply }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>Events accepted a second, until it is stopped.</summary>
    private static async Task<double> IngestAsync(Uri url, int rate, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        using var client = new IngestClient(url, AppProcess.Key, "/api/v1/usage", 2);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            foreach (var batch in NativeEvents.Batches(int.MaxValue, Math.Max(1, rate / 10), "meanwhile"))
            {
                await timer.WaitForNextTickAsync(stop);
                if (rate > 0) await client.SendAsync(batch, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        return client.Accepted / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Events that cost other than today's prices say, plus rollup days that are not the sum of their events.</summary>
    private static async Task<long> DifferenceAsync(HttpClient http, string connectionString, CancellationToken cancellationToken)
    {
        var events = (await PostAsync(http, false, cancellationToken)).GetProperty("total").GetProperty("changed").GetInt64();
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await Sql.WaitUntilRolledUpAsync(connection, cancellationToken);
        return events + await Sql.CountAsync(connection, """
            SELECT count(*) FROM
              (SELECT tenant_id, date_trunc('day', occurred_at, 'UTC') AS bucket_start, provider, model, status, count(*) - count(cost) AS unpriced, coalesce(sum(cost), 0) AS cost
               FROM usage_events GROUP BY 1, 2, 3, 4, 5) AS e
            FULL JOIN (SELECT * FROM usage_rollups WHERE kind = 1 AND grain = 3) AS r USING (tenant_id, bucket_start, provider, model, status)
            WHERE (e.unpriced, e.cost) IS DISTINCT FROM (r.unpriced, r.cost)
            """, cancellationToken);
    }

    private static async Task<double> FloorAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await Sql.ExecuteAsync(connection, "UPDATE usage_events SET cost = cost + 1", cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
