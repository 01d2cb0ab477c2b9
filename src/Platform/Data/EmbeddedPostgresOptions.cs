namespace AgentConsole.Platform.Data;

public sealed record EmbeddedPostgresOptions
{
    /// <summary>
    /// Folder of the PostgreSQL binaries (the npm package, or any folder with <c>bin/pg_ctl</c> of PostgreSQL 17 or newer);
    /// configuration key <c>Data__Binaries</c>. Null looks for the npm package in <c>node_modules</c>.
    /// </summary>
    public string? Binaries { get; init; }

    /// <summary>False trades safety against a crash of the machine for speed: for tests only.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Connections, 10 to 1000; three of them are kept for superusers.</summary>
    public int MaxConnections { get; init; } = 100;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
