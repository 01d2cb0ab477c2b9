using System.Security.Cryptography;

namespace AgentConsole.Platform.Data.Embedded;

/// <summary>Folders and files with the rights they need, made so that an interruption leaves nothing half done.</summary>
internal static class Files
{
    /// <summary>Where root keeps what another user must reach but the data directory's place hides, such as below /root.</summary>
    public const string SharedHome = "/var/lib/agent-console";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = OwnerFolder | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The data directory's full path without links, made when absent; others may pass through it but not list it.</summary>
    public static string CreateRoot(string directory)
    {
        var path = Path.GetFullPath(directory);
        if (!Directory.Exists(path))
            CreateFolder(path, Passable);
        return RealPath(path);
    }

    public static void CreatePrivateFolder(string path) => CreateFolder(path, OwnerFolder);

    public static void CreatePassableFolder(string path)
    {
        if (!Directory.Exists(path))
            CreateFolder(path, Passable);
    }

    public static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var file = new FileStream(path, options);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    /// <summary>As the kernel sees it: every link on the way resolved, so that one folder has one name.</summary>
    public static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(next, returnFinalTarget: true)?.FullName is { } target && target != next ? RealPath(target) : next;
        }

        return real;
    }

    public static string RandomName() => RandomNumberGenerator.GetHexString(12, lowercase: true);

    public static void DeleteQuietly(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left for the next start, which deletes it again.
        }
    }

    private static void CreateFolder(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }
}
