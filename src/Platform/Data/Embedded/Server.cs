using System.Diagnostics;
using Npgsql;

namespace AgentConsole.Platform.Data.Embedded;

/// <summary>Starts and stops the one server of a cluster. Its caller holds the directory's lock.</summary>
internal sealed class Server(Cluster cluster, Binaries binaries, ServerUser user, EmbeddedPostgresOptions options, ILogger logger)
{
    public const string Database = "console";

    private const int PortTries = 5;
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(5);

    private Postmaster? _postmaster;
    private int _port;

    public bool IsRunning => _postmaster?.IsRunning(cluster, binaries) ?? false;

    public Cluster Cluster => cluster;

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Database = database,
        Username = Cluster.Superuser,
        Password = cluster.Password,
        // The app's pools share these; some are to spare.
        MaxPoolSize = Math.Max(10, options.MaxConnections * 4 / 5),
        ApplicationName = "agent-console",
    }.ConnectionString;

    /// <summary>First start: whatever an earlier owner left is ended, a port chosen, the database made.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await EndLeftoversAsync(cancellationToken);
        try
        {
            for (var attempt = 1; !await TryStartOnAsync(FreePort.Pick(), attempt == PortTries, cancellationToken);)
                attempt++;
            await CreateDatabaseAsync(cancellationToken);
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    /// <summary>Later start, on the port that the connection string names.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        if (Postmaster.Read(cluster) is { } other && other.Port == _port && other.IsRunning(cluster, binaries))
        {
            _postmaster = other; // started by hand on the same port: as good as ours
            return;
        }

        await EndLeftoversAsync(cancellationToken);
        await TryStartOnAsync(_port, throwIfTaken: true, cancellationToken);
    }

    public async Task StopAsync()
    {
        if (Postmaster.Read(cluster) is not { } running || !running.IsRunning(cluster, binaries))
            return;
        var fast = await PgCtlAsync(["stop", "-m", "fast", "-t", "30"], CancellationToken.None);
        if (await HasEndedAsync(running))
            return;
        logger.StopWasSlow(cluster.Path, fast.Output);
        await PgCtlAsync(["stop", "-m", "immediate", "-t", "10"], CancellationToken.None);
        await HasEndedAsync(running);
    }

    /// <summary>pg_ctl waits for the pid file to go; the process lives a moment longer.</summary>
    private async Task<bool> HasEndedAsync(Postmaster stopped)
    {
        var since = options.Clock.GetTimestamp();
        while (stopped.IsRunning(cluster, binaries))
        {
            if (options.Clock.GetElapsedTime(since) > ExitPatience)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(10), options.Clock, CancellationToken.None);
        }

        return true;
    }

    private async Task<bool> TryStartOnAsync(int port, bool throwIfTaken, CancellationToken cancellationToken)
    {
        var logged = LogLength();
        var result = await PgCtlAsync(
            ["start", "-l", cluster.LogFile, "-t", "300", "-o", ServerSettings.Arguments(cluster, port, options)], cancellationToken);
        if (result.Ok)
        {
            (_port, _postmaster) = (port, Postmaster.Read(cluster));
            logger.Started(cluster.Path, port, user.Name);
            return true;
        }

        await StopAsync();
        if (!throwIfTaken && !FreePort.IsFree(port))
            return false;
        throw new EmbeddedPostgresException($"PostgreSQL did not start: {result.Output} {LogSince(logged)}".TrimEnd());
    }

    /// <summary>
    /// 1. A server whose owner died is stopped. 2. Its processes that outlived it get a while, then are killed: without a
    /// postmaster they can commit nothing. 3. A pid file that PostgreSQL would misread is removed.
    /// </summary>
    private async Task EndLeftoversAsync(CancellationToken cancellationToken)
    {
        var found = Postmaster.Read(cluster);
        if (found is not null && found.IsRunning(cluster, binaries))
        {
            logger.TakingOver(found.Pid, cluster.Path);
            await StopAsync();
            if (found.IsRunning(cluster, binaries))
                throw new EmbeddedPostgresException($"PostgreSQL process {found.Pid}, left over in '{cluster.Path}', does not stop; end it, then start again.");
        }

        await EndOrphansAsync(cancellationToken);
        if (Postmaster.Read(cluster) is { } stale && stale.IsMistakable(cluster, binaries))
            File.Delete(Postmaster.FileOf(cluster));
    }

    private async Task EndOrphansAsync(CancellationToken cancellationToken)
    {
        var since = options.Clock.GetTimestamp();
        while (Postmaster.Orphans(cluster) is { Count: > 0 } orphans)
        {
            var waited = options.Clock.GetElapsedTime(since);
            if (waited > OrphanPatience * 2)
                throw new EmbeddedPostgresException($"PostgreSQL processes {string.Join(", ", orphans)}, left over in '{cluster.Path}', do not end; end them, then start again.");
            if (waited > OrphanPatience)
                orphans.ToList().ForEach(Kill);
            await Task.Delay(TimeSpan.FromMilliseconds(50), options.Clock, cancellationToken);
        }
    }

    private static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // Gone by itself.
        }
    }

    private async Task CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(ConnectionString("postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = Database } } };
        if (await find.ExecuteScalarAsync(cancellationToken) is not null)
            return;
        await using var create = new NpgsqlCommand($"CREATE DATABASE {Database}", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    private Task<CommandResult> PgCtlAsync(string[] arguments, CancellationToken cancellationToken) =>
        user.RunAsync([binaries.PgCtl, .. arguments, "-D", cluster.Path, "-w", "-s"], cancellationToken);

    private long LogLength() => File.Exists(cluster.LogFile) ? new FileInfo(cluster.LogFile).Length : 0;

    /// <summary>The end of what the server wrote since, at most 2,000 bytes.</summary>
    private string LogSince(long position)
    {
        if (!File.Exists(cluster.LogFile))
            return "";
        using var file = new FileStream(cluster.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Min(file.Length, Math.Max(position, file.Length - 2_000));
        return new StreamReader(file).ReadToEnd().Trim();
    }
}
