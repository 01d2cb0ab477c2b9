using AgentConsole.Limits.Counters;
using AgentConsole.Limits.Truth;
using AgentConsole.Tests.Testing;
using static AgentConsole.Tests.Limits.LimitCalls;

namespace AgentConsole.Tests.Limits;

/// <summary>One node without Redis: what is held and spent is counted in its process.</summary>
public sealed class OneNodeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Clients_Many_NeverSpendMoreThanTheLimit_AndAfterwardsNothingIsHeld()
    {
        await using var app = await ConsoleApp.StartAsync(postgres);
        using var client = app.Client();
        var tenant = await client.CreateTenantAsync("crowd");
        var limit = await client.CreateLimitAsync(Limit(tenant, "cost", "1.00", "month"));
        var (granted, settled, refused) = await LimitCrowd.SpendAsync(tenant, [client], null);
        Assert.True(granted > 20 && refused > 20, $"{granted} granted, {refused} refused");
        Assert.InRange(settled, 0.5m, 1.00m);
        // Past every hold.
        app.Time.Now += TimeSpan.FromSeconds(10);
        await Eventually.TrueAsync(async () => await app.Get<CheckCounters>().ExecuteAsync(tenant, CancellationToken.None) && await ReadAsync("counted") == settled && await ReadAsync("ledger") == settled);
        var standing = await client.StandingAsync(tenant, limit);
        Assert.Equal((settled, "0.00", 0), (decimal.Parse(standing.Text("used")!), standing.Text("held"), (await app.Get<ICounters>().TouchAsync(tenant, [])).Held));

        Task<decimal> ReadAsync(string column) => app.ScalarAsync<decimal>($"SELECT {column} FROM limit_checks WHERE tenant_id = '{tenant}'");
    }
}
