using System.Collections.Concurrent;
using System.Net.Http.Headers;
using AgentConsole.Bench.Hosting;
using AgentConsole.Bench.Load;

namespace AgentConsole.Bench.Commands;

/// <summary>Kills the app and its PostgreSQL while usage comes in, again and again, and checks that nothing acknowledged was lost and nothing counted twice.</summary>
internal static class Crash
{
    private const int Senders = 8;
    private const int BatchSize = 200;

    public static readonly Command Command = new(
        "crash",
        "[--rounds 6] [--events 400000]",
        "In each round: starts the app on its embedded PostgreSQL, ingests, and after a moment kills the app (-9), PostgreSQL (immediate stop), or both. Then sends again what was not acknowledged and compares every sum with one made here.",
        RunAsync);

    private enum Fault { KillApp, StopPostgres, Both }

    private sealed class Run(IReadOnlyList<byte[]> batches, string folder)
    {
        public string Folder { get; } = folder;
        public string Data => Path.Combine(Folder, "data");
        public ConcurrentQueue<byte[]> Waiting { get; } = new(batches);
        public long Acknowledged;
        public long Resent;
    }

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (rounds, count) = (arguments.Number("--rounds", 6, 1, 100), arguments.Number("--events", 400_000, 1_000, 5_000_000));
        List<TraceRequest> requests = [.. Rows(count).Select(static row => new TraceRequest(row))];
        using var folder = new WorkFolder();
        var run = new Run([.. requests.Chunk(BatchSize).Select(static batch => LiteLlmPayload.Batch(batch))], folder.Path);
        try
        {
            for (var round = 0; round < rounds && !run.Waiting.IsEmpty; round++)
                await RoundAsync(run, round, cancellationToken);
            return await FinishAsync(run, requests, cancellationToken);
        }
        finally
        {
            Postmaster.StopImmediately(run.Data);
        }
    }

    private static async Task RoundAsync(Run run, int round, CancellationToken cancellationToken)
    {
        var fault = (Fault)(round % 3);
        await using var app = await StartAsync(run, cancellationToken);
        using var client = new IngestClient(app.Url, AppProcess.Key, "/api/v1/ingest/litellm", Senders);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(run, client, ended.Token);
        var before = Interlocked.Read(ref run.Acknowledged);
        await Pause(900 + 370 * round % 1_700, cancellationToken);
        if (fault != Fault.KillApp) Postmaster.StopImmediately(run.Data);
        // Alone, the loss of PostgreSQL must be survived: the app brings it back while its callers try again.
        if (fault == Fault.StopPostgres) await Pause(4_000, cancellationToken);
        await app.KillAsync();
        await ended.CancelAsync();
        await sending;
        Console.WriteLine($"round {round + 1,2}   {fault,-12} {(Interlocked.Read(ref run.Acknowledged) - before) * BatchSize,9:N0} events acknowledged, {client.Accepted:N0} new, {client.Duplicates:N0} known already");
    }

    private static async Task<int> FinishAsync(Run run, IReadOnlyList<TraceRequest> requests, CancellationToken cancellationToken)
    {
        await using var app = await StartAsync(run, cancellationToken);
        using var client = new IngestClient(app.Url, AppProcess.Key, "/api/v1/ingest/litellm", Senders);
        await SendAsync(run, client, cancellationToken);
        using var http = new HttpClient { BaseAddress = app.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AppProcess.Key);
        var differences = await TraceCheck.DifferencesAsync(http, requests, cancellationToken);
        foreach (var difference in differences.Take(10)) Console.WriteLine($"wrong      {difference}");
        Console.WriteLine($"sent       {requests.Count:N0} events, {run.Resent * BatchSize:N0} of them more than once");
        Console.WriteLine(differences.Count == 0 ? "result     nothing lost, nothing double" : $"result     {differences.Count} sums differ");
        return differences.Count == 0 ? 0 : 1;
    }

    private static Task<AppProcess> StartAsync(Run run, CancellationToken cancellationToken) =>
        AppProcess.StartAsync(run.Folder, new Dictionary<string, string>(), cancellationToken);

    private static Task Pause(int milliseconds, CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, cancellationToken);

    /// <summary>Until nothing waits or the round ends. A batch whose answer did not come goes back, for it may or may not be stored.</summary>
    private static Task SendAsync(Run run, IngestClient client, CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
    {
        while (!cancellationToken.IsCancellationRequested && run.Waiting.TryDequeue(out var batch))
        {
            var pause = await TrySendAsync(client, batch, cancellationToken);
            if (pause is null)
            {
                Interlocked.Increment(ref run.Acknowledged);
                continue;
            }
            Interlocked.Increment(ref run.Resent);
            run.Waiting.Enqueue(batch);
            await Task.Delay(pause.Value, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }));

    private static async Task<TimeSpan?> TrySendAsync(IngestClient client, byte[] batch, CancellationToken cancellationToken)
    {
        try
        {
            return await client.TrySendAsync(batch, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return TimeSpan.Zero;
        }
    }

    private static IEnumerable<TraceRow> Rows(int count)
    {
        var start = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(-2);
        for (var number = 0; number < count; number++)
            yield return new TraceRow(number, start.AddMilliseconds(number * (86_400_000.0 / count)), 200 + (int)(number * 7_919L % 12_000), 5 + (int)(number * 104_729L % 900));
    }
}
