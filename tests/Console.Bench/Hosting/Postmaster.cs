using System.Globalization;
using System.Runtime.InteropServices;

namespace AgentConsole.Bench.Hosting;

/// <summary>The app's embedded PostgreSQL, seen from outside: only to end it the hard way.</summary>
internal static class Postmaster
{
    private const int Quit = 3;

    /// <summary>As <c>pg_ctl stop -m immediate</c>: no checkpoint, sessions cut, recovery at the next start. False when none runs.</summary>
    /// <param name="directory">The app's data directory.</param>
    public static bool StopImmediately(string directory)
    {
        var file = Path.Combine(directory, "postgres", "postmaster.pid");
        return File.Exists(file)
            && int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid)
            && IsPostgres(pid)
            && kill(pid, Quit) == 0;
    }

    private static bool IsPostgres(int pid) =>
        File.Exists($"/proc/{pid}/cmdline") && File.ReadAllText($"/proc/{pid}/cmdline").Split('\0')[0].EndsWith("/postgres", StringComparison.Ordinal);

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int processId, int signal);
}
