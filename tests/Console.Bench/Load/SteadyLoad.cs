using System.Diagnostics;
using System.Runtime.CompilerServices;
using AgentConsole.Bench.Hosting;
using AgentConsole.Demo.Traffic;

namespace AgentConsole.Bench.Load;

/// <summary>Sends what is due, ten times a second; when too much is under way it waits, and the rate tells.</summary>
internal sealed class SteadyLoad(AppProcess app, int rate)
{
    private const int TicksPerSecond = 10;
    private const int MaxUnderWay = 16;

    private long _sent;

    public long Sent => Interlocked.Read(ref _sent);

    public Latencies Latencies { get; set; } = new();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var client = new IngestClient(app.Url, AppProcess.Key, "/api/v1/usage", MaxUnderWay);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxUnderWay, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(BatchesAsync(cancellationToken), parallel, async (batch, stop) =>
        {
            var started = Stopwatch.GetTimestamp();
            await client.SendAsync(batch, stop);
            Latencies.Add(Stopwatch.GetElapsedTime(started));
            Interlocked.Add(ref _sent, rate / TicksPerSecond);
        });
    }

    private async IAsyncEnumerable<byte[]> BatchesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond), TimeProvider.System);
        using var events = NativeEvents.Events(int.MaxValue, "steady").GetEnumerator();
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = TimeProvider.System.GetUtcNow();
            var due = new List<DemoEvent>();
            while (due.Count < rate / TicksPerSecond && events.MoveNext()) due.Add(events.Current with { OccurredAt = now });
            yield return NativeEvents.Write(due);
        }
    }
}
