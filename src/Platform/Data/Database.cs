using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Platform.Data;

/// <summary>The connection to PostgreSQL: the configured one, or the embedded one that lives and dies with the app.</summary>
public sealed partial class Database(PlatformOptions options, ILogger<Database> logger) : IAsyncDisposable
{
    private EmbeddedPostgres? _embedded;
    private NpgsqlDataSource? _source;

    public NpgsqlDataSource Source => _source ?? throw new InvalidOperationException("The database is used before it is opened.");

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
        _source = Build(connectionString);
    }

    public async Task MigrateAsync(IDbContextFactory<ConsoleDb> contexts, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
        if (pending == 0) return;
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
        await db.Database.MigrateAsync(cancellationToken);
        LogMigrated(logger, pending);
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null) await _source.DisposeAsync();
        if (_embedded is not null) await _embedded.DisposeAsync();
    }

    private static NpgsqlDataSource Build(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var settings = builder.ConnectionStringBuilder;
        settings.ApplicationName ??= "agent-console";
        settings.MaxAutoPrepare = settings.MaxAutoPrepare == 0 ? 50 : settings.MaxAutoPrepare;
        // Compiling a plan costs more than the short queries here take.
        if (string.IsNullOrEmpty(settings.Options)) settings.Options = "-c jit=off -c timezone=UTC";
        return builder.Build();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied {Count} migrations")]
    private static partial void LogMigrated(ILogger logger, int count);
}
