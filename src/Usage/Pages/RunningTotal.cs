using System.Diagnostics;
using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>The total of what a page lists: known at once where rollups have it, else read in the background, told part by part, and stopped when the reader says so.</summary>
/// <param name="changed">Draws it anew.</param>
public sealed partial class RunningTotal(Func<RequestQuery, IProgress<RequestSum>, CancellationToken, Task<RequestSum>> read, Func<Task> changed, TimeProvider clock, ILogger log) : IProgress<RequestSum>, IDisposable
{
    /// <summary>A total that took longer is not read again with every change.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestKept = TimeSpan.FromSeconds(5);

    private CancellationTokenSource? reading;
    private RequestQuery? question;
    private string? known;
    private TimeSpan took;
    private Task work = Task.CompletedTask;

    /// <summary>Null until the first part is read.</summary>
    public RequestSum? Sum { get; private set; }
    public bool IsRunning { get; private set; }
    public bool IsStopped { get; private set; }
    public string? FailedTrace { get; private set; }
    /// <summary>When the reading of it began.</summary>
    public DateTimeOffset AsOf { get; private set; }

    /// <summary>By the rollups, as of now.</summary>
    public void Know(RequestTotal total)
    {
        Cancel();
        (question, known, Sum, IsRunning, IsStopped, FailedTrace, AsOf) = (null, null, new(total, 1), false, false, null, clock.GetUtcNow());
    }

    /// <summary>Reads the total of a question unless that is what is known, or under way. The same question is read again when it is quick, or old.</summary>
    /// <param name="key">The same for every query with the same total: where a page begins and how it is ordered makes no difference.</param>
    public void Follow(string key, RequestQuery asked, bool isChange)
    {
        if (key == known && (IsRunning || IsStopped || FailedTrace is not null || !isChange || !IsOld)) return;
        if (key != known) Sum = null;
        (known, question) = (key, asked);
        Start();
    }

    public void Start()
    {
        if (question is not { } asked) return;
        Cancel();
        reading = new();
        (IsRunning, IsStopped, FailedTrace, AsOf) = (true, false, null, clock.GetUtcNow());
        work = ReadAsync(asked, reading.Token);
    }

    public void Stop()
    {
        Cancel();
        (IsRunning, IsStopped) = (false, true);
    }

    /// <summary>What was read before stays until the new one is at least as far.</summary>
    void IProgress<RequestSum>.Report(RequestSum value)
    {
        if (!IsRunning || (Sum is { IsComplete: true } && !value.IsComplete)) return;
        Sum = value;
        _ = changed();
    }

    public void Dispose() => Cancel();

    private bool IsOld => took < Quick || (took < LongestKept && clock.GetUtcNow() - AsOf > Kept);

    private async Task ReadAsync(RequestQuery asked, CancellationToken cancellationToken)
    {
        using var activity = LiveTrace.Source.StartActivity("requests.sum");
        var started = clock.GetTimestamp();
        try
        {
            var sum = await read(asked, this, cancellationToken);
            if (cancellationToken.IsCancellationRequested) return;
            (Sum, IsRunning, took) = (sum, false, clock.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            (IsRunning, FailedTrace) = (false, (activity?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString());
            LogFailed(log, exception, FailedTrace);
        }
        await changed();
    }

    private void Cancel()
    {
        reading?.Cancel();
        reading?.Dispose();
        reading = null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The total of a list of requests could not be read, trace {TraceId}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string traceId);
}
