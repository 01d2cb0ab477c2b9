using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Browser;

/// <summary>The built app as its own process on a free port, over a new database: what a browser talks to.</summary>
internal sealed partial class RunningConsole : IAsyncDisposable
{
    public const string Operator = "operator@example.test";
    public const string Password = "quiet-otters-swim-93";

    private const string Key = "key-of-the-browser-tests";
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly HttpClient _client;

    private RunningConsole(Process process, string address)
    {
        _process = process;
        // By name: a passkey belongs to a name and not to an address.
        Address = address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        _client = new() { BaseAddress = new(address), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) } };
    }

    /// <summary>Without a trailing slash.</summary>
    public string Address { get; }

    public static async Task<RunningConsole> StartAsync(string connectionString)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(BuiltApp(), "AgentConsole.dll")])
        {
            WorkingDirectory = Repository(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__Console"] = connectionString,
            ["Urls"] = "http://127.0.0.1:0",
            ["Demo__Enabled"] = "false",
            ["Access__BootstrapKey"] = Key,
            // What a loaded machine takes to find something is not what is tested with it.
            ["Search__SourceMilliseconds"] = "30000",
            ["Access__BootstrapAdmin__Email"] = Operator,
            ["Access__BootstrapAdmin__Password"] = Password,
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        return new(process, await ListeningAsync(process));
    }

    /// <summary>Native events; all must be accepted.</summary>
    public async Task SendAsync(params object[] events)
    {
        using var answer = await _client.PostAsJsonAsync("/api/v1/usage", events);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode && text.Contains($"\"accepted\":{events.Length},", StringComparison.Ordinal), text);
    }

    /// <summary>To the API, by the platform's key.</summary>
    public async Task PostAsync(string path, object body)
    {
        using var answer = await _client.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Reads on after the address, so that the pipe never fills.</summary>
    private static async Task<string> ListeningAsync(Process process)
    {
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        DataReceivedEventHandler read = (_, line) =>
        {
            if (line.Data is null) return;
            lock (said) said.Add(line.Data);
            if (ListeningLine().Match(line.Data) is { Success: true } match) listening.TrySetResult(match.Groups[1].Value);
        };
        process.OutputDataReceived += read;
        process.ErrorDataReceived += read;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return await listening.Task.WaitAsync(StartsWithin, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            lock (said) throw new InvalidOperationException("The app did not start: " + string.Join('\n', said));
        }
    }

    /// <summary>Beside this assembly, in the same configuration.</summary>
    private static string BuiltApp() =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Console", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));

    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Console.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Console.sln is not above the tests.");
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex ListeningLine();
}
