using System.Collections.Concurrent;

namespace AgentConsole.Platform.Live;

/// <summary>
/// The change feed of one process. A signal costs a few nanoseconds however many listen; a slow listener delays only itself. Where very many listen to one topic each is called
/// less often, so that those who only look leave the machine to those who click.
/// </summary>
internal sealed partial class ChangeFeed(TimeProvider time, ILogger<ChangeFeed> logger) : IChangeFeed
{
    private const double CallsPerSecond = 100;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Subscription, byte>> _topics = new();

    public void Signal(string topic)
    {
        if (!_topics.TryGetValue(topic, out var subscriptions)) return;
        foreach (var subscription in subscriptions.Keys) subscription.Signal();
    }

    public IDisposable Subscribe(string topic, TimeSpan throttle, Func<CancellationToken, Task> onChange)
    {
        var subscriptions = _topics.GetOrAdd(topic, static _ => new());
        var subscription = new Subscription(() => Pace(throttle, subscriptions.Count), onChange, time, logger, self => subscriptions.TryRemove(self, out _));
        subscriptions.TryAdd(subscription, 0);
        return subscription;
    }

    private static TimeSpan Pace(TimeSpan throttle, int listeners) => TimeSpan.FromSeconds(Math.Max(throttle.TotalSeconds, listeners / CallsPerSecond));

    /// <summary>Runs its listener after a signal, then waits out its pace; signals meanwhile add up to one more run.</summary>
    private sealed class Subscription : IDisposable
    {
        // Neither is disposed: one who signals may still hold a subscription that has just ended, and both hold no handle.
        private readonly SemaphoreSlim _signalled = new(0, 1);
        private readonly CancellationTokenSource _disposed = new();
        private readonly Action<Subscription> _remove;
        private int _pending;

        public Subscription(Func<TimeSpan> pace, Func<CancellationToken, Task> onChange, TimeProvider time, ILogger logger, Action<Subscription> remove)
        {
            _remove = remove;
            _ = Task.Run(() => RunAsync(pace, onChange, time, logger));
        }

        public void Signal()
        {
            if (Interlocked.Exchange(ref _pending, 1) == 0) _signalled.Release();
        }

        public void Dispose()
        {
            _remove(this);
            _disposed.Cancel();
        }

        private async Task RunAsync(Func<TimeSpan> pace, Func<CancellationToken, Task> onChange, TimeProvider time, ILogger logger)
        {
            var stop = _disposed.Token;
            try
            {
                while (true)
                {
                    await _signalled.WaitAsync(stop);
                    Volatile.Write(ref _pending, 0);
                    await NotifyAsync(onChange, logger, stop);
                    await Task.Delay(pace(), time, stop);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }

        private static async Task NotifyAsync(Func<CancellationToken, Task> onChange, ILogger logger, CancellationToken stop)
        {
            try
            {
                await onChange(stop);
            }
            catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                LogFailed(logger, error);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A listener of the change feed failed; it will be called again on the next change")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
