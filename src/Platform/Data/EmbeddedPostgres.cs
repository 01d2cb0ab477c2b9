using AgentConsole.Platform.Data.Embedded;

namespace AgentConsole.Platform.Data;

/// <summary>
/// A PostgreSQL of the app's own, for one node without a database server. It lives as long as this object:
/// a server that dies is started again on the same port, a disposed one is stopped.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private readonly DirectoryLock _lock;
    private readonly Server _server;
    private readonly Supervisor _supervisor;

    private EmbeddedPostgres(DirectoryLock directoryLock, Server server, Supervisor supervisor) =>
        (_lock, _server, _supervisor) = (directoryLock, server, supervisor);

    /// <summary>Of the database <c>console</c>, as its superuser; valid until this is disposed.</summary>
    public string ConnectionString => _server.ConnectionString(Server.Database);

    /// <inheritdoc cref="StartAsync(string, EmbeddedPostgresOptions, ILogger, CancellationToken)"/>
    public static Task<EmbeddedPostgres> StartAsync(string directory, ILogger logger, CancellationToken cancellationToken) =>
        StartAsync(directory, new EmbeddedPostgresOptions(), logger, cancellationToken);

    /// <summary>Makes the cluster if there is none, recovers it if its last owner died, and starts it on a free port of 127.0.0.1.</summary>
    /// <param name="directory">Where the cluster, its password and its lock live; made when absent.</param>
    /// <exception cref="DataDirectoryInUseException">Another process owns the directory.</exception>
    /// <exception cref="EmbeddedPostgresException">It cannot run here; the message says what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        string directory, EmbeddedPostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var root = Files.CreateRoot(directory);
        var directoryLock = DirectoryLock.Take(root);
        try
        {
            var user = await ServerUser.ChooseAsync(Cluster.LinkIn(root), cancellationToken);
            var binaries = await Binaries.FindAsync(options.Binaries, user, cancellationToken);
            var cluster = await Cluster.OpenAsync(root, binaries, user, options, logger, cancellationToken);
            var server = new Server(cluster, binaries, user, options, logger);
            await server.StartAsync(cancellationToken);
            return new EmbeddedPostgres(directoryLock, server, Supervisor.Start(server, options.Clock, logger));
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server: sessions are cut, everything committed is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_lock.IsHeld)
            return;
        await _supervisor.DisposeAsync();
        await _server.StopAsync();
        _lock.Dispose();
    }
}
