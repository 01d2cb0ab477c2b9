using System.Reflection;
using System.Text;
using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.AlertRules;
using AgentConsole.Alerts;
using AgentConsole.Budgets;
using AgentConsole.Limits;
using AgentConsole.Notify;
using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Exports;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>Each wall between tenants holds while the other is down.</summary>
[Collection(nameof(TwoTenants))]
public sealed class LayerTests(TwoTenants shared)
{
    private static readonly Reach Own = Reach.Of(TwoTenants.Own);

    /// <summary>Read by the platform alone: prices by what prices with them, memberships and invitations before anyone has a tenant.</summary>
    private static readonly string[] ClosedToTenants = ["price_rows", "price_versions", "memberships", "invitations"];

    private Database Database => shared.App.Get<Database>();

    [Fact]
    public async Task Table_ReadWithoutAnyFilter_HasTheReachesRowsOnly()
    {
        foreach (var table in await shared.TablesAsync())
        {
            Assert.True(await shared.App.CountAsync($"{table} WHERE tenant_id = '{TwoTenants.Foreign}'") > 0, $"{table} has no foreign row to hide");
            await using var session = await Database.BeginAsync(Own, CancellationToken.None);
            await using var command = new NpgsqlCommand($"SELECT coalesce(array_agg(DISTINCT tenant_id::text), '{{}}') FROM {table}", session.Connection);
            if (ClosedToTenants.Contains(table)) Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync())).SqlState);
            else Assert.Equal([TwoTenants.Own], (string[])(await command.ExecuteScalarAsync())!);
        }
    }

    [Fact]
    public async Task Partition_ReadItself_IsClosedToBothRoles()
    {
        foreach (var reach in new[] { Own, Reach.Platform })
        {
            await using var session = await Database.BeginAsync(reach, CancellationToken.None);
            await using var command = new NpgsqlCommand("SELECT count(*) FROM usage_events_2026_11", session.Connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync())).SqlState);
        }
    }

    [Theory]
    [InlineData("UPDATE tenants SET name = 'x' WHERE tenant_id = 'bravo'")]
    [InlineData("UPDATE audit_heads SET sequence = 0 WHERE tenant_id = 'bravo'")]
    [InlineData("DELETE FROM usage_contents WHERE tenant_id = 'bravo'")]
    public async Task Write_ToAForeignRow_FindsNone(string sql)
    {
        await using var session = await Database.BeginAsync(Own, CancellationToken.None);
        await using var command = new NpgsqlCommand(sql, session.Connection);
        Assert.Equal(0, await command.ExecuteNonQueryAsync());
    }

    [Theory]
    [InlineData("INSERT INTO audit_heads (tenant_id, sequence, hash) VALUES ('bravo2', 0, '')")]
    [InlineData("UPDATE tenants SET tenant_id = 'bravo2'")]
    [InlineData("DELETE FROM usage_events")]
    [InlineData("DELETE FROM usage_keys")]
    [InlineData("UPDATE usage_contents SET input = 'x'")]
    [InlineData("DELETE FROM audit_entries")]
    [InlineData("UPDATE audit_entries SET actor = 'x'")]
    [InlineData("TRUNCATE audit_entries")]
    [InlineData("ALTER TABLE tenants DISABLE ROW LEVEL SECURITY")]
    public async Task Write_BeyondWhatTheRoleIsFor_IsRefused(string sql)
    {
        foreach (var reach in new[] { Own, Reach.Platform })
        {
            if (reach.IsPlatform && sql.StartsWith("INSERT", StringComparison.Ordinal)) continue;
            if (reach.IsPlatform && sql.StartsWith("UPDATE tenants", StringComparison.Ordinal)) continue;
            // The platform's maintenance removes what tenants keep no longer.
            if (reach.IsPlatform && sql == "DELETE FROM usage_events") continue;
            await using var session = await Database.BeginAsync(reach, CancellationToken.None);
            await using var command = new NpgsqlCommand(sql, session.Connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
    }

    [Fact]
    public async Task Context_WithItsFiltersOff_HasTheReachesRowsOnly() => await EachEntityAsync(filtersOff: true);

    [Fact]
    public async Task Context_WithRowSecurityOff_HasTheReachesRowsOnly() => await WithoutRowSecurityAsync(() => EachEntityAsync(filtersOff: false));

    [Fact]
    public async Task Context_OfNoReach_HasNoRow()
    {
        await WithoutRowSecurityAsync(async () =>
        {
            await using var db = await shared.App.Get<Contexts>().BeginAsync(Reach.None, CancellationToken.None);
            Assert.Empty(await db.Set<UsageEvent>().ToListAsync());
        });
        await using var walled = await shared.App.Get<Contexts>().BeginAsync(Reach.None, CancellationToken.None);
        Assert.Empty(await walled.Set<UsageEvent>().IgnoreQueryFilters().ToListAsync());
        await using var unsaid = new ConsoleDb(new DbContextOptionsBuilder<ConsoleDb>().UseNpgsql(shared.App.ConnectionString).Options);
        Assert.Empty(await unsaid.Set<UsageEvent>().ToListAsync());
    }

    [Fact]
    public async Task Queries_WithRowSecurityOff_AnswerTheReachesRowsOnly() => await WithoutRowSecurityAsync(async () => Assert.Null(TwoTenants.Leak(await AskEverythingAsync(Own))));

    /// <summary>What the search for foreign rows finds when there is no wall: the test above would see it.</summary>
    [Fact]
    public async Task Queries_OfTheForeignReach_AreSeenToLeak()
    {
        var answers = (await AskEverythingAsync(Reach.Of(TwoTenants.Foreign))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(answers, static answer => Assert.NotNull(TwoTenants.Leak(answer)));
    }

    [Fact]
    public async Task Queries_OfNoReach_AnswerNothing() => Assert.Null(TwoTenants.Leak(await AskEverythingAsync(Reach.None)));

    [Fact]
    public async Task Policy_OnALongList_IsAConditionOfTheIndex()
    {
        await using var session = await Database.BeginAsync(Own, CancellationToken.None);
        await using (var force = new NpgsqlCommand("SET LOCAL enable_seqscan = off", session.Connection)) await force.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand("EXPLAIN (COSTS OFF) SELECT * FROM usage_rollups", session.Connection);
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new StringBuilder();
        while (await reader.ReadAsync()) plan.AppendLine(reader.GetString(0));
        Assert.Contains("Index Cond: (tenant_id = ANY (", plan.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Filter", plan.ToString(), StringComparison.Ordinal);
    }

    private async Task EachEntityAsync(bool filtersOff)
    {
        var read = typeof(LayerTests).GetMethod(nameof(TenantsAsync), BindingFlags.NonPublic | BindingFlags.Static)!;
        await using var model = shared.App.Get<Contexts>().CreateForPlatform();
        foreach (var entity in model.Model.GetEntityTypes().Where(static entity => entity.FindProperty("TenantId") is not null))
        {
            if (filtersOff && ClosedToTenants.Contains(entity.GetTableName())) continue;
            await using var db = await shared.App.Get<Contexts>().BeginAsync(Own, CancellationToken.None);
            var tenants = await (Task<List<string>>)read.MakeGenericMethod(entity.ClrType).Invoke(null, [db, filtersOff])!;
            Assert.True(tenants.SequenceEqual([TwoTenants.Own]), $"{entity.GetTableName()}: {string.Join(' ', tenants)}");
        }
    }

    private static async Task<List<string>> TenantsAsync<T>(ConsoleDb db, bool filtersOff) where T : class
    {
        var rows = filtersOff ? db.Set<T>().IgnoreQueryFilters() : db.Set<T>();
        return await rows.Select(static row => EF.Property<string>(row, "TenantId")).Distinct().ToListAsync();
    }

    /// <summary>Every read there is, of whatever tenant, each answer on a line.</summary>
    private async Task<string> AskEverythingAsync(Reach reach)
    {
        var app = shared.App;
        var (from, to, none) = (ConsoleApp.Now.AddDays(-2), ConsoleApp.Now.AddDays(1), CancellationToken.None);
        var (usage, money, exports) = (app.Get<UsageQueries>(), app.Get<MoneyQueries>(), new List<FocusGroup>());
        await foreach (var group in app.Get<FocusReader>().ReadAsync(reach, from, to, UsageFilter.None, await usage.TenantsOfAsync(reach, UsageFilter.None, none), none)) exports.Add(group);
        object?[] answers =
        [
            await BreakdownAsync(UsageFilter.None, Dimension.Tenant, Dimension.Model), await BreakdownAsync(UsageFilter.None, Dimension.User), await BreakdownAsync(UsageFilter.None, [.. Dimensions.All]),
            await BreakdownAsync(UsageFilter.None.With(Dimension.Tenant, TwoTenants.Foreign)),
            await usage.ListRequestsAsync(reach, new(from, to, UsageFilter.None), none),
            await usage.ListRequestsAsync(reach, new(from, to, UsageFilter.None.With(Dimension.Tenant, TwoTenants.Foreign)), none),
            await usage.FindRequestAsync(reach, TwoTenants.Foreign, "bravo-request-0", null, none),
            await usage.ListValuesAsync(reach, Dimension.User, 100, none), await usage.ListValuesAsync(reach, Dimension.Model, 100, none),
            await usage.ListRejectedAsync(reach, from, to, 100, none),
            await app.Get<SessionQueries>().FindAsync(reach, TwoTenants.Foreign, "foreignmark-session", none),
            await usage.ListRequestsAsync(reach, new(from, to, UsageFilter.None.With(Dimension.Tenant, TwoTenants.Foreign), RequestSort.Cost) { Where = new() { Sessions = ["foreignmark-session"] }, Ascending = true }, none),
            await app.Get<SubjectQueries>().ListLatestAsync(reach, TwoTenants.Foreign, Dimension.User, "foreignmark-user", null, 10, none),
            await money.ListConflictsAsync(reach, from, to, none),
            await money.ListUnpricedAsync(reach, from, to, none),
            await app.Get<RepriceUsage>().PreviewAsync(reach, new(from, to), none),
            await app.Get<TenantQueries>().ListAsync(reach, none), await app.Get<TenantQueries>().FindAsync(reach, TwoTenants.Foreign, none),
            app.Get<PriceQueries>().List(reach, new(Search: "-model")).Items.Select(static price => price.Row.Model),
            await app.Get<AlertQueries>().ListOpenAsync(reach, 100, none),
            (await app.Get<BudgetQueries>().ListAsync(reach, new(), none)).Items.Select(static item => item.Budget),
            (await app.Get<RuleQueries>().ListAsync(reach, null, none)).Select(static rule => rule.Rule),
            await app.Get<ChannelQueries>().ListAsync(reach, none),
            await app.Get<ChannelQueries>().ListDeliveriesAsync(reach, new(), none),
            await app.Get<CorrectionReader>().ReadAsync(reach, from, to, UsageFilter.None, none),
            exports,
            await app.Get<LimitQueries>().ListAsync(reach, new(), none), await app.Get<RefusalQueries>().ListAsync(reach, new(), none), await app.Get<RefusalQueries>().CountAsync(reach, 48, none),
        ];
        return string.Join('\n', answers.Select(static answer => JsonSerializer.Serialize(answer)));

        async Task<object> BreakdownAsync(UsageFilter filter, params Facet[] by)
        {
            var breakdown = await usage.BreakdownAsync(reach, new(from, to, TimeZoneInfo.Utc, Grain.Hour, by, filter), none);
            return (object)new { breakdown.Rows, breakdown.Total };
        }
    }

    private async Task WithoutRowSecurityAsync(Func<Task> act)
    {
        var tables = await shared.TablesAsync();
        try
        {
            foreach (var table in tables) await shared.App.ExecuteAsync($"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY");
            foreach (var table in ClosedToTenants) await shared.App.ExecuteAsync($"GRANT SELECT ON {table} TO console_tenant");
            await act();
        }
        finally
        {
            foreach (var table in tables) await shared.App.ExecuteAsync($"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY");
            foreach (var table in ClosedToTenants) await shared.App.ExecuteAsync($"REVOKE SELECT ON {table} FROM console_tenant");
        }
    }
}
