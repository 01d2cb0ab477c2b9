using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Usage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Bench.Commands;

/// <summary>Breakdown panels over many events, beside the same question asked of the events themselves.</summary>
internal static class Query
{
    private const double WantedMilliseconds = 25;
    private const int WarmUps = 10;
    private const double WantedListMilliseconds = 50;
    private const int DeepPages = 100;

    /// <summary>So long the compiler works beside the requests on two cores.</summary>
    private static readonly TimeSpan CompilerIsDone = TimeSpan.FromSeconds(45);

    public static readonly Command Command = new(
        "query",
        "[--events 1000000] [--runs 60] [--raw 3] [--data <folder>] [--copy]",
        "Loads events through the ingestion (--copy: by COPY and the rollups' own code, for millions of them), then reads breakdown panels over HTTP, each beside raw SQL on the events (--raw: so many times), and lists of requests, their first page and one deep down. Holds when every panel's p95 is at most 25 ms and every list's 50 ms. A folder keeps the events for the next run.",
        RunAsync);

    private const int TopUsers = 7;

    /// <summary>What the pages ask: the table of all groups over the whole range, and the chart of the dearest over time, which shows no percentiles.</summary>
    private sealed record Panel(string Grain, string GroupBy, int Days, string Zone, string? Tenant)
    {
        public IReadOnlyList<string> Users { get; init; } = [];

        public string Name => $"{Grain} x {(Users.Count > 0 ? $"top {Users.Count} users" : GroupBy)}, {Days} d, {Zone}{(Tenant is null ? "" : $", {Tenant}")}";
    }

    private static readonly Panel[] Panels =
    [
        .. from zone in new[] { "UTC", "Asia/Kathmandu" }
           from shape in new[] { ("total", "model", 30, null), ("total", "user", 30, "chatter"), ("day", "model", 30, null), ("day", "user", 30, "northwind-agents"), ("hour", "model", 7, (string?)null), ("hour", "user", 7, "chatter") }
           select new Panel(shape.Item1, shape.Item2, shape.Item3, zone, shape.Item4),
    ];

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (count, runs, raw) = (arguments.Number("--events", 1_000_000, 1_000, 100_000_000), arguments.Number("--runs", 60, 5, 10_000), arguments.Number("--raw", 3, 0, 100));
        using var folder = new WorkFolder();
        await using var postgres = await EmbeddedPostgres.StartAsync(arguments.Text("--data", folder.Sub("data")), NullLogger.Instance, cancellationToken);
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Console"] = postgres.ConnectionString };
        if (arguments.Flag("--copy")) await CopyAsync(folder, settings, postgres.ConnectionString, count, cancellationToken);
        await using var app = await AppProcess.StartAsync(folder.Path, settings, cancellationToken);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        if (await Sql.CountAsync(connection, "SELECT count(*) FROM usage_events", cancellationToken) < count) await LoadAsync(app, count, cancellationToken);
        var loaded = Stopwatch.GetTimestamp();
        await Sql.WaitUntilRolledUpAsync(connection, cancellationToken);
        Console.WriteLine($"rolled up  {Stopwatch.GetElapsedTime(loaded).TotalSeconds:F1} s after the last answer");
        await Sql.ExecuteAsync(connection, "VACUUM ANALYZE", cancellationToken);

        using var http = new HttpClient { BaseAddress = app.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AppProcess.Key);
        Console.WriteLine($"{"panel",-58} {"rows",7} {"p50 ms",8} {"p95 ms",8} {"raw SQL ms",11} {"ratio",7}");
        var isGood = true;
        var panels = new List<Panel>();
        foreach (var panel in Panels) panels.Add(await WithUsersAsync(http, panel, cancellationToken));
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < CompilerIsDone;)
            foreach (var panel in panels) await TimeAsync(http, Url(panel).Url, 0, cancellationToken);
        foreach (var panel in panels) isGood &= await MeasureAsync(http, connection, panel, runs, raw, cancellationToken);
        foreach (var sort in new[] { "-occurredAt", "-cost", "-latencyMs" })
            isGood &= await ListAsync(http, sort, runs, cancellationToken);
        return isGood ? 0 : 1;
    }

    /// <summary>The app makes the schema, and is away while it is filled.</summary>
    private static async Task CopyAsync(WorkFolder folder, Dictionary<string, string> settings, string connectionString, int count, CancellationToken cancellationToken)
    {
        await (await AppProcess.StartAsync(folder.Path, settings, cancellationToken)).DisposeAsync();
        await using var database = new Database(new PlatformOptions { Database = $"{connectionString};Command Timeout=1800", DataDirectory = "" }, NullLogger<Database>.Instance);
        await database.OpenAsync(cancellationToken);
        await using var connection = await database.Owner.OpenConnectionAsync(cancellationToken);
        if (await Sql.CountAsync(connection, "SELECT count(*) FROM usage_events", cancellationToken) >= count) return;
        var started = Stopwatch.GetTimestamp();
        var written = await new LedgerFill(database).RunAsync(count, cancellationToken);
        Console.WriteLine($"copied     {written:N0} events in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s, rolled up");
    }

    private static async Task LoadAsync(AppProcess app, int count, CancellationToken cancellationToken)
    {
        using var client = new IngestClient(app.Url, AppProcess.Key, "/api/v1/usage", 16);
        var started = Stopwatch.GetTimestamp();
        await client.SendAllAsync(NativeEvents.Batches(count, 1_000, "query"), cancellationToken);
        Console.WriteLine($"loaded     {client.Accepted:N0} events in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
    }

    /// <summary>A chart over time shows the dearest users only.</summary>
    private static async Task<Panel> WithUsersAsync(HttpClient http, Panel panel, CancellationToken cancellationToken)
    {
        if (panel.GroupBy != "user" || panel.Grain == "total") return panel;
        var all = await http.GetFromJsonAsync<JsonElement>($"/api/v1/usage/breakdown?groupBy=user&tenant={panel.Tenant}", cancellationToken);
        var top = all.GetProperty("rows").EnumerateArray()
            .OrderByDescending(static row => decimal.Parse(row.GetProperty("cost").GetString() ?? "0", CultureInfo.InvariantCulture))
            .Take(TopUsers).Select(static row => row.GetProperty("group").GetProperty("user").GetString()!);
        return panel with { Users = [.. top] };
    }

    private static async Task<bool> MeasureAsync(HttpClient http, NpgsqlConnection connection, Panel panel, int runs, int rawRuns, CancellationToken cancellationToken)
    {
        var (url, from, to) = Url(panel);
        var latencies = await TimeAsync(http, url, runs, cancellationToken);
        var (rows, raw) = await RawAsync(connection, panel, from, to, rawRuns, cancellationToken);
        var (p50, p95) = (latencies.Percentile(0.5), latencies.Percentile(0.95));
        Console.WriteLine($"{panel.Name,-58} {(rawRuns == 0 ? "" : $"{rows:N0}"),7} {p50,8:F1} {p95,8:F1} {(rawRuns == 0 ? "" : $"{raw,11:F0} {raw / p50,6:F0}x")}");
        return p95 <= WantedMilliseconds;
    }

    private static (string Url, DateTimeOffset From, DateTimeOffset To) Url(Panel panel)
    {
        var to = TimeProvider.System.GetUtcNow();
        var from = to.AddDays(-panel.Days);
        var url = Invariant($"/api/v1/usage/breakdown?grain={panel.Grain}&groupBy={panel.GroupBy}&tz={panel.Zone}&from={from:yyyy-MM-ddTHH:mm:ssZ}&to={to:yyyy-MM-ddTHH:mm:ssZ}{(panel.Tenant is null ? "" : $"&tenant={panel.Tenant}")}{string.Concat(panel.Users.Select(static user => $"&user={user}"))}{(panel.Grain == "total" ? "" : "&percentiles=false")}");
        return (url, from, to);
    }

    /// <summary>The first requests of a tenant's month, and those behind a hundred full pages.</summary>
    private static async Task<bool> ListAsync(HttpClient http, string sort, int runs, CancellationToken cancellationToken)
    {
        var to = TimeProvider.System.GetUtcNow();
        var url = Invariant($"/api/v1/requests?tenant=northwind-agents&sort={sort}&from={to.AddDays(-30):yyyy-MM-ddTHH:mm:ssZ}&to={to:yyyy-MM-ddTHH:mm:ssZ}");
        var first = await TimeAsync(http, $"{url}&limit=100", runs, cancellationToken);
        var (cursor, pages) = ((string?)null, 0);
        for (; pages < DeepPages; pages++)
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"{url}&limit=1000{Cursor(cursor)}", cancellationToken);
            if (page.GetProperty("nextCursor").GetString() is not { } next) break;
            cursor = next;
        }
        var deep = await TimeAsync(http, $"{url}&limit=100{Cursor(cursor)}", runs, cancellationToken);
        Console.WriteLine(Invariant($"{$"100 requests by {sort}",-58} {"",7} {first.Percentile(0.5),8:F1} {first.Percentile(0.95),8:F1}   after {pages * 1000:N0} rows {deep.Percentile(0.5):F1} {deep.Percentile(0.95):F1}"));
        return first.Percentile(0.95) <= WantedListMilliseconds && deep.Percentile(0.95) <= WantedListMilliseconds;

        static string Cursor(string? cursor) => cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
    }

    private static async Task<Latencies> TimeAsync(HttpClient http, string url, int runs, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        for (var run = -WarmUps; run < runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            using var response = await http.GetAsync(url, cancellationToken);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (run >= 0) latencies.Add(Stopwatch.GetElapsedTime(started));
        }
        return latencies;
    }

    private static async Task<(int Rows, double Milliseconds)> RawAsync(NpgsqlConnection connection, Panel panel, DateTimeOffset from, DateTimeOffset to, int runs, CancellationToken cancellationToken)
    {
        var bucket = panel.Grain == "total" ? "1" : $"date_trunc('{panel.Grain}', occurred_at, '{panel.Zone}')";
        var group = panel.GroupBy == "user" ? "user_id" : "model";
        var tenant = panel.Tenant is null ? "" : $" AND tenant_id = '{panel.Tenant}'";
        if (panel.Users.Count > 0) tenant += $" AND user_id IN ({string.Join(", ", panel.Users.Select(static user => $"'{user}'"))})";
        var sql = Invariant($"""
            SELECT {bucket}, {group}, count(*), count(*) FILTER (WHERE status = 1), sum(attempt_count), sum(cost), count(*) - count(cost),
                   {string.Join(", ", TokenCounts.Buckets.Select(static bucket => $"sum({bucket.Column()})"))}, percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY latency_ms)
            FROM usage_events WHERE occurred_at >= '{from:O}' AND occurred_at < '{to:O}'{tenant} GROUP BY 1, 2
            """);
        var latencies = new Latencies();
        var rows = 0;
        for (var run = 0; run < runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            rows = await Sql.DrainAsync(connection, sql, cancellationToken);
            latencies.Add(Stopwatch.GetElapsedTime(started));
        }
        return (rows, latencies.Percentile(0.5));
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
