using AgentConsole.Access;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Contents;
using AgentConsole.Usage;
using AgentConsole.Usage.Retention;
using AgentConsole.Usage.Rollups;
using AgentConsole.Platform.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Usage.Retention;

/// <summary>Requests go when their tenant keeps them no longer; what they add up to stays.</summary>
public sealed class ExpireEventsTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string October = "from=2026-10-01T00:00:00Z&to=2026-12-01T00:00:00Z";
    private readonly string _tenant = $"t-{Guid.NewGuid():N}"[..16];

    private ConsoleApp App => shared.App;

    [Fact]
    public async Task Requests_OlderThanTheirTenantKeeps_AreRemoved_AndTheSumsStay()
    {
        await App.KeepTextsAsync(_tenant, keeps: true);
        foreach (var (id, at) in new[] { ("old", "2026-10-02T10:00:00Z"), ("last", "2026-11-09T23:59:59Z"), ("first", "2026-11-10T00:00:00Z"), ("new", "2026-11-20T10:00:00Z") })
            await shared.Client.SendUsageAsync(Json.Array([Event(id, _tenant, at), Event(id, $"o{_tenant}", at)]));
        await App.RollUpAsync();
        var (sums, others) = (await SumsAsync(_tenant), await SumsAsync($"o{_tenant}"));
        Assert.Contains("\"requests\":4", sums, StringComparison.Ordinal);

        await KeepAsync(10);
        await ExpireAsync();
        Assert.Equal("first, new", await App.ScalarAsync<string>($"SELECT string_agg(event_id, ', ' ORDER BY occurred_at) FROM usage_events WHERE tenant_id = '{_tenant}'"));
        Assert.Equal("first, new", await App.ScalarAsync<string>($"SELECT string_agg(event_id, ', ' ORDER BY event_id) FROM usage_contents WHERE tenant_id = '{_tenant}'"));
        Assert.Equal((sums, others), (await SumsAsync(_tenant), await SumsAsync($"o{_tenant}")));
        Assert.Equal(4, await App.CountAsync($"usage_events WHERE tenant_id = 'o{_tenant}'"));

        // A repeat is still one, and what is gone says why.
        Assert.Equal(1, (await shared.Client.SendUsageAsync(Event("old", _tenant, "2026-10-02T10:00:00Z"))).Duplicates);
        foreach (var path in new[] { $"/api/v1/requests/{_tenant}/old", TenantTexts.Path(_tenant, "old") })
        {
            using var gone = await shared.Client.GetAsync(path);
            Assert.Contains("is older than tenant", await Json.ProblemAsync(gone, 404), StringComparison.Ordinal);
        }
        using var never = await shared.Client.GetAsync($"/api/v1/requests/{_tenant}/never");
        Assert.Contains("There is no request", await Json.ProblemAsync(never, 404), StringComparison.Ordinal);
        using var foreign = App.Client((await shared.Client.CreateKeyAsync($"o{_tenant}", ["read"])).Secret);
        using var asked = await foreign.GetAsync($"/api/v1/requests/{_tenant}/old");
        Assert.Contains("There is no request", await Json.ProblemAsync(asked, 404), StringComparison.Ordinal);
    }

    /// <summary>An old request that has just come in is summed before it goes.</summary>
    [Fact]
    public async Task Request_ThatTheSumsDoNotHaveYet_StaysUntilTheyDo()
    {
        await App.RollUpAsync();
        await shared.Client.SendUsageAsync(Event("old", _tenant, "2026-10-02T10:00:00Z"));
        await KeepAsync(10);
        await ExpireAsync();
        // The app's own roller may have been quicker.
        var left = await App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'");
        Assert.True(left == 1 || await App.CountAsync($"usage_rollups WHERE tenant_id = '{_tenant}'") > 0);
        await App.RollUpAsync();
        await ExpireAsync();
        Assert.Equal(0, await App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'"));
        Assert.Contains("\"requests\":1", await SumsAsync(_tenant), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejections_AndHops_GoWithThem()
    {
        await KeepAsync(10);
        foreach (var (at, id) in new[] { ("2026-11-01T00:00Z", 1), ("2026-11-20T00:00Z", 2) })
        {
            await App.ExecuteAsync($"INSERT INTO usage_rejections (tenant_id, rejection_id, received_at, source, error) VALUES ('{_tenant}', '00000000-0000-0000-0000-00000000000{id}', '{at}', 'native', 'odd')");
            await App.ExecuteAsync($"INSERT INTO hop_timings (tenant_id, trace_id, span_id, name, kind, started_at, duration_us, status) VALUES ('{_tenant}', 'a', '{id}', 'x', 0, '{at}', 1, 0)");
        }
        await ExpireAsync();
        Assert.Equal((1, 1), (await App.CountAsync($"usage_rejections WHERE tenant_id = '{_tenant}' AND received_at > '2026-11-10Z'"), await App.CountAsync($"hop_timings WHERE tenant_id = '{_tenant}' AND span_id = '2'")));
        Assert.Equal((1, 1), (await App.CountAsync($"usage_rejections WHERE tenant_id = '{_tenant}'"), await App.CountAsync($"hop_timings WHERE tenant_id = '{_tenant}'")));
    }

    /// <summary>The comparison of sums with requests has nothing to say about days without requests.</summary>
    [Fact]
    public async Task Reconciliation_OfRemovedDays_FindsNoDifference()
    {
        await shared.Client.SendUsageAsync(Json.Array([Event("old", _tenant, "2026-11-05T10:00:00Z"), Event("new", _tenant, "2026-11-20T10:00:00Z")]));
        await App.RollUpAsync();
        await KeepAsync(10);
        await ExpireAsync();
        Assert.True((await App.Get<ReconcileUsage>().ExecuteAsync(20, Caller.System, CancellationToken.None)).Ok);
        Assert.Equal(0, await App.CountAsync($"usage_reconciliations WHERE tenant_id = '{_tenant}' AND differences <> '{{}}'"));
        Assert.Equal(1, await App.CountAsync($"usage_reconciliations WHERE tenant_id = '{_tenant}' AND day = '2026-11-20'"));
    }

    /// <summary>A whole month goes only when nobody has a request of it any more.</summary>
    [Fact]
    public async Task Partition_IsDroppedWhenItsLastTenantLetsGo()
    {
        var partitions = new UsagePartitions(App.Get<Database>(), App.Time, NullLogger<UsagePartitions>.Instance);
        await shared.Client.SendUsageAsync(Json.Array([Event("a", _tenant, "2026-03-02T10:00:00Z"), Event("b", $"o{_tenant}", "2026-03-03T10:00:00Z")]));
        await partitions.EnsureAsync(CancellationToken.None);
        await App.RollUpAsync();
        await KeepAsync(10);
        await ExpireAsync();
        await partitions.DropEmptyAsync(CancellationToken.None);
        Assert.Equal(1, await App.CountAsync("usage_events_2026_03"));

        await App.ExecuteAsync($"UPDATE tenants SET event_days = 10 WHERE tenant_id = 'o{_tenant}'");
        await ExpireAsync();
        await partitions.DropEmptyAsync(CancellationToken.None);
        Assert.True(await App.ScalarAsync<bool>("SELECT to_regclass('usage_events_2026_03') IS NULL AND to_regclass('usage_events_2026_11') IS NOT NULL"));
        Assert.Contains("\"requests\":1", await shared.Client.GetStringAsync($"/api/v1/usage/breakdown?tenant={_tenant}&from=2026-03-01&to=2026-04-01&groupBy=model"), StringComparison.Ordinal);
        await shared.Client.SendUsageAsync(Event("late", _tenant, "2026-03-04T10:00:00Z"));
        Assert.Equal(1, await App.CountAsync($"usage_events WHERE event_id = 'late' AND tenant_id = '{_tenant}'"));
    }

    private static System.Text.Json.Nodes.JsonObject Event(string id, string tenant, string at) => Json.Event(id, tenant, item => (item["occurredAt"], item["input"]) = (at, "Why?"));

    private Task ExpireAsync() => App.Get<ExpireEvents>().ExecuteAsync(CancellationToken.None);

    /// <summary>All the sums that rollups have: by model and by day.</summary>
    private async Task<string> SumsAsync(string tenant)
    {
        var breakdown = await shared.Client.GetJsonAsync($"/api/v1/usage/breakdown?tenant={tenant}&{October}&grain=day&groupBy=model");
        return breakdown.GetProperty("rows").GetRawText() + breakdown.GetProperty("total").GetRawText();
    }

    private async Task KeepAsync(int days)
    {
        await App.ExecuteAsync($"INSERT INTO tenants (tenant_id, name, time_zone, created_at) VALUES ('{_tenant}', '{_tenant}', 'UTC', '2026-01-01Z') ON CONFLICT DO NOTHING");
        Assert.True((await App.Get<SaveTenant>().ExecuteAsync(_tenant, new(_tenant, "UTC", EventDays: days), Caller.System, CancellationToken.None)).Ok);
    }
}
