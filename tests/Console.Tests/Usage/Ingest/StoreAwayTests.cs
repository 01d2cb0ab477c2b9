using System.Globalization;
using System.Net;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Platform.Data.Embedded;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>PostgreSQL goes away in mid-ingest: callers are told, and what was acknowledged is there afterwards.</summary>
public sealed class StoreAwayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Post_StoreStoppedAtOnce_Is503ThenRecoversWithNothingLostOrDouble()
    {
        // As in production: what is acknowledged is on disk.
        await using var postgres = await EmbeddedPostgres.StartAsync(_folder, NullLogger.Instance, CancellationToken.None);
        await ConsoleApp.MigrateAsync(postgres.ConnectionString);
        await using var app = ConsoleApp.Start(postgres.ConnectionString);
        using var client = app.Client();
        var sender = new Sender(client, "acme");

        for (var round = 0; round < 2; round++)
        {
            using var stop = new CancellationTokenSource();
            var acknowledged = sender.Acknowledged;
            var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => sender.RunAsync(stop.Token)));
            await Eventually.TrueAsync(() => sender.Acknowledged > acknowledged + 200);
            await EmbeddedServer.StopImmediatelyAsync(_folder);
            await Eventually.TrueAsync(() => sender.Refusals > round);
            var refused = sender.Acknowledged;
            await Eventually.TrueAsync(() => sender.Acknowledged > refused + 200);
            await stop.CancelAsync();
            await sending;
        }

        Assert.Equal(0, sender.Wrong);
        await sender.ResendAllAsync();
        Assert.Equal(sender.Sent, await app.CountAsync("usage_events"));
        Assert.Equal(sender.Sent, await app.CountAsync("usage_keys"));
        var total = (await client.GetJsonAsync("/api/v1/usage/breakdown?from=2026-11-20&to=2026-11-21")).GetProperty("total");
        Assert.Equal(sender.Sent, total.GetProperty("requests").GetInt64());
        Assert.Equal(sender.Sent * 3, total.GetProperty("tokens").GetProperty("input").GetInt64());
    }

    [Fact]
    public async Task Ready_StoreAway_Is503NamingTheStore()
    {
        await using var app = ConsoleApp.Start("Host=127.0.0.1;Port=1;Database=none;Username=none;Password=secret;Timeout=2");
        using var client = app.Client();
        using var ready = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("\"store\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var live = await client.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using var refused = await client.PostAsync("/api/v1/usage", Json.Body(Json.Event("a", "acme").ToJsonString()));
        await Json.ProblemAsync(refused, 503);
        Assert.NotNull(refused.Headers.RetryAfter);
    }
}

/// <summary>A gateway that keeps what it sent, so that it can send all of it again.</summary>
internal sealed class Sender(HttpClient client, string tenant)
{
    private const int BatchSize = 20;

    private readonly Lock _lock = new();
    private readonly List<(string Body, bool Acknowledged)> _batches = [];
    private int _next;
    private int _acknowledged;
    private int _refusals;
    private int _wrong;

    public int Sent => _next * BatchSize;

    /// <summary>Events of batches that were answered 200.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Answers that told the sender to come again, and connections that broke.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>Anything else.</summary>
    public int Wrong => Volatile.Read(ref _wrong);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (index, body) = Next();
            var acknowledged = await TrySendAsync(body);
            lock (_lock) _batches[index] = (body, acknowledged);
            if (!acknowledged) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Acknowledged batches must be all duplicates now; the others may be anything, but are there afterwards.</summary>
    public async Task ResendAllAsync()
    {
        foreach (var (body, acknowledged) in _batches)
        {
            var answer = await client.SendUsageAsync(body);
            Assert.Empty(answer.Rejected);
            if (acknowledged) Assert.Equal(BatchSize, answer.Duplicates);
        }
    }

    private (int Index, string Body) Next()
    {
        lock (_lock)
        {
            var first = _next++ * BatchSize;
            var lines = Enumerable.Range(first, BatchSize).Select(id => string.Create(CultureInfo.InvariantCulture,
                $"{{\"id\":\"e-{id}\",\"tenant\":\"{tenant}\",\"occurredAt\":\"2026-11-20T17:00:00Z\",\"provider\":\"openai\",\"model\":\"gpt-5\",\"user\":\"u-{id % 7}\",\"usage\":{{\"input\":3}}}}"));
            _batches.Add((string.Join('\n', lines), false));
            return (_next - 1, _batches[^1].Body);
        }
    }

    private async Task<bool> TrySendAsync(string body)
    {
        try
        {
            using var response = await client.PostAsync("/api/v1/usage", Json.Body(body));
            if (response.IsSuccessStatusCode)
            {
                Interlocked.Add(ref _acknowledged, BatchSize);
                return true;
            }
            if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests && response.Headers.RetryAfter is not null) Interlocked.Increment(ref _refusals);
            else Interlocked.Increment(ref _wrong);
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref _refusals);
        }
        return false;
    }
}
