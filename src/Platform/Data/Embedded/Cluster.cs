using System.Security.Cryptography;

namespace AgentConsole.Platform.Data.Embedded;

/// <summary>The files of one PostgreSQL cluster, complete or absent, never half made.</summary>
/// <param name="Path">Its real path, the one name the server is started by.</param>
internal sealed record Cluster(string Path, string Password)
{
    public const string Superuser = "postgres";

    /// <summary>Shown in the title of each of the server's processes, which tells them from another cluster's.</summary>
    public string Name { get; } = "console-" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Path)))[..12];

    public string LogFile => System.IO.Path.Combine(Path, "server.log");

    /// <summary>Where the cluster is, or the link to where it is.</summary>
    public static string LinkIn(string root) => System.IO.Path.Combine(root, "postgres");

    public static async Task<Cluster> OpenAsync(
        string root, Binaries binaries, ServerUser user, EmbeddedPostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        DeleteLeftovers(root);
        var link = LinkIn(root);
        var isNew = !Exists(link);
        var password = ReadOrMakePassword(root, isNew);
        if (isNew)
            await CreateAsync(root, password, binaries, user, options, logger, cancellationToken);

        var path = Files.RealPath(link);
        CheckVersion(path, binaries);
        await user.OwnAsync(path, cancellationToken);
        return new(path, password);
    }

    private static bool Exists(string link)
    {
        if (File.Exists(System.IO.Path.Combine(link, "PG_VERSION")))
            return true;
        if (new DirectoryInfo(link).LinkTarget is { } target)
            throw new EmbeddedPostgresException($"'{link}' points to '{target}', where there is no database; bring it back, or delete the link to start empty.");
        if (Directory.Exists(link))
            throw new EmbeddedPostgresException($"'{link}' is not a PostgreSQL cluster; move it away, or set Data__Directory to another place.");
        return false;
    }

    /// <summary>The password is on disk before the cluster that needs it.</summary>
    private static string ReadOrMakePassword(string root, bool isNew)
    {
        var path = System.IO.Path.Combine(root, "postgres.password");
        if (File.Exists(path) && File.ReadAllText(path) is { Length: > 0 } password)
            return password;
        if (!isNew)
            throw new EmbeddedPostgresException($"The password of the cluster in '{root}' is missing; bring back '{path}'.");

        File.Delete(path);
        var fresh = RandomNumberGenerator.GetHexString(48, lowercase: true);
        Files.WritePrivate(path, fresh);
        return fresh;
    }

    /// <summary>Made aside and renamed when complete, so that an interrupted initdb is never taken for a cluster.</summary>
    private static async Task CreateAsync(
        string root, string password, Binaries binaries, ServerUser user, EmbeddedPostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var canEnter = await user.CanEnterAsync(root, cancellationToken);
        var home = canEnter ? root : Files.SharedHome;
        var target = canEnter ? LinkIn(root) : System.IO.Path.Combine(home, $"cluster-{Files.RandomName()}");
        if (!canEnter)
            Files.CreatePassableFolder(home);

        var staging = System.IO.Path.Combine(home, StagingPrefix + Files.RandomName());
        logger.CreatingCluster(target, user.Name);
        try
        {
            await InitDbAsync(staging, password, binaries, user, options, cancellationToken);
            Directory.Move(System.IO.Path.Combine(staging, "data"), target);
        }
        finally
        {
            Files.DeleteQuietly(staging);
        }

        if (canEnter)
            return;
        Directory.CreateSymbolicLink(LinkIn(root), target);
        logger.PlacedElsewhere(user.Name, root, target);
    }

    private static async Task InitDbAsync(
        string staging, string password, Binaries binaries, ServerUser user, EmbeddedPostgresOptions options, CancellationToken cancellationToken)
    {
        Files.CreatePrivateFolder(staging);
        var passwordFile = System.IO.Path.Combine(staging, "password");
        Files.WritePrivate(passwordFile, password);
        await user.OwnAsync(staging, cancellationToken);

        // C.UTF-8 of PostgreSQL itself: the same order on every machine, and letters beyond ASCII still have cases.
        string[] command =
        [
            binaries.InitDb, "-D", System.IO.Path.Combine(staging, "data"), "-U", Superuser, $"--pwfile={passwordFile}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--no-instructions", .. options.Durable ? Array.Empty<string>() : ["--no-sync"],
        ];
        var result = await user.RunAsync(command, cancellationToken);
        if (!result.Ok)
            throw new EmbeddedPostgresException($"PostgreSQL could not create its cluster: {result.Output}");
    }

    private static void CheckVersion(string path, Binaries binaries)
    {
        var made = File.ReadAllText(System.IO.Path.Combine(path, "PG_VERSION")).Trim();
        if (made != $"{binaries.Version.Major}")
            throw new EmbeddedPostgresException(
                $"The cluster in '{path}' was made by PostgreSQL {made} and the binaries are {binaries.Version}; set Data__Binaries to PostgreSQL {made}, or dump and load the data.");
    }

    private const string StagingPrefix = "postgres.new-";

    private static void DeleteLeftovers(string root)
    {
        foreach (var staging in Directory.EnumerateDirectories(root, StagingPrefix + "*"))
            Files.DeleteQuietly(staging);
    }
}
