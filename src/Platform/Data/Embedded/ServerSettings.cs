namespace AgentConsole.Platform.Data.Embedded;

/// <summary>What the server runs with, for a small machine. Whoever needs other settings brings a server of their own.</summary>
internal static class ServerSettings
{
    private static readonly string[] Safe = ["fsync=on", "synchronous_commit=on", "full_page_writes=on"];
    private static readonly string[] Fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

    /// <summary>Free of blanks and quotes: pg_ctl passes them through a shell.</summary>
    public static string Arguments(Cluster cluster, int port, EmbeddedPostgresOptions options) =>
        string.Join(' ', Settings(cluster, port, options).Select(setting => "-c " + setting));

    private static IEnumerable<string> Settings(Cluster cluster, int port, EmbeddedPostgresOptions options) =>
    [
        "listen_addresses=127.0.0.1",
        $"port={port}",
        "unix_socket_directories=",
        $"cluster_name={cluster.Name}",
        $"max_connections={options.MaxConnections}",
        "password_encryption=scram-sha-256",
        "shared_buffers=128MB",
        "work_mem=16MB",
        "maintenance_work_mem=128MB",
        "random_page_cost=1.1",
        "jit=off",
        "max_locks_per_transaction=128",
        "wal_compression=on",
        "max_wal_size=2GB",
        "checkpoint_timeout=15min",
        "timezone=UTC",
        "log_timezone=UTC",
        // The log says what went wrong, never with whose data.
        "log_error_verbosity=terse",
        "log_min_error_statement=panic",
        "log_parameter_max_length_on_error=0",
        .. options.Durable ? Safe : Fast,
    ];
}
