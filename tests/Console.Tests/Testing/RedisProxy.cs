using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AgentConsole.Tests.Testing;

/// <summary>In front of a Redis of its own: cut, it lets nothing through and closes what is open, while Redis goes on and forgets nothing.</summary>
internal sealed class RedisProxy : IDisposable
{
    private readonly RedisServer _redis;
    private readonly TcpListener _listener;
    private readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    private volatile bool _isCut;

    private RedisProxy(RedisServer redis, TcpListener listener) => (_redis, _listener) = (redis, listener);

    public string ConnectionString => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port},connectTimeout=2000,syncTimeout=2000";

    public bool IsCut
    {
        get => _isCut;
        set
        {
            _isCut = value;
            if (value) CloseAll();
        }
    }

    public static async Task<RedisProxy> StartAsync()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var proxy = new RedisProxy(await RedisServer.StartAsync(), listener);
        _ = proxy.AcceptAsync();
        return proxy;
    }

    public void Dispose()
    {
        _listener.Stop();
        CloseAll();
        _redis.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using var far = new TcpClient();
        _open[near] = 0;
        try
        {
            if (_isCut) return;
            await far.ConnectAsync(IPAddress.Loopback, _redis.Port);
            _open[far] = 0;
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One of them closed it.
        }
        finally
        {
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
            near.Dispose();
        }
    }

    private void CloseAll()
    {
        foreach (var client in _open.Keys) client.Dispose();
    }
}
