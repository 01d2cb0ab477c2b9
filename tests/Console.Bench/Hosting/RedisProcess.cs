using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AgentConsole.Bench.Hosting;

/// <summary>A redis-server of this run on a free port of 127.0.0.1, without persistence.</summary>
internal sealed class RedisProcess : IDisposable
{
    private readonly Process _process;
    private bool _isGone;

    private RedisProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port},allowAdmin=true";

    /// <param name="port">0: any that is free.</param>
    public static async Task<RedisProcess> StartAsync(CancellationToken cancellationToken, int port = 0)
    {
        if (port == 0)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        var redis = new RedisProcess(Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true })!, port);
        redis._process.BeginOutputReadLine();
        while (!await AcceptsAsync(port)) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        return redis;
    }

    public void Dispose()
    {
        if (_isGone) return;
        _isGone = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<bool> AcceptsAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
