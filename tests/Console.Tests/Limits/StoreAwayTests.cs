using System.Diagnostics;
using System.Net;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Platform.Data.Embedded;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using static AgentConsole.Tests.Limits.LimitCalls;

namespace AgentConsole.Tests.Limits;

/// <summary>PostgreSQL or Redis goes away for a while, and comes back: the app lives, and what was settled meanwhile counts.</summary>
public sealed class StoreAwayTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static Dictionary<string, string?> With(RedisServer redis) => new() { ["ConnectionStrings:Redis"] = redis.ConnectionString, ["Limits:PatienceMs"] = "1000" };

    [Fact]
    public async Task Settlement_WhileRedisIsAway_CountsWithinFiveSecondsOfItsReturn_ThoughItsHoldHasEnded()
    {
        using var proxy = await RedisProxy.StartAsync();
        await using var app = await ConsoleApp.StartAsync(postgres, new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = proxy.ConnectionString, ["Limits:PatienceMs"] = "1000" });
        app.Time.Now = TimeProvider.System.GetUtcNow();
        using var client = app.Client();
        var tenant = await client.CreateTenantAsync("settled-late");
        var limit = await client.CreateLimitAsync(Limit(tenant, "cost", "1.00", "month"));
        Assert.Equal(HttpStatusCode.OK, (await client.ReserveAsync(tenant, "a", 0.8m, body => body["holdSeconds"] = 2)).Status);

        proxy.IsCut = true;
        var away = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(async () => (await client.GetJsonAsync($"{Root}/state")).Text("counters") == "away");
        Assert.Equal(HttpStatusCode.OK, (await client.SettleAsync("a", 0.7m)).Status);
        // Until its hold has ended in Redis, which forgets nothing meanwhile.
        await Eventually.TrueAsync(() => Stopwatch.GetElapsedTime(away) > TimeSpan.FromSeconds(3));
        proxy.IsCut = false;

        var back = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(async () => (await client.ReserveAsync(tenant, "b", 0.3m)).Status == HttpStatusCode.OK);
        Assert.InRange(Stopwatch.GetElapsedTime(back), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        var (status, refused) = await client.ReserveAsync(tenant, "c", 0.01m);
        Assert.Equal((HttpStatusCode.TooManyRequests, "exceeded", "0.00"), (status, refused.Text("reason"), refused.Text("remaining")));
        Assert.Equal(("0.70", "0.30"), await StandsAsync(client, tenant, limit));
    }

    /// <summary>The node that took the settlement may be gone by then: the ledger tells.</summary>
    [Fact]
    public async Task Settlement_OfANodeThatDiedMeanwhile_IsFoundInTheLedgerOnceRedisIsBack()
    {
        using var proxy = await RedisProxy.StartAsync();
        await using var app = await ConsoleApp.StartAsync(postgres, new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = proxy.ConnectionString, ["Limits:PatienceMs"] = "1000" });
        app.Time.Now = TimeProvider.System.GetUtcNow();
        using var client = app.Client();
        var tenant = await client.CreateTenantAsync("died");
        var limit = await client.CreateLimitAsync(Limit(tenant, "cost", "1.00", "month"));
        Assert.Equal(HttpStatusCode.OK, (await client.ReserveAsync(tenant, "a", 0.2m)).Status);
        // Loaded, checked: from here on no check is due before the job's.
        await Eventually.TrueAsync(async () => await app.CountAsync($"limit_checks WHERE tenant_id = '{tenant}'") == 1);
        proxy.IsCut = true;
        await Eventually.TrueAsync(async () => (await client.GetJsonAsync($"{Root}/state")).Text("counters") == "away");
        await app.ExecuteAsync($"INSERT INTO limit_settlements (tenant_id, request_id, reserved_at, settled_at, tokens, cost) VALUES ('{tenant}', 'of-another', '{app.Time.Now:O}', '{app.Time.Now:O}', 1, 0.5)");
        proxy.IsCut = false;
        var back = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(async () => (await StandsAsync(client, tenant, limit)).Used == "0.50");
        Assert.InRange(Stopwatch.GetElapsedTime(back), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task App_PostgresAndRedisAwayForAWhile_LivesAndRecovers()
    {
        using var folder = new TemporaryFolder();
        await using var store = await EmbeddedPostgres.StartAsync(folder, NullLogger.Instance, CancellationToken.None);
        await ConsoleApp.MigrateAsync(store.ConnectionString);
        var redis = await RedisServer.StartAsync();
        await using var app = ConsoleApp.Start(store.ConnectionString, With(redis));
        app.Time.Now = TimeProvider.System.GetUtcNow();
        using var client = app.Client();
        var tenant = await client.CreateTenantAsync("away");
        await client.CreateLimitAsync(Limit(tenant, "cost", "1.00", "month"));
        Assert.Equal(HttpStatusCode.OK, (await client.ReserveAsync(tenant, "a", 0.1m)).Status);

        redis.Dispose();
        await EmbeddedServer.StopImmediatelyAsync(folder);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await client.ReserveAsync(tenant, "b", 0.1m)).Status);
        await Eventually.TrueAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);
        using (var live = await client.GetAsync("/health/live")) Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        using var back = await RedisServer.StartAsync(redis.Port);
        await Eventually.TrueAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await client.ReserveAsync(tenant, "c", 0.1m)).Status == HttpStatusCode.OK);
        Assert.False(app.Get<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    private static async Task<(string? Used, string? Held)> StandsAsync(HttpClient client, string tenant, Guid limit)
    {
        var standing = await client.StandingAsync(tenant, limit);
        return (standing.Text("used"), standing.Text("held"));
    }
}
