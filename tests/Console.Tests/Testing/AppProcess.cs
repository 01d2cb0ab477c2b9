using System.Diagnostics;
using System.Text;

namespace AgentConsole.Tests.Testing;

/// <summary>The built app as a process of its own, as an operator starts it: Production, unless the settings say otherwise.</summary>
internal sealed class AppProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string?> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it said.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <param name="settings">In environment form, such as <c>Data__Directory</c>.</param>
    public static AppProcess Start(IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        // Beside the tests' own output, built in the same way.
        var output = AppContext.BaseDirectory.Replace("Console.Tests", "Console", StringComparison.Ordinal);
        var start = new ProcessStartInfo(dotnet, [Path.Combine(output, "AgentConsole.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = output,
        };
        foreach (var name in new[] { "ConnectionStrings__Console", "Urls", "ASPNETCORE_URLS", "Roles" }) start.Environment.Remove(name);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Urls"] = "http://127.0.0.1:0";
        start.Environment["Access__BootstrapKey"] = ConsoleApp.ApiKey;
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return new(start);
    }

    /// <summary>Where it listens, once it does.</summary>
    public async Task<Uri> AddressAsync()
    {
        var address = await Task.WhenAny(_address.Task, _process.WaitForExitAsync()) == _address.Task ? await _address.Task : null;
        Assert.True(address is not null, Output);
        return new Uri(address);
    }

    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>As <c>kill -9</c>: it gets to clean up nothing.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>As Ctrl+C does.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        return await ExitCodeAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        const string Listening = "Now listening on: ";
        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at) _address.TrySetResult(line[(at + Listening.Length)..].Trim());
    }
}
