using AgentConsole.Platform;
using AgentConsole.Platform.Live;
using AgentConsole.Platform.Redis;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Platform.Live;

public sealed class RedisChangeFeedTests
{
    private static readonly TimeSpan Throttle = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Signal_OnOneNode_IsHeardOnAnotherAndOnItsOwn()
    {
        using var redis = await RedisServer.StartAsync();
        await using var first = await Node.StartAsync(redis.ConnectionString);
        await using var second = await Node.StartAsync(redis.ConnectionString);
        var (own, other) = (0, 0);
        using var here = first.Feed.Subscribe("usage:acme", Throttle, _ => Count(ref own));
        using var there = second.Feed.Subscribe("usage:acme", Throttle, _ => Count(ref other));
        await Eventually.TrueAsync(() =>
        {
            first.Feed.Signal("usage:acme");
            return Volatile.Read(ref own) > 0 && Volatile.Read(ref other) > 0;
        });
    }

    [Fact]
    public async Task Signal_RedisAway_IsStillHeardOnItsOwnNode_AndOnOthersOnceItIsBack()
    {
        var redis = await RedisServer.StartAsync();
        var port = redis.Port;
        await using var first = await Node.StartAsync(redis.ConnectionString);
        await using var second = await Node.StartAsync(redis.ConnectionString);
        redis.Dispose();
        var (own, other) = (0, 0);
        using var here = first.Feed.Subscribe("a", Throttle, _ => Count(ref own));
        using var there = second.Feed.Subscribe("a", Throttle, _ => Count(ref other));
        first.Feed.Signal("a");
        await Eventually.TrueAsync(() => Volatile.Read(ref own) > 0);

        using var back = await RedisServer.StartAsync(port);
        await Eventually.TrueAsync(() =>
        {
            first.Feed.Signal("a");
            return Volatile.Read(ref other) > 0;
        });
    }

    [Fact]
    public async Task Reachable_SaysWhetherRedisAnswers()
    {
        var redis = await RedisServer.StartAsync();
        using var connection = new RedisConnection(Options(redis.ConnectionString));
        Assert.True(await connection.IsReachableAsync());
        redis.Dispose();
        Assert.False(await connection.IsReachableAsync());
    }

    private static Task Count(ref int counter)
    {
        Interlocked.Increment(ref counter);
        return Task.CompletedTask;
    }

    private static PlatformOptions Options(string redis) => new() { Redis = redis, DataDirectory = "" };

    /// <summary>One of several processes, as far as Redis can tell.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly RedisConnection _connection;

        private Node(string redis)
        {
            _connection = new(Options(redis));
            Feed = new(new ChangeFeed(TimeProvider.System, NullLogger<ChangeFeed>.Instance), _connection, TimeProvider.System, NullLogger<RedisChangeFeed>.Instance);
        }

        public RedisChangeFeed Feed { get; }

        public static async Task<Node> StartAsync(string redis)
        {
            var node = new Node(redis);
            await node.Feed.StartAsync(CancellationToken.None);
            return node;
        }

        public async ValueTask DisposeAsync()
        {
            await Feed.StopAsync(CancellationToken.None);
            Feed.Dispose();
            _connection.Dispose();
        }
    }
}
