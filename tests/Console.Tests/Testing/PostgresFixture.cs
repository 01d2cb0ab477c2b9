using System.Collections.Concurrent;
using System.Reflection;
using Npgsql;

namespace AgentConsole.Tests.Testing;

/// <summary>
/// Databases on the one server that all tests share; take it as <c>IClassFixture&lt;PostgresFixture&gt;</c>.
/// What it makes is dropped when its class is done.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private static readonly ConcurrentDictionary<MethodInfo, Lazy<Task<string>>> Templates = new();

    private readonly ConcurrentBag<string> _databases = [];

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>The connection string of a new empty database.</summary>
    public Task<string> CreateDatabaseAsync() => CopyAsync("template0");

    /// <summary>The connection string of a new database made by <paramref name="templateSetup"/>.</summary>
    /// <param name="templateSetup">
    /// Gets the connection string of an empty database and fills it. It runs once per test process and method,
    /// so pass the same static method everywhere; later databases are copies.
    /// </param>
    public async Task<string> CreateDatabaseAsync(Func<string, Task> templateSetup)
    {
        var template = Templates.GetOrAdd(templateSetup.Method, _ => new(() => MakeTemplateAsync(templateSetup)));
        return await CopyAsync(await template.Value);
    }

    public async Task DisposeAsync()
    {
        foreach (var database in _databases)
            await TestPostgres.ExecuteAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    }

    private async Task<string> CopyAsync(string template)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await TestPostgres.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        _databases.Add(name);
        return await TestPostgres.ConnectionStringAsync(name);
    }

    /// <summary>A template must have no sessions, so those the setup left are ended and no new ones let in.</summary>
    private static async Task<string> MakeTemplateAsync(Func<string, Task> setup)
    {
        var name = $"template_{Guid.NewGuid():N}";
        await TestPostgres.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0");
        TestPostgres.DropAtEnd(name);
        var connectionString = await TestPostgres.ConnectionStringAsync(name);
        await setup(connectionString);
        using (var connection = new NpgsqlConnection(connectionString))
            NpgsqlConnection.ClearPool(connection);
        await TestPostgres.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await TestPostgres.ExecuteAsync($"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'");
        return name;
    }
}
