using System.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Platform.Data;

/// <summary>
/// The connections to PostgreSQL: the configured one, or the embedded one that lives and dies with the app. There are three kinds, each with its own pool, so that none is ever
/// taken for another: the login's own (<see cref="Owner"/>), the platform's (<see cref="Platform"/>), and that of work within some tenants, which only <see cref="BeginAsync"/> gives.
/// </summary>
public sealed partial class Database(PlatformOptions options, ILogger<Database> logger) : IAsyncDisposable
{
    private EmbeddedPostgres? _embedded;
    private NpgsqlDataSource? _owner, _platform, _tenants;

    /// <summary>The login that owns the tables: for migrations, partitions and the schedule's own tables. Nothing that a person or a key asks for is read with it.</summary>
    public NpgsqlDataSource Owner => Opened(_owner);

    /// <summary>Sees every row: for what the console does by itself. Whoever works for someone begins a session with that one's reach.</summary>
    public NpgsqlDataSource Platform => Opened(_platform);

    private NpgsqlDataSource Tenants => Opened(_tenants);

    /// <summary>Where data lives, for a person: never the connection string.</summary>
    public bool IsEmbedded => options.Database is null;

    /// <summary>Starts the embedded server if no other is configured. Called once, before anything else runs.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var connectionString = options.Database;
        if (connectionString is null)
        {
            _embedded = await EmbeddedPostgres.StartAsync(options.DataDirectory, new() { Binaries = options.DatabaseBinaries }, logger, cancellationToken);
            connectionString = _embedded.ConnectionString;
        }
        (_owner, _platform, _tenants) = (Build(connectionString, null), Build(connectionString, Isolation.PlatformRole), Build(connectionString, Isolation.TenantRole));
    }

    /// <summary>Begins a transaction that sees the rows of a reach; in one round trip.</summary>
    /// <param name="shared">A table that is locked against changes of its structure before the transaction's snapshot is taken.</param>
    public async Task<Session> BeginAsync(Reach reach, CancellationToken cancellationToken, IsolationLevel isolation = IsolationLevel.Unspecified, string? shared = null)
    {
        var source = reach.IsPlatform ? Platform : Tenants;
        try
        {
            return await BeginAsync(source, reach, isolation, shared, cancellationToken);
        }
        catch (NpgsqlException error) when (error is { IsTransient: true, InnerException: IOException })
        {
            // The connection died while nobody used it, and its pool now knows.
            return await BeginAsync(source, reach, isolation, shared, cancellationToken);
        }
    }

    private static async Task<Session> BeginAsync(NpgsqlDataSource source, Reach reach, IsolationLevel isolation, string? shared, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
            await using var batch = new NpgsqlBatch(connection, transaction);
            if (shared is not null) batch.BatchCommands.Add(new($"LOCK TABLE {shared} IN ACCESS SHARE MODE"));
            if (!reach.IsPlatform) batch.BatchCommands.Add(Isolation.Enter(reach));
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
            return new(connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var db = OwnersContext();
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
        if (pending == 0) return;
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
        await db.Database.MigrateAsync(cancellationToken);
        LogMigrated(logger, pending);
    }

    public async Task<int> CountPendingMigrationsAsync(CancellationToken cancellationToken)
    {
        await using var db = OwnersContext();
        return (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in new[] { _tenants, _platform, _owner })
            if (source is not null) await source.DisposeAsync();
        if (_embedded is not null) await _embedded.DisposeAsync();
    }

    private ConsoleDb OwnersContext() => new(new DbContextOptionsBuilder<ConsoleDb>().UseNpgsql(Owner.CreateConnection(), contextOwnsConnection: true).Options);

    private static NpgsqlDataSource Opened(NpgsqlDataSource? source) => source ?? throw new InvalidOperationException("The database is used before it is opened.");

    /// <summary>The pools share the connections that the connection string allows.</summary>
    private static NpgsqlDataSource Build(string connectionString, string? role)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var settings = builder.ConnectionStringBuilder;
        settings.ApplicationName ??= "agent-console";
        settings.MaxAutoPrepare = settings.MaxAutoPrepare == 0 ? 50 : settings.MaxAutoPrepare;
        // Compiling a plan costs more than the short queries here take; sums over a thousand users must not spill to disk.
        if (string.IsNullOrEmpty(settings.Options)) settings.Options = "-c jit=off -c timezone=UTC -c work_mem=32MB";
        settings.MaxPoolSize = role switch
        {
            null => Math.Max(10, settings.MaxPoolSize / 10),
            Isolation.PlatformRole => Math.Max(2, settings.MaxPoolSize / 2),
            _ => Math.Max(1, settings.MaxPoolSize * 2 / 5),
        };
        if (role is not null) Isolation.Assume(role, builder);
        return builder.Build();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied {Count} migrations")]
    private static partial void LogMigrated(ILogger logger, int count);
}
