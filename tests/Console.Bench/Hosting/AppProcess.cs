using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AgentConsole.Bench.Hosting;

/// <summary>The real app in a process of its own, on a free port of 127.0.0.1; gone when this is disposed.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task _log;

    private AppProcess(Process process, Uri url, string log)
    {
        (_process, Url, Log) = (process, url, log);
        _log = CopyLogAsync(process, log);
    }

    public Uri Url { get; }

    /// <summary>The file that its output goes to.</summary>
    public string Log { get; }

    public int Id => _process.Id;

    /// <summary>A platform key that it accepts.</summary>
    public static string Key { get; } = $"bench-{Guid.NewGuid():N}";

    /// <summary>Who may sign in to its pages.</summary>
    public const string Operator = "operator@example.test";

    /// <summary>The same in every run: a folder of data may be kept.</summary>
    public const string Password = "loads of benchmarks on loopback";

    public bool IsRunning => !_process.HasExited;

    /// <param name="folder">Of the log, and of the data unless the settings name a store.</param>
    /// <param name="settings">Configuration in environment form, on top of: Development, no demo, the bench's key.</param>
    public static async Task<AppProcess> StartAsync(string folder, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Repository.App);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Urls"] = url.ToString();
        start.Environment["Data__Directory"] = Path.Combine(folder, "data");
        start.Environment["Demo__Enabled"] = "false";
        start.Environment["Access__BootstrapKey"] = Key;
        start.Environment["Access__BootstrapAdmin__Email"] = Operator;
        start.Environment["Access__BootstrapAdmin__Password"] = Password;
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var app = new AppProcess(Process.Start(start)!, url, Path.Combine(folder, $"app-{url.Port}.log"));
        try
        {
            await app.WaitUntilReadyAsync(cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it has used of the cores since it began.</summary>
    public TimeSpan CpuTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Bytes of memory it holds.</summary>
    public long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Processor time that it has used, without its database's.</summary>
    public TimeSpan Worked()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>As a power cut would end it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = kill(_process.Id, Terminate);
            using var timeout = new CancellationTokenSource(StopTimeout);
            await _process.WaitForExitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited) await KillAsync();
        }
        await _log;
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(5) };
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartTimeout)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The app ended with {_process.ExitCode}:\n{await TailAsync()}");
            if (await IsReadyAsync(http, cancellationToken)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
        throw new TimeoutException($"The app was not ready after {StartTimeout.TotalSeconds:N0} s:\n{await TailAsync()}");
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync("/health/ready", cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<string> TailAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        return string.Join('\n', File.ReadLines(Log).TakeLast(20));
    }

    private static async Task CopyLogAsync(Process process, string path)
    {
        await using var file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
        var writing = new SemaphoreSlim(1);
        await Task.WhenAll(CopyAsync(process.StandardOutput, file, writing), CopyAsync(process.StandardError, file, writing));
    }

    private static async Task CopyAsync(StreamReader from, StreamWriter to, SemaphoreSlim writing)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            await writing.WaitAsync();
            await to.WriteLineAsync(line);
            writing.Release();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int processId, int signal);
}
