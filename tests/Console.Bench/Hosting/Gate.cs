using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AgentConsole.Bench.Hosting;

/// <summary>A port of 127.0.0.1 that leads to another one until it is shut: then what passes through is cut, and who comes is turned away.</summary>
internal sealed class Gate : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, TcpClient> _passing = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly int _to;
    private volatile bool _isShut;

    public Gate(int to)
    {
        _to = to;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Shut()
    {
        _isShut = true;
        foreach (var (from, to) in _passing) Cut(from, to);
    }

    public void Open() => _isShut = false;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        Shut();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var from = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (_isShut) from.Dispose();
                else _ = Task.Run(() => PassAsync(from));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The gate is gone.
        }
    }

    private async Task PassAsync(TcpClient from)
    {
        var to = new TcpClient { NoDelay = true };
        from.NoDelay = true;
        try
        {
            await to.ConnectAsync(IPAddress.Loopback, _to);
            _passing[from] = to;
            if (!_isShut) await Task.WhenAny(from.GetStream().CopyToAsync(to.GetStream()), to.GetStream().CopyToAsync(from.GetStream()));
        }
        catch (Exception error) when (error is IOException or SocketException or InvalidOperationException)
        {
            // One side has gone; so must the other.
        }
        _passing.TryRemove(from, out _);
        Cut(from, to);
    }

    private static void Cut(TcpClient from, TcpClient to)
    {
        from.Dispose();
        to.Dispose();
    }
}
