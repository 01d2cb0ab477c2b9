using AgentConsole.Platform.Redis;
using StackExchange.Redis;

namespace AgentConsole.Platform.Live;

/// <summary>The change feed of several nodes: each signal is also published, at most a few times a second per topic, and what others publish is signalled here. While Redis is away each node still hears itself.</summary>
internal sealed partial class RedisChangeFeed(ChangeFeed local, RedisConnection redis, TimeProvider time, ILogger<RedisChangeFeed> logger) : LastingService(logger), IChangeFeed
{
    private static readonly RedisChannel Channel = RedisChannel.Literal("console:changes");
    private static readonly TimeSpan PublishEvery = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private readonly HashSet<string> _pending = [];
    private readonly Lock _pendingLock = new();
    private bool _subscribed;

    public void Signal(string topic)
    {
        local.Signal(topic);
        lock (_pendingLock) _pending.Add(topic);
    }

    public IDisposable Subscribe(string topic, TimeSpan throttle, Func<CancellationToken, Task> onChange) => local.Subscribe(topic, throttle, onChange);

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        var toldAt = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(PublishEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var topics = TakePending();
            try
            {
                await PublishAsync(topics);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                lock (_pendingLock) _pending.UnionWith(topics);
                if (time.GetUtcNow() - toldAt < TellEvery) continue;
                toldAt = time.GetUtcNow();
                LogUnreachable(Log, error);
            }
        }
    }

    private async Task PublishAsync(string[] topics)
    {
        var subscriber = (await redis.ConnectAsync()).GetSubscriber();
        if (!_subscribed) await subscriber.SubscribeAsync(Channel, (_, topic) => local.Signal(topic!));
        _subscribed = true;
        foreach (var topic in topics) await subscriber.PublishAsync(Channel, topic);
    }

    private string[] TakePending()
    {
        lock (_pendingLock)
        {
            if (_pending.Count == 0) return [];
            string[] topics = [.. _pending];
            _pending.Clear();
            return topics;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis cannot be reached; other nodes' pages refresh late")]
    private static partial void LogUnreachable(ILogger logger, Exception error);
}
