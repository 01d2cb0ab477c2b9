using Npgsql;

namespace AgentConsole.Tests.Testing;

public sealed class PostgresFixtureTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static int _setups;

    [Fact]
    public async Task CreateDatabase_Twice_AreSeparate()
    {
        var first = await postgres.CreateDatabaseAsync();
        var second = await postgres.CreateDatabaseAsync();
        await FillAsync(first);
        Assert.True(await HasTableAsync(first));
        Assert.False(await HasTableAsync(second));
    }

    [Fact]
    public async Task CreateDatabase_FromTemplateAtOnce_SetsUpOnceAndCopies()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => postgres.CreateDatabaseAsync(FillAsync)));
        foreach (var database in databases)
            Assert.True(await HasTableAsync(database));
        Assert.Equal(databases.Length, databases.Distinct().Count());
        Assert.InRange(_setups, 1, 2); // the other test calls it once by itself
    }

    private static async Task FillAsync(string connectionString)
    {
        Interlocked.Increment(ref _setups);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("CREATE TABLE filled (id int PRIMARY KEY)");
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<bool> HasTableAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("SELECT to_regclass('filled') IS NOT NULL");
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
