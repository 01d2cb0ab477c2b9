using AgentConsole.Platform.Live;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Platform.Live;

public sealed class ChangeFeedTests
{
    private static readonly TimeSpan Throttle = TimeSpan.FromMilliseconds(20);

    private readonly ChangeFeed _feed = new(TimeProvider.System, NullLogger<ChangeFeed>.Instance);

    [Fact]
    public async Task Signal_ReachesItsTopicsListenersOnly()
    {
        var (heard, others) = (0, 0);
        using var listener = _feed.Subscribe("a", Throttle, _ => Count(ref heard));
        using var other = _feed.Subscribe("b", Throttle, _ => Count(ref others));
        _feed.Signal("a");
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) == 1);
        Assert.Equal(0, others);
    }

    [Fact]
    public async Task Signals_WhileTheListenerIsBusy_AddUpToOneMoreCall()
    {
        var heard = 0;
        var busy = new TaskCompletionSource();
        using var listener = _feed.Subscribe("a", Throttle, async _ =>
        {
            if (Interlocked.Increment(ref heard) == 1) await busy.Task;
        });
        _feed.Signal("a");
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) == 1);
        for (var signal = 0; signal < 1000; signal++) _feed.Signal("a");
        busy.SetResult();
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) == 2);
        _feed.Signal("b");
        await Task.Delay(Throttle * 3, TimeProvider.System, CancellationToken.None);
        Assert.Equal(2, heard);
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(300, 3000)]
    public async Task Listeners_WhoAreMany_AreEachCalledLessOften(int many, int milliseconds)
    {
        var time = new NotedTime();
        var (feed, heard) = (new ChangeFeed(time, NullLogger<ChangeFeed>.Instance), 0);
        var listeners = Enumerable.Range(0, many).Select(_ => feed.Subscribe("a", Throttle, _ => Count(ref heard))).ToList();
        feed.Signal("a");
        await Eventually.TrueAsync(() => time.Waits.Count == many);
        Assert.Equal(many, heard);
        Assert.All(time.Waits, wait => Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), wait));
        foreach (var listener in listeners) listener.Dispose();
    }

    private sealed class NotedTime : TimeProvider
    {
        public System.Collections.Concurrent.ConcurrentBag<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    [Fact]
    public async Task Listener_ThatFails_IsCalledAgain()
    {
        var heard = 0;
        using var listener = _feed.Subscribe("a", Throttle, _ => Interlocked.Increment(ref heard) == 1 ? throw new InvalidOperationException("once") : Task.CompletedTask);
        await Eventually.TrueAsync(() =>
        {
            _feed.Signal("a");
            return Volatile.Read(ref heard) >= 2;
        });
    }

    [Fact]
    public async Task Listener_Disposed_HearsNoMore_AndMayBeDisposedAgain()
    {
        var heard = 0;
        var listener = _feed.Subscribe("a", Throttle, _ => Count(ref heard));
        _feed.Signal("a");
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) == 1);
        listener.Dispose();
        await Task.Delay(Throttle, TimeProvider.System, CancellationToken.None);
        listener.Dispose();
        _feed.Signal("a");
        await Task.Delay(Throttle * 3, TimeProvider.System, CancellationToken.None);
        Assert.Equal(1, heard);
    }

    /// <summary>Who signals has written events and must not be told that it failed.</summary>
    [Fact]
    public async Task Signal_WhileListenersComeAndGo_NeverThrows()
    {
        using var stop = new CancellationTokenSource();
        var signalling = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) _feed.Signal("a");
        })).ToList();
        for (var round = 0; round < 3000; round++)
        {
            using var listener = _feed.Subscribe("a", Throttle, _ => Task.CompletedTask);
            if (round % 10 == 0) await Task.Yield();
        }
        await stop.CancelAsync();
        await Task.WhenAll(signalling);
    }

    private static Task Count(ref int count)
    {
        Interlocked.Increment(ref count);
        return Task.CompletedTask;
    }
}
