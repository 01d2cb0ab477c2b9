using System.Diagnostics;
using AgentConsole.Bench.Load;

namespace AgentConsole.Bench.Commands;

/// <summary>Turns a public request trace into LiteLLM callbacks and posts them.</summary>
internal static class Replay
{
    public static readonly Command Command = new(
        "replay",
        "<csv> --key <api key> [--url http://localhost:5080] [--batch 500] [--connections 16] [--recent] [--realtime] [--speed 1]",
        "Posts a trace (TIMESTAMP,ContextTokens,GeneratedTokens) to /api/v1/ingest/litellm: as fast as it goes, or with --realtime as it happened, --speed times as fast. --recent moves it so that it ends now.",
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var rows = TraceFile.Read(arguments.Word(0, "The CSV file"));
        if (rows.Count == 0) throw new UsageException("The file holds no rows.");
        var batch = arguments.Number("--batch", 500, 1, 10_000);
        using var client = new IngestClient(
            new Uri(arguments.Text("--url", "http://localhost:5080")), arguments.Text("--key"), "/api/v1/ingest/litellm", arguments.Number("--connections", 16, 1, 256));
        var started = Stopwatch.GetTimestamp();
        if (arguments.Flag("--realtime")) await InRealTimeAsync(client, rows, arguments.Real("--speed", 1, 0.01, 10_000), cancellationToken);
        else await client.SendAllAsync(Batches(arguments.Flag("--recent") ? EndingNow(rows) : rows, batch), cancellationToken);
        Print(client, rows.Count, Stopwatch.GetElapsedTime(started));
        return client.Rejected == 0 && client.Accepted + client.Duplicates == rows.Count ? 0 : 1;
    }

    internal static IEnumerable<byte[]> Batches(IReadOnlyList<TraceRow> rows, int size) =>
        rows.Select(static row => new TraceRequest(row)).Chunk(size).Select(static requests => LiteLlmPayload.Batch(requests));

    private static IReadOnlyList<TraceRow> EndingNow(IReadOnlyList<TraceRow> rows) => TraceFile.Shift(rows, TimeProvider.System.GetUtcNow() - rows[^1].At);

    /// <summary>Five times a second, sends what has become due; the first row happens now.</summary>
    private static async Task InRealTimeAsync(IngestClient client, IReadOnlyList<TraceRow> rows, double speed, CancellationToken cancellationToken)
    {
        var (began, first) = (TimeProvider.System.GetUtcNow(), rows[0].At);
        var waiting = new Queue<TraceRow>(rows.Select(row => row with { At = began + (row.At - first) / speed }));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        while (waiting.Count > 0 && await timer.WaitForNextTickAsync(cancellationToken))
        {
            var due = new List<TraceRequest>();
            while (waiting.TryPeek(out var next) && next.At <= TimeProvider.System.GetUtcNow()) due.Add(new TraceRequest(waiting.Dequeue()));
            if (due.Count > 0) await client.SendAsync(LiteLlmPayload.Batch(due), cancellationToken);
        }
    }

    private static void Print(IngestClient client, int rows, TimeSpan took)
    {
        Console.WriteLine($"rows       {rows:N0}");
        Console.WriteLine($"accepted   {client.Accepted:N0}");
        Console.WriteLine($"duplicates {client.Duplicates:N0}");
        Console.WriteLine($"rejected   {client.Rejected:N0}{(client.FirstRejection is { } first ? $" (first: {first})" : "")}");
        Console.WriteLine($"retries    {client.Retries:N0}");
        Console.WriteLine($"rate       {rows / took.TotalSeconds:N0} requests/s over {took.TotalSeconds:F2} s");
        Console.WriteLine($"latency    {client.Latencies} per batch ({client.Latencies.Count:N0} batches)");
    }
}
