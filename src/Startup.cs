using AgentConsole.Access;
using AgentConsole.Limits;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole;

/// <summary>What happens before the app listens, and how it says that it cannot.</summary>
internal static partial class Startup
{
    /// <summary>Prints every problem, each naming its key or cause; the exit code of a start that was refused.</summary>
    public static int Refuse(IReadOnlyList<string> problems)
    {
        System.Console.Error.WriteLine("Agent Console cannot start:");
        foreach (var problem in problems) System.Console.Error.WriteLine($"  - {problem}");
        return 1;
    }

    /// <summary>Until the app is stopped; the exit code. An address that cannot be listened on is told in a sentence.</summary>
    public static async Task<int> RunAsync(WebApplication app)
    {
        var started = app.Lifetime.ApplicationStarted;
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException && !started.IsCancellationRequested)
        {
            return Refuse([$"Urls: {error.Message}"]);
        }
    }

    /// <summary>Neither missing migrations, which another node may be about to apply, nor a store that is away is no reason to stop: <c>/health/ready</c> says 503 until it has.</summary>
    private static async Task WarnOfMissingMigrationsAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            var pending = await app.Services.GetRequiredService<Database>().CountPendingMigrationsAsync(cancellationToken);
            if (pending > 0) LogMissingMigrations(app.Logger, pending);
        }
        catch (Npgsql.NpgsqlException error)
        {
            LogStoreAway(app.Logger, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} migrations are not applied: run the app once with the argument \"migrate\"")]
    private static partial void LogMissingMigrations(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store cannot be reached yet; requests are answered 503 until it can")]
    private static partial void LogStoreAway(ILogger logger, Exception error);

    /// <summary>Opens the store and brings its tables up to date where that is asked for. Null when all is well.</summary>
    public static async Task<string?> OpenDatabaseAsync(WebApplication app, PlatformOptions options, bool migrate)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, _ => stop.Cancel());
        var database = app.Services.GetRequiredService<Database>();
        try
        {
            await database.OpenAsync(stop.Token);
            if (migrate || options.MigrateAtStart)
            {
                await database.MigrateAsync(stop.Token);
                await app.Services.GetRequiredService<UsagePartitions>().EnsureAsync(stop.Token);
            }
            else
            {
                await WarnOfMissingMigrationsAsync(app, stop.Token);
            }
            if (!migrate)
            {
                await app.Services.LoadPricesAsync(stop.Token);
                await app.Services.LoadAccessAsync(stop.Token);
                await app.Services.LoadLimitsAsync(stop.Token);
            }
            return null;
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException or EmbeddedPostgresException or OperationCanceledException or TimeoutException)
        {
            await app.DisposeAsync();
            return error is EmbeddedPostgresException ? error.Message : options.Database is null ? $"The embedded PostgreSQL: {error.Message}" : $"ConnectionStrings__Console: {error.Message}";
        }
    }
}
