using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentConsole.Bench.Load;

/// <summary>Posts batches of usage over a fixed number of connections; a batch that was not acknowledged is sent again.</summary>
internal sealed class IngestClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;
    private readonly string _path;
    private readonly int _connections;
    private readonly TimeProvider _time = TimeProvider.System;
    private long _accepted, _duplicates, _rejected, _retries;

    /// <param name="path">Such as <c>/api/v1/usage</c>.</param>
    public IngestClient(Uri url, string key, string path, int connections)
    {
        if (!url.IsLoopback) throw new UsageException("Load goes to this machine only; give a URL of 127.0.0.1 or localhost.");
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        (_path, _connections) = (path, connections);
    }

    public long Accepted => Interlocked.Read(ref _accepted);
    public long Duplicates => Interlocked.Read(ref _duplicates);
    public long Rejected => Interlocked.Read(ref _rejected);
    public long Retries => Interlocked.Read(ref _retries);
    public string? FirstRejection { get; private set; }
    public Latencies Latencies { get; } = new();

    /// <summary>Sends every batch, as many at a time as there are connections.</summary>
    public Task SendAllAsync(IEnumerable<byte[]> batches, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = _connections, CancellationToken = cancellationToken },
            async (batch, stop) => await SendAsync(batch, stop));

    /// <summary>Until it is acknowledged, waiting as told in between; gives up after two minutes.</summary>
    public async Task SendAsync(byte[] batch, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (await TrySendAsync(batch, cancellationToken) is { } pause)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience) throw new TimeoutException($"{_http.BaseAddress} did not take a batch in {Patience.TotalMinutes:N0} minutes.");
            Interlocked.Increment(ref _retries);
            await Task.Delay(pause, _time, cancellationToken);
        }
    }

    /// <summary>Null when acknowledged, else how long to wait. Anything but "come back later" is a fault of the test.</summary>
    public async Task<TimeSpan?> TrySendAsync(byte[] batch, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var content = new ByteArrayContent(batch);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(_path, content, cancellationToken);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
                return Shorter(response.Headers.RetryAfter?.Delta ?? MaxPause);
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"{(int)response.StatusCode} from {_path}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            Count(await response.Content.ReadFromJsonAsync<Answer>(Json, cancellationToken) ?? throw new InvalidOperationException("An empty answer."));
            Latencies.Add(Stopwatch.GetElapsedTime(started));
            return null;
        }
        catch (HttpRequestException)
        {
            return TimeSpan.FromMilliseconds(200);
        }
    }

    public void Dispose() => _http.Dispose();

    private void Count(Answer answer)
    {
        Interlocked.Add(ref _accepted, answer.Accepted);
        Interlocked.Add(ref _duplicates, answer.Duplicates);
        Interlocked.Add(ref _rejected, answer.Rejected.Count);
        if (answer.Rejected is [var first, ..]) FirstRejection ??= $"{first.Id}: {first.Error}";
    }

    private static TimeSpan Shorter(TimeSpan pause) => pause < MaxPause ? pause : MaxPause;

    private sealed record Answer(int Accepted, int Duplicates, IReadOnlyList<Refusal> Rejected);

    private sealed record Refusal(int Index, string? Id, string Error);
}
