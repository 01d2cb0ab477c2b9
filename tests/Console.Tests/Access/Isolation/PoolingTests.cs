using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>One physical connection, handed from tenant to tenant: nothing of one is left for the next.</summary>
[Collection(nameof(TwoTenants))]
public sealed class PoolingTests(TwoTenants shared) : IAsyncLifetime
{
    private readonly Database _database = new(new PlatformOptions { Database = $"{shared.App.ConnectionString};Maximum Pool Size=2", DataDirectory = "" }, NullLogger<Database>.Instance);
    private int _connection;

    public async Task InitializeAsync()
    {
        await _database.OpenAsync(CancellationToken.None);
        _connection = (await ReadAsync(Reach.None)).Connection;
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Connection_OfATenant_SeesTheNextOnesRowsOnly()
    {
        await SeesAsync(Reach.Of(TwoTenants.Own), TwoTenants.Own);
        await SeesAsync(Reach.Of(TwoTenants.Foreign), TwoTenants.Foreign);
        await SeesAsync(Reach.Of(TwoTenants.Own, TwoTenants.Foreign), TwoTenants.Own, TwoTenants.Foreign);
        await SeesAsync(Reach.None);
    }

    [Fact]
    public async Task Connection_AfterAnErrorInATransaction_SeesNothingOfIt()
    {
        await using (var session = await _database.BeginAsync(Reach.Of(TwoTenants.Foreign), CancellationToken.None))
        {
            await using var command = new NpgsqlCommand("SELECT 1 / 0", session.Connection);
            await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync());
        }
        await SeesAsync(Reach.None);
        await SeesAsync(Reach.Of(TwoTenants.Own), TwoTenants.Own);
    }

    [Fact]
    public async Task Connection_AfterACancelledStatement_SeesNothingOfIt()
    {
        using var impatience = new CancellationTokenSource();
        await using (var session = await _database.BeginAsync(Reach.Of(TwoTenants.Foreign), CancellationToken.None))
        {
            await using var command = new NpgsqlCommand("SELECT pg_sleep(30)", session.Connection);
            var sleeping = command.ExecuteScalarAsync(impatience.Token);
            // Cancelled before it has begun it would not be cancelled at all, and the connection given up.
            await Eventually.TrueAsync(async () => await shared.App.CountAsync($"pg_stat_activity WHERE pid = {session.Connection.ProcessID} AND wait_event = 'PgSleep'") == 1);
            await impatience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping);
        }
        await SeesAsync(Reach.None);
    }

    [Fact]
    public async Task Connection_AfterACommit_SeesNothingOfIt()
    {
        await using (var session = await _database.BeginAsync(Reach.Of(TwoTenants.Foreign), CancellationToken.None)) await session.CommitAsync(CancellationToken.None);
        await SeesAsync(Reach.None);
    }

    [Fact]
    public async Task Connection_ThatAProxyGaveAnotherRole_IsNotUsed()
    {
        // As when the option is dropped on the way.
        var builder = new NpgsqlDataSourceBuilder(shared.App.ConnectionString);
        AgentConsole.Platform.Data.Isolation.Assume("console_tenant", builder);
        builder.ConnectionStringBuilder.Options = "";
        await using var source = builder.Build();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => source.OpenConnectionAsync().AsTask());
        Assert.Contains("console_tenant", error.Message, StringComparison.Ordinal);
    }

    private async Task SeesAsync(Reach reach, params string[] tenants)
    {
        var (connection, user, seen) = await ReadAsync(reach);
        Assert.Equal((_connection, "console_tenant"), (connection, user));
        Assert.Equal(tenants, seen);
    }

    private async Task<(int Connection, string User, string[] Seen)> ReadAsync(Reach reach)
    {
        await using var session = await _database.BeginAsync(reach, CancellationToken.None);
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid(), current_user::text, (SELECT coalesce(array_agg(DISTINCT tenant_id ORDER BY tenant_id), '{}') FROM usage_keys)", session.Connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt32(0), reader.GetString(1), reader.GetFieldValue<string[]>(2));
    }
}
