using System.Collections.Concurrent;
using System.Diagnostics;
using AgentConsole.Platform.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Tests.Testing;

/// <summary>
/// The server of the test process: started when the first test asks, stopped and deleted by <see cref="TestRun"/>.
/// With CONSOLE_TEST_POSTGRES set (a connection string that may create databases) it is that one.
/// </summary>
internal static class TestPostgres
{
    private const string Prefix = "shared-";

    private static readonly string? Given = Environment.GetEnvironmentVariable("CONSOLE_TEST_POSTGRES");
    private static readonly ConcurrentBag<string> Leftovers = [];
    private static readonly Lazy<Task<(EmbeddedPostgres Server, string Directory)>> Embedded = new(StartAsync);

    public static async Task<string> ConnectionStringAsync(string database)
    {
        var server = string.IsNullOrEmpty(Given) ? (await Embedded.Value).Server.ConnectionString : Given;
        return new NpgsqlConnectionStringBuilder(server) { Database = database, MaxPoolSize = 40 }.ConnectionString;
    }

    public static async Task ExecuteAsync(string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(await ConnectionStringAsync("postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static void DropAtEnd(string database) => Leftovers.Add(database);

    public static async Task StopAsync()
    {
        if (!string.IsNullOrEmpty(Given))
        {
            foreach (var database in Leftovers)
                await ExecuteAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        }

        if (!Embedded.IsValueCreated || !Embedded.Value.IsCompletedSuccessfully)
            return;
        var (server, directory) = await Embedded.Value;
        await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<(EmbeddedPostgres, string)> StartAsync()
    {
        var directory = Path.Combine(TemporaryFolder.Home, $"{Prefix}{Environment.ProcessId}");
        await DeleteDeadRunsAsync();
        Directory.CreateDirectory(directory);
        return (await StartInAsync(directory), directory);
    }

    private static Task<EmbeddedPostgres> StartInAsync(string directory) =>
        EmbeddedPostgres.StartAsync(directory, new() { Durable = false, MaxConnections = 400 }, NullLogger.Instance, CancellationToken.None);

    /// <summary>A run that was killed left its server running; starting it once more takes it over, so that it can be stopped.</summary>
    private static async Task DeleteDeadRunsAsync()
    {
        Directory.CreateDirectory(TemporaryFolder.Home);
        var alive = Process.GetProcesses().Select(process => Prefix + process.Id).ToHashSet();
        foreach (var directory in Directory.EnumerateDirectories(TemporaryFolder.Home, Prefix + "*"))
        {
            if (alive.Contains(Path.GetFileName(directory)) && Path.GetFileName(directory) != Prefix + Environment.ProcessId)
                continue;
            try
            {
                await (await StartInAsync(directory)).DisposeAsync();
                Directory.Delete(directory, recursive: true);
            }
            catch (Exception e) when (e is EmbeddedPostgresException or IOException)
            {
                // Another run is at it.
            }
        }
    }
}
