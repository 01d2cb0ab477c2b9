namespace AgentConsole.Platform.Data;

/// <summary>A PostgreSQL of the app's own, for one node without a database server.</summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    public required string ConnectionString { get; init; }

    /// <param name="directory">Where the cluster lives; made when absent.</param>
    public static Task<EmbeddedPostgres> StartAsync(string directory, ILogger logger, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
