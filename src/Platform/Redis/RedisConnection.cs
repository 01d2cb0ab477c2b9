using StackExchange.Redis;

namespace AgentConsole.Platform.Redis;

/// <summary>One connection to Redis, opened when first needed and again after it failed.</summary>
internal sealed class RedisConnection(PlatformOptions options) : IDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private ConnectionMultiplexer? _connection;

    public async Task<ConnectionMultiplexer> ConnectAsync()
    {
        if (_connection is { } open) return open;
        await _opening.WaitAsync();
        try
        {
            var configuration = ConfigurationOptions.Parse(options.Redis!);
            configuration.AbortOnConnectFail = false;
            // Who asks while it is away is told so at once.
            configuration.BacklogPolicy = BacklogPolicy.FailFast;
            return _connection ??= await ConnectionMultiplexer.ConnectAsync(configuration);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async Task<bool> IsReachableAsync()
    {
        try
        {
            await (await ConnectAsync()).GetDatabase().PingAsync();
            return true;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _opening.Dispose();
    }
}
