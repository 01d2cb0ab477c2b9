using System.Globalization;
using System.Net;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>A gateway that keeps what it sent, so that it can send all of it again.</summary>
internal sealed class Sender(string tenant)
{
    private const int BatchSize = 20;

    private readonly Lock _lock = new();
    private readonly List<(string Body, bool Acknowledged)> _batches = [];
    private int _next;
    private int _acknowledged;
    private int _refusals;
    private int _wrong;

    /// <summary>To the node that answers now.</summary>
    public required HttpClient Client { get; set; }

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
            var answer = await Client.SendUsageAsync(body);
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
                $"{{\"id\":\"e-{id}\",\"tenant\":\"{tenant}\",\"occurredAt\":\"2024-05-06T17:00:00Z\",\"provider\":\"openai\",\"model\":\"gpt-5\",\"user\":\"u-{id % 7}\",\"usage\":{{\"input\":3}}}}"));
            _batches.Add((string.Join('\n', lines), false));
            return (_next - 1, _batches[^1].Body);
        }
    }

    private async Task<bool> TrySendAsync(string body)
    {
        try
        {
            using var response = await Client.PostAsync("/api/v1/usage", Json.Body(body));
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
