using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using Npgsql;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>A PostgreSQL of someone else, whose login is no superuser.</summary>
public sealed class PlainLoginTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly string _name = $"plain_{Guid.NewGuid():N}";
    private string _connectionString = "";

    public async Task InitializeAsync()
    {
        // The roles are the server's: whoever migrates first makes them.
        await postgres.CreateDatabaseAsync(ConsoleApp.MigrateAsync);
        await TestPostgres.ExecuteAsync($"CREATE ROLE {_name} LOGIN PASSWORD 'plain'");
        await TestPostgres.ExecuteAsync($"CREATE DATABASE {_name} OWNER {_name}");
        _connectionString = new NpgsqlConnectionStringBuilder(await TestPostgres.ConnectionStringAsync(_name)) { Username = _name, Password = "plain" }.ConnectionString;
    }

    public async Task DisposeAsync()
    {
        await TestPostgres.ExecuteAsync($"DROP DATABASE {_name} WITH (FORCE)");
        await TestPostgres.ExecuteAsync($"DROP ROLE {_name}");
    }

    [Fact]
    public async Task Migrate_WithoutTheRoles_SaysWhatAnAdministratorMustDo()
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => ConsoleApp.MigrateAsync(_connectionString));
        Assert.Contains($"GRANT console_platform TO {_name};", error.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_WithTheRolesGranted_TakesInReadsAndMovesPartitions()
    {
        await TestPostgres.ExecuteAsync($"GRANT console_platform, console_tenant TO {_name}");
        await ConsoleApp.MigrateAsync(_connectionString);
        await using var app = ConsoleApp.Start(_connectionString);
        using var client = app.Client();
        await client.SendUsageAsync(Json.Array([Json.Event("a", "alpha"), Json.Event("old", "alpha", static item => item["occurredAt"] = "2023-03-04T05:06:07Z"), Json.Event("b", "bravo"), Json.Event("", "bravo")]));
        await app.Get<UsagePartitions>().EnsureAsync(CancellationToken.None);
        var from = new DateTimeOffset(2023, 1, 1, 0, 0, 0, TimeSpan.Zero);
        foreach (var (reach, requests) in new[] { (Reach.Platform, 3), (Reach.Of("alpha"), 2), (Reach.Of("bravo"), 1), (Reach.None, 0) })
        {
            var breakdown = await app.Get<UsageQueries>().BreakdownAsync(reach, new(from, ConsoleApp.Now.AddDays(1), TimeZoneInfo.Utc, Grain.Total, [], UsageFilter.None), CancellationToken.None);
            Assert.Equal(requests, breakdown.Total.Requests);
        }
        Assert.True(await app.ScalarAsync<bool>("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'usage_events_2023_03'"));
        // The row has been moved, though its mover is no superuser and the table forces its policies on its owner.
        Assert.Equal(1, await CountAsSuperuserAsync("usage_events_2023_03"));
        Assert.Equal(0, await CountAsSuperuserAsync("usage_events_default"));
    }

    private async Task<long> CountAsSuperuserAsync(string table)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(await TestPostgres.ConnectionStringAsync(_name)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
