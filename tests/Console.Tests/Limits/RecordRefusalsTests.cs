using AgentConsole.Limits;
using AgentConsole.Limits.Truth;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Limits;

/// <summary>Why requests were refused: all counted, some kept one by one, never more than so many.</summary>
public sealed class RecordRefusalsTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private ConsoleApp App => shared.App;

    private static LimitRefusal Refusal(Guid limit, string tenant) => new(
        new(limit, new(tenant, User: "*"), LimitMeasure.Cost, 1.5m, LimitWindow.Day, LimitAction.Block, null, "why", ConsoleApp.Now, "ada", null, null), 0.25m, ConsoleApp.Now.AddHours(6), LimitRefusalReason.Exceeded);

    [Fact]
    public async Task Flood_IsCountedWhole_AndKeptInPart()
    {
        var (tenant, limit) = (await shared.Client.CreateTenantAsync("flooded"), Guid.NewGuid());
        using var record = new RecordRefusals(App.Get<Database>(), App.Get<IChangeFeed>(), App.Time, NullLogger<RecordRefusals>.Instance);
        for (var index = 0; index < 200; index++) record.Note(new($"r-{index}", new(tenant, User: "u", Model: "m"), 10, 0.5m), Refusal(limit, tenant), ConsoleApp.Now);
        await record.WriteAsync(CancellationToken.None);
        Assert.Equal((50, 200), (await App.CountAsync($"limit_refusals WHERE tenant_id = '{tenant}'"), await App.ScalarAsync<long>($"SELECT refusals FROM limit_refusal_hours WHERE tenant_id = '{tenant}'")));
        var row = (await App.Get<RefusalQueries>().ListAsync(Reach.Of(tenant), new("r-7", "u"), CancellationToken.None)).Single();
        Assert.Equal((0.25m, 0.5m, ConsoleApp.Now.AddHours(6), "why", 1.5m), (row.Remaining, row.Asked, row.ResetsAt, row.Limit.Reason, row.Limit.Max));
        Assert.Equal(200, (await App.Get<RefusalQueries>().CountAsync(Reach.Of(tenant), 24, CancellationToken.None))[limit]);
        Assert.Empty(await App.Get<RefusalQueries>().ListAsync(Reach.Of("another"), new("r-7"), CancellationToken.None));
    }

    [Fact]
    public async Task Job_LeavesTheNewestOfEachTenant_AndNoneThatIsOld()
    {
        var tenant = await shared.Client.CreateTenantAsync("kept");
        await InsertAsync(tenant, "2026-11-20T00:00:00Z", 1005);
        await InsertAsync(tenant, "2026-09-01T00:00:00Z", 3);
        await App.ExecuteAsync($"INSERT INTO limit_refusal_hours (tenant_id, limit_id, hour, refusals) VALUES ('{tenant}', gen_random_uuid(), '2026-09-01T00:00:00Z', 1), ('{tenant}', gen_random_uuid(), '2026-11-20T00:00:00Z', 1)");
        await App.Get<EnforceUsageLimitsJob>().RunAsync(CancellationToken.None);
        Assert.Equal((1000, 1), (await App.CountAsync($"limit_refusals WHERE tenant_id = '{tenant}'"), await App.CountAsync($"limit_refusal_hours WHERE tenant_id = '{tenant}'")));
        Assert.Equal(0, await App.CountAsync($"limit_refusals WHERE tenant_id = '{tenant}' AND (request_id = 'r-5' OR refused_at < '2026-11-01')"));
    }

    private Task InsertAsync(string tenant, string from, int count) => App.ExecuteAsync($"""
        INSERT INTO limit_refusals (tenant_id, refusal_id, refused_at, request_id, limit_id, limit_then, reason)
        SELECT '{tenant}', (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000' || '8' || lpad(n::text, 15, '0'))::uuid, at, 'r-' || n, '00000000-0000-0000-0000-000000000001', jsonb_build_object(), 0
        FROM (SELECT n, '{from}'::timestamptz + n * interval '1 second' AS at FROM generate_series(1, {count}) AS n) AS rows
        """);
}
