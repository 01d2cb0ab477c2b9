using System.Diagnostics;
using System.Globalization;

namespace AgentConsole.Platform.Data.Embedded;

/// <summary>The server's main process, as its postmaster.pid names it.</summary>
internal sealed record Postmaster(int Pid, int Port)
{
    public static string FileOf(Cluster cluster) => Path.Combine(cluster.Path, "postmaster.pid");

    /// <summary>Null without a readable file. The file alone proves nothing: its process may be gone and its number reused.</summary>
    public static Postmaster? Read(Cluster cluster)
    {
        try
        {
            var lines = File.ReadAllLines(FileOf(cluster));
            return lines.Length > 3 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var pid) && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
                ? new(pid, port)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>True only for a living server of this very cluster.</summary>
    public bool IsRunning(Cluster cluster, Binaries binaries) =>
        OperatingSystem.IsLinux() ? IsServerOf(cluster, CommandLine(Pid)) : ProgramOf(Pid) == binaries.Postgres;

    /// <summary>
    /// True when the number belongs to something else by now, another program or the zombie the server left where no one
    /// buries it: PostgreSQL would take either for a running server. A file whose process is gone is left to PostgreSQL, which checks more.
    /// </summary>
    public bool IsMistakable(Cluster cluster, Binaries binaries) =>
        !IsRunning(cluster, binaries) && (OperatingSystem.IsLinux() ? Directory.Exists($"/proc/{Pid}") : ProgramOf(Pid) is not null);

    /// <summary>Processes that outlive their postmaster, for example in a long query; a new server must not start beside them. Linux only.</summary>
    public static IReadOnlyList<int> Orphans(Cluster cluster)
    {
        if (!OperatingSystem.IsLinux())
            return [];
        var title = $"postgres: {cluster.Name}: ";
        return [.. Pids().Where(pid => CommandLine(pid).StartsWith(title, StringComparison.Ordinal))];
    }

    private static bool IsServerOf(Cluster cluster, string commandLine)
    {
        var arguments = commandLine.Split('\0');
        var directory = Array.IndexOf(arguments, "-D") + 1;
        return directory > 0 && directory < arguments.Length && arguments[directory] == cluster.Path && Path.GetFileName(arguments[0]) == "postgres";
    }

    private static IEnumerable<int> Pids() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where char.IsAsciiDigit(name[0])
        select int.Parse(name, CultureInfo.InvariantCulture);

    /// <summary>Empty for a process that is gone or a zombie; readable whoever owns the process.</summary>
    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string? ProgramOf(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.MainModule?.FileName;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
