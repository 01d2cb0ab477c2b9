using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace AgentConsole.Platform.Data.Embedded;

/// <param name="Output">What it printed on both streams, at most <see cref="Command.MaxOutput"/> characters.</param>
internal sealed record CommandResult(int ExitCode, string Output)
{
    public bool Ok => ExitCode == 0;
}

/// <summary>Runs one short program to its end.</summary>
internal static class Command
{
    public const int MaxOutput = 8 * 1024;
    public const int NotFound = 127;

    private static readonly string[] KeptOnWindows = ["SystemRoot", "SystemDrive", "TEMP", "TMP", "PATH"];

    /// <summary>A program that cannot be started at all ends as <see cref="NotFound"/>. Cancellation kills it and what it started.</summary>
    public static async Task<CommandResult> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(command) };
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        if (!TryStart(process))
            return new(NotFound, $"{command[0]} cannot be started");

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        lock (output)
            return new(process.ExitCode, output.ToString().Trim());
    }

    private static ProcessStartInfo StartInfo(IReadOnlyList<string> command)
    {
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            // The app's own folder may be closed to the user the program runs as.
            WorkingDirectory = Path.GetPathRoot(Environment.SystemDirectory) is { Length: > 0 } drive ? drive : "/",
        };
        CleanEnvironment(info.Environment);
        return info;
    }

    /// <summary>The app's environment holds secrets, and PG* variables would change what the programs do.</summary>
    private static void CleanEnvironment(IDictionary<string, string?> environment)
    {
        var kept = OperatingSystem.IsWindows() ? environment.Where(pair => KeptOnWindows.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)).ToList() : [];
        environment.Clear();
        foreach (var (name, value) in kept)
            environment[name] = value;
        if (!OperatingSystem.IsWindows())
            environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        environment["LC_ALL"] = "C";
        environment["TZ"] = "UTC";
    }

    private static bool TryStart(Process process)
    {
        try
        {
            return process.Start();
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static void Append(StringBuilder output, string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.Append(line.AsSpan(0, Math.Min(line.Length, Math.Max(0, MaxOutput - output.Length)))).Append('\n');
    }
}
