using AgentConsole.Access;
using AgentConsole.Demo.Traffic;
using AgentConsole.Demo;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentConsole.Tests.Demo;

/// <summary>The demo over a real store: filled once, gone on with after a stop, and never beside someone else's data.</summary>
public sealed class RunDemoTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Seed = 20;
    private const int Days = 1;

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Demo:Enabled"] = "true",
        ["Demo:Days"] = $"{Days}",
        ["Demo:LivePerMinute"] = "0",
    };

    private static DateOnly Today => DateOnly.FromDateTime(ConsoleApp.Now.UtcDateTime);

    private static IReadOnlyList<DemoEvent> Wanted { get; } =
        [.. from back in Enumerable.Range(0, Days + 1)
            from tenant in DemoTenants.All
            from item in DemoDay.Requests(tenant, Today.AddDays(-back), new DemoStories(Seed, Today), Seed)
            where item.OccurredAt <= ConsoleApp.Now
            select item];

    private static Task FilledAsync(ConsoleApp app) => Eventually.TrueAsync(async () => await app.CountAsync("usage_events") >= Wanted.Count);

    [Fact]
    public async Task Run_EmptyStore_HoldsTheDemoAndItsTenants()
    {
        await using var app = await ConsoleApp.StartAsync(postgres, Settings);
        await FilledAsync(app);

        Assert.Equal(Wanted.Count, await app.CountAsync("usage_events"));
        Assert.Equal(Wanted.Sum(static item => item.Tokens.Total), await TokensAsync(app));
        Assert.Equal(0, await app.CountAsync("usage_rejections"));
        var tenants = await app.Get<TenantQueries>().ListAsync(Reach.Platform, CancellationToken.None);
        Assert.Equal(
            DemoTenants.All.OrderBy(static tenant => tenant.Name).Select(static tenant => (tenant.Id, tenant.Name, tenant.TimeZone)),
            tenants.OrderBy(static tenant => tenant.Name).Select(static tenant => (tenant.TenantId, tenant.Name, tenant.TimeZone)));
    }

    [Fact]
    public async Task Run_AfterAStopHalfWay_FillsInWhatIsMissingOnce()
    {
        var database = await postgres.CreateDatabaseAsync(ConsoleApp.MigrateAsync);
        await using (var first = ConsoleApp.Start(database))
        {
            var tenant = DemoTenants.Northwind;
            await first.Get<CreateTenant>().ExecuteAsync(tenant.Id, tenant.Name, tenant.TimeZone, Caller.System, CancellationToken.None);
            var send = ActivatorUtilities.CreateInstance<SendDemo>(first.Services);
            await send.ExecuteAsync([.. Wanted.Where(item => item.Tenant == tenant.Id).Take(1_700)], CancellationToken.None);
        }

        await using var second = ConsoleApp.Start(database, Settings);
        await FilledAsync(second);
        Assert.Equal(Wanted.Count, await second.CountAsync("usage_events"));
        Assert.Equal(Wanted.Sum(static item => item.Tokens.Total), await TokensAsync(second));
    }

    [Fact]
    public async Task Run_TimeGoesOn_SendsTheDaysRequestsAsTheyFallDue()
    {
        await using var app = await ConsoleApp.StartAsync(postgres, Settings);
        await FilledAsync(app);
        app.Time.Now = ConsoleApp.Now.AddHours(1);
        var later = DemoTenants.All.SelectMany(tenant => DemoDay.Requests(tenant, Today, new DemoStories(Seed, Today), Seed))
            .Count(item => item.OccurredAt > ConsoleApp.Now && item.OccurredAt <= app.Time.Now);

        Assert.True(later > 0);
        await Eventually.TrueAsync(async () => await app.CountAsync("usage_events") == Wanted.Count + later);
    }

    [Fact]
    public async Task Run_Filled_SetsWhatAnOperatorWouldHaveSet_Once()
    {
        var database = await postgres.CreateDatabaseAsync(ConsoleApp.MigrateAsync);
        await using (var first = ConsoleApp.Start(database, Settings))
            await Eventually.TrueAsync(async () => await first.CountAsync("budgets") == 4);

        await using var second = ConsoleApp.Start(database, Settings);
        await FilledAsync(second);
        second.Time.Now = ConsoleApp.Now.AddHours(1);
        await Eventually.TrueAsync(async () => await second.CountAsync("usage_events") > Wanted.Count);
        // One more limit than the demo's own: that of the budget that blocks.
        Assert.Equal((9, 5, 4, 1), (await second.CountAsync("limits"), await second.CountAsync("alert_rules"), await second.CountAsync("budgets"), await second.CountAsync("dashboards")));
    }

    [Fact]
    public async Task Live_WhatALimitRefuses_IsToldAsDeniedAndShownAsRefused()
    {
        await using var app = await ConsoleApp.StartAsync(postgres, new Dictionary<string, string?>(Settings) { ["Demo:LivePerMinute"] = "3000" });
        await Eventually.TrueAsync(async () =>
        {
            app.Time.Now = app.Time.Now.AddSeconds(1);
            return await app.CountAsync($"usage_events WHERE status = {(short)UsageStatus.Denied} AND http_status = 429 AND cost = 0") > 0 && await app.CountAsync("limit_refusals WHERE tenant_id = 'chatter'") > 0;
        });
        Assert.Equal(0, await app.CountAsync($"usage_events AS e JOIN limit_settlements AS s ON s.tenant_id = e.tenant_id AND s.request_id = e.event_id WHERE e.status = {(short)UsageStatus.Denied}"));
    }

    [Fact]
    public async Task Run_StoreOfSomeoneElse_StaysOff()
    {
        var database = await postgres.CreateDatabaseAsync(ConsoleApp.MigrateAsync);
        await using (var first = ConsoleApp.Start(database))
            await first.Client().SendUsageAsync(Json.Event("a", "acme"));

        await using var second = ConsoleApp.Start(database, Settings);
        await second.Services.GetServices<IHostedService>().OfType<RunDemo>().Single().ExecuteTask!;
        Assert.Equal(1, await second.CountAsync("usage_events"));
        Assert.Equal(1, await second.CountAsync("tenants"));
    }

    private static Task<long> TokensAsync(ConsoleApp app) =>
        app.ScalarAsync<long>($"SELECT sum({string.Join(" + ", TokenCounts.Buckets.Select(static bucket => bucket.Column()))})::bigint FROM usage_events");
}
