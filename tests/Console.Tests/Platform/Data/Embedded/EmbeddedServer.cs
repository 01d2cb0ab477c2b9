using System.Diagnostics;
using System.Globalization;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Data.Embedded;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentConsole.Tests.Platform.Data.Embedded;

/// <summary>What the tests do to an embedded server, in words.</summary>
internal static class EmbeddedServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task<EmbeddedPostgres> StartAsync(string directory, ILogger? logger = null, CancellationToken cancellationToken = default) =>
        EmbeddedPostgres.StartAsync(directory, new() { Durable = false }, logger ?? new ListLogger(), cancellationToken);

    /// <summary>One row, on disk in the eyes of the kernel once this returns.</summary>
    public static Task InsertAsync(string connectionString) =>
        ScalarAsync(connectionString, "SET synchronous_commit = on; CREATE TABLE IF NOT EXISTS kept (id int); INSERT INTO kept VALUES (1)");

    public static async Task<int> CountAsync(string connectionString) =>
        int.Parse((await ScalarAsync(connectionString, "SELECT count(*) FROM kept"))!, CultureInfo.InvariantCulture);

    public static async Task<int> EventuallyCountAsync(string connectionString)
    {
        var count = -1;
        await EventuallyAsync(async () => (count = await CountAsync(connectionString)) >= 0);
        return count;
    }

    public static async Task<string?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Until it is true; a server that is down is not yet.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await TryAsync(condition))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
    }

    /// <summary>As the pid file says; null without one.</summary>
    public static int? PostmasterPid(string directory)
    {
        var file = Path.Combine(directory, "postgres", "postmaster.pid");
        return File.Exists(file) ? int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture) : null;
    }

    public static bool IsRunning(int? pid) => File.Exists($"/proc/{pid}/cmdline") && File.ReadAllText($"/proc/{pid}/cmdline") != "";

    public static void Kill(int? pid)
    {
        using var process = Process.GetProcessById(pid!.Value);
        process.Kill();
    }

    /// <summary>What an impatient operator does.</summary>
    public static async Task StopImmediatelyAsync(string directory)
    {
        var cluster = Path.Combine(directory, "postgres");
        var user = await ServerUser.ChooseAsync(cluster, CancellationToken.None);
        var binaries = await Binaries.FindAsync(null, user, CancellationToken.None);
        var pid = PostmasterPid(directory);
        // Without waiting: pg_ctl waits for the pid file to go, and a server started anew at once has made the next one by then.
        var stopped = await user.RunAsync([binaries.PgCtl, "stop", "-m", "immediate", "-W", "-D", cluster], CancellationToken.None);
        Assert.True(stopped.Ok, stopped.Output);
        await EventuallyAsync(() => Task.FromResult(!IsRunning(pid)));
    }

    private static async Task<bool> TryAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}

/// <summary>Another process that owns the embedded server of a directory, to be killed.</summary>
internal sealed class Owner : IDisposable
{
    private readonly Process _process;

    private Owner(Process process) => _process = process;

    public static Owner Start(string directory)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, [typeof(ChildProcess).Assembly.Location, ChildProcess.OwnPostgres, directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new(Process.Start(start)!);
    }

    /// <summary>Its connection string or the reason it has none.</summary>
    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync() ?? "";

    /// <summary>As <c>kill -9</c>: it gets to clean up nothing.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }
}

internal sealed class ListLogger(Action<string>? onMessage = null) : ILogger
{
    private readonly List<string> _messages = [];

    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_messages)
                return [.. _messages];
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        lock (_messages)
            _messages.Add(message);
        onMessage?.Invoke(message);
    }
}
