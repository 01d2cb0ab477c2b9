using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AgentConsole.Access;
using AgentConsole.Access.Members;
using AgentConsole.AlertRules;
using AgentConsole.Alerts;
using AgentConsole.Anomalies;
using AgentConsole.Budgets;
using AgentConsole.Limits.Truth;
using AgentConsole.Limits;
using AgentConsole.Notify;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Ingest.Otlp;
using AgentConsole.Usage;
using AgentConsole.Usage.Repricing;
using AgentConsole.Views;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>One app, two tenants with the same kinds of rows in every table; all that the foreign one has is marked, in text and in numbers.</summary>
public sealed partial class TwoTenants : IAsyncLifetime
{
    public const string Own = "alpha";
    public const string Foreign = "bravo";

    /// <summary>In every text of the foreign tenant but its ids, which callers name themselves.</summary>
    private const string Marker = "foreignmark";

    /// <summary>No number of the own tenant is as large as any of the foreign one.</summary>
    private const long ForeignTokens = 900_000_000_000;

    /// <summary>Thousands of questions at one moment of the test's clock are not what the rates are tested with.</summary>
    private static readonly Dictionary<string, string?> Unhurried = new() { ["Edges:RequestsPerAddress"] = "100000", ["Edges:RequestsPerKey"] = "100000" };

    private readonly PostgresFixture _postgres = new();

    internal ConsoleApp App { get; private set; } = null!;

    /// <summary>A re-pricing of each tenant.</summary>
    internal Guid OwnRun { get; private set; }
    internal Guid ForeignRun { get; private set; }

    public async Task InitializeAsync()
    {
        App = await ConsoleApp.StartAsync(_postgres, Unhurried, TestSignIn.Register);
        using var client = TestSignIn.Client(App, TestCaller.PlatformKey);
        App.Get<RepriceWorker>().Settling = default;
        await PlantAsync(client, Own, "plain", 10);
        await PlantAsync(client, Foreign, Marker, ForeignTokens);
        await App.RollUpAsync();
        (OwnRun, ForeignRun) = (await RepriceAsync(client, Own), await RepriceAsync(client, Foreign));
        await PlantLimitsAsync(Own, "plain", 10, Guid.CreateVersion7());
        await PlantLimitsAsync(Foreign, Marker, ForeignTokens, ForeignRun);
        // What callers do here must not be followed by anything that the app does by itself.
        await App.Get<KeepCounters>().StopAsync(CancellationToken.None);
        Assert.True((await App.Get<ReconcileUsage>().ExecuteAsync(1, Caller.System, CancellationToken.None)).Ok);
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>What of an answer belongs to the foreign tenant; null when nothing does.</summary>
    internal static string? Leak(string answer) => Leaked().Match(answer) is { Success: true, Value: var found } ? found : null;

    /// <summary>Rows that a tenant has in each table.</summary>
    internal async Task<IReadOnlyDictionary<string, long>> CountsAsync(string tenant)
    {
        var counts = new Dictionary<string, long>();
        foreach (var table in await TablesAsync()) counts[table] = await App.CountAsync($"{table} WHERE tenant_id = '{tenant}'");
        return counts;
    }

    /// <summary>Every table that has tenants' rows; partitions are reached through theirs.</summary>
    internal async Task<string[]> TablesAsync() => await App.ScalarAsync<string[]>("""
        SELECT array_agg(c.relname::text ORDER BY c.relname) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
        """);

    /// <summary>What names the rows of a tenant: values of the columns of primary keys that end with id, by the column, a few of each.</summary>
    internal async Task<IReadOnlyList<(string Column, string Id)>> IdsAsync(string tenant)
    {
        var ids = new List<(string, string)>();
        foreach (var key in await App.ScalarAsync<string[]>("""
            SELECT array_agg(c.relname || '.' || a.attname ORDER BY c.relname, a.attname) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
            WHERE i.indisprimary AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND a.attname LIKE '%id' AND a.attname <> 'tenant_id' AND a.atttypid IN ('uuid'::regtype, 'text'::regtype, 'varchar'::regtype)
              AND EXISTS (SELECT FROM pg_attribute AS t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id')
            """))
        {
            var (table, column) = (key.Split('.')[0], key.Split('.')[1]);
            foreach (var id in await App.ScalarAsync<string[]>($"SELECT coalesce(array_agg(id), '{{}}') FROM (SELECT DISTINCT {column}::text AS id FROM {table} WHERE tenant_id = '{tenant}' LIMIT 4) AS found"))
                ids.Add((column, id));
        }
        return [.. ids.Distinct()];
    }

    /// <summary>Everything that a tenant has, table by table: another when any value of any row is.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> ContentsAsync(string tenant)
    {
        var contents = new Dictionary<string, string>();
        foreach (var table in await TablesAsync())
            contents[table] = await App.ScalarAsync<string>($"SELECT md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), '')) FROM {table} AS row WHERE tenant_id = '{tenant}'");
        return contents;
    }

    private async Task PlantAsync(HttpClient client, string tenant, string mark, long tokens)
    {
        Assert.True((await App.Get<CreateTenant>().ExecuteAsync(tenant, $"{mark} company", "Asia/Kathmandu", Caller.System, CancellationToken.None)).Ok);
        foreach (var keeps in new[] { true, false, true })
            Assert.True((await App.Get<SaveTenant>().ExecuteAsync(tenant, new($"{mark} company", "Asia/Kathmandu", KeepsContents: keeps), Caller.System, CancellationToken.None)).Ok);
        await SignedIn.MemberAsync(App, $"{mark}-member@example.test", (Role.TenantAdmin, tenant));
        Assert.True((await App.Get<InviteMember>().ExecuteAsync(Caller.System, $"{mark}-invited@example.test", Role.TenantViewer, tenant, CancellationToken.None)).Ok);
        var key = await client.CreateKeyAsync(tenant, ["read"], body => body["name"] = $"{mark}-sender");
        await App.ExecuteAsync($"INSERT INTO api_key_uses (tenant_id, key_id, hour, requests) VALUES ('{tenant}', '{key.Id}', '2026-11-20T18:00Z', {tokens})");
        await client.AddPriceAsync(Prices.Row("openai", $"{mark}-model", "1", "2", row => row["tenant"] = tenant));
        await client.SendUsageAsync(Json.Array(Enumerable.Range(0, 3).Select(index => Json.Event($"{tenant}-request-{index}", tenant, item => Mark(item, mark, tokens, unpriced: index == 1)))));
        await client.SendUsageAsync(Json.Array([Json.Event($"{tenant}-refused", tenant, item => (item["status"], item["note"]) = ($"{mark}-odd", mark))]));
        await RaiseAsync(tenant, mark);
        await BudgetAsync(tenant, mark);
        await OpenCaseAsync(tenant, mark, tokens);
        Assert.True((await App.Get<SaveView>().ExecuteAsync(tenant, new($"{mark} view", $"/usage?model={mark}-model", true, false), Caller.System, CancellationToken.None)).Ok);
        Assert.True((await App.Get<SaveDashboard>().CreateAsync(tenant, new($"{mark} dashboard", true, [new($"{mark} tile", $"/usage?model={mark}-model", TileWidth.Half)]), Caller.System, CancellationToken.None)).Ok);
        var trace = string.Create(CultureInfo.InvariantCulture, $"{(tenant == Own ? 0xaaaa : 0xbbbb):x32}");
        var call = TestSpan.Of(2, "chat", $$"""{"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.response.model":"{{mark}}-spanned","gen_ai.usage.input_tokens":{{tokens}}}""", parent: 1) with { Trace = trace };
        var agent = TestSpan.Of(1, $"invoke_agent {mark}", $$"""{"gen_ai.operation.name":"invoke_agent","gen_ai.agent.name":"{{mark}}-agent"}""") with { Trace = trace };
        await client.SendAsync("/v1/traces", Json.Body(TestSpan.Json(tenant, call, agent).ToJsonString()));
    }

    /// <summary>A limit and a settlement without an event. The foreign limit has an id that the fuzz asks for.</summary>
    private async Task PlantLimitsAsync(string tenant, string mark, long tokens, Guid id)
    {
        await App.ExecuteAsync($"""
            INSERT INTO limits (tenant_id, limit_id, user_id, measure, max_value, window_of, action, reason, created_at, created_by)
            VALUES ('{tenant}', '{id}', '{mark}-user', {(short)LimitMeasure.Tokens}, {tokens}, {(short)LimitWindow.Month}, {(short)LimitAction.Warn}, '{mark} reason', '2026-11-20T17:00Z', '{mark}')
            """);
        await App.ExecuteAsync($"INSERT INTO limit_settlements (tenant_id, request_id, reserved_at, settled_at, user_id, tokens, cost) VALUES ('{tenant}', '{tenant}-settled', '2026-11-20T17:00Z', '2026-11-20T17:00Z', '{mark}-user', {tokens}, {tokens})");
        await App.ExecuteAsync($"INSERT INTO limit_versions (tenant_id, version) VALUES ('{tenant}', 1)");
        await App.ExecuteAsync($"INSERT INTO limit_refusals (tenant_id, refusal_id, refused_at, request_id, limit_id, limit_then, reason, asked, user_id) SELECT '{tenant}', '{Guid.CreateVersion7()}', '2026-11-20T17:00Z', '{tenant}-denied', limit_id, jsonb_build_object('id', limit_id, 'scope', jsonb_build_object('tenant', '{tenant}', 'user', '{mark}-user'), 'measure', 2, 'max', {tokens}, 'window', 5, 'action', 1, 'createdAt', '2026-11-20T17:00:00Z', 'createdBy', '{mark}'), 0, {tokens}, '{mark}-user' FROM limits WHERE tenant_id = '{tenant}'");
        await App.ExecuteAsync($"INSERT INTO limit_refusal_hours (tenant_id, limit_id, hour, refusals) VALUES ('{tenant}', '{id}', '2026-11-20T17:00Z', {tokens})");
        // Its counters are loaded, and checked a moment later: from then on nothing of it changes by itself.
        await Eventually.TrueAsync(async () => await App.CountAsync($"limit_checks WHERE tenant_id = '{tenant}'") == 1);
    }

    /// <summary>A case of the tenant's user, of the day of its requests, with a note.</summary>
    private async Task OpenCaseAsync(string tenant, string mark, long tokens)
    {
        var id = Guid.CreateVersion7();
        await App.ExecuteAsync($"""
            INSERT INTO cases (tenant_id, case_id, subject_of, subject, began_at, ended_at, is_over, cost, expected, excess, score, weeks, known_weeks, opened_at, seen_at, state)
            VALUES ('{tenant}', '{id}', {(short)CaseOf.User}, '{mark}-user', '2026-11-20T17:00Z', '2026-11-20T18:00Z', true, {tokens}, 1, {tokens - 1}, 9, ARRAY[1, 2], 4, '2026-11-20T18:00Z', '2026-11-20T18:00Z', {(short)CaseState.Open})
            """);
        await App.ExecuteAsync($"INSERT INTO case_looks (tenant_id, first_use, looked_to, held_back) VALUES ('{tenant}', '2026-11-20T17:00Z', '2026-11-20T18:00Z', 0)");
        Assert.True((await App.Get<NoteCase>().ExecuteAsync(tenant, id, $"{mark} note", Caller.System, CancellationToken.None)).Ok);
    }

    /// <summary>Acknowledged, as the frame of every page would show it otherwise.</summary>
    private async Task RaiseAsync(string tenant, string mark)
    {
        await using var session = await App.Get<Database>().BeginAsync(Reach.Platform, CancellationToken.None);
        await App.Get<RaiseAlerts>().ExecuteAsync(session.Connection, [new(new(tenant, mark, mark), AlertSeverity.Critical, $"{mark} title", $"{mark} detail", "/")], CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        await App.ExecuteAsync($"UPDATE alerts SET acknowledged_by = '{mark}', acknowledged_at = now() WHERE tenant_id = '{tenant}'");
    }

    /// <summary>A channel, a message through it, and a budget that is crossed; what the job raises is acknowledged as the rest.</summary>
    private async Task BudgetAsync(string tenant, string mark)
    {
        var channel = await App.Get<CreateChannel>().ExecuteAsync(new(tenant, $"{mark} channel", ChannelKind.Webhook, $"https://8.8.8.8/{mark}"), Caller.System, CancellationToken.None);
        Assert.True((await App.Get<TestChannel>().ExecuteAsync(channel.Value!.Channel.Id, Caller.System, CancellationToken.None)).Ok);
        Assert.True((await App.Get<CreateBudget>().ExecuteAsync(new($"{mark} budget", new(tenant, User: $"{mark}-user"), 0.000001m, BudgetPeriod.Year, [1], false, [channel.Value.Channel.Id]), Caller.System, CancellationToken.None)).Ok);
        Assert.Equal(1, await App.Get<EvaluateBudgets>().ExecuteAsync(CancellationToken.None));
        var rule = new RuleDefinition($"{mark} rule", Measure.Requests, new Dictionary<string, string> { ["model"] = $"{mark}-model" }, Dimension.User, RuleCondition.Above, 0, RuleWindow.Day, RuleBaseline.Previous, 0, 0, [new($"{mark}-user", 0)], [], AlertSeverity.Warning, [], true);
        Assert.True((await App.Get<SaveRule>().CreateAsync(tenant, rule, Caller.System, CancellationToken.None)).Ok);
        Assert.Equal(1, await App.Get<EvaluateRules>().ExecuteAsync(CancellationToken.None));
        await App.ExecuteAsync($"UPDATE alerts SET acknowledged_by = '{mark}', acknowledged_at = now() WHERE tenant_id = '{tenant}'");
    }

    private static void Mark(JsonObject item, string mark, long tokens, bool unpriced)
    {
        (item["provider"], item["model"], item["requestedModel"]) = ("openai", unpriced ? $"{mark}-unpriced" : $"{mark}-model", $"{mark}-requested");
        (item["status"], item["error"], item["operation"]) = ("failure", $"{mark} error", "chat");
        foreach (var name in new[] { "user", "key", "team", "session", "thread", "agent", "tool", "sandbox", "region" }) item[name] = $"{mark}-{name}";
        item["prompt"] = new JsonObject { ["name"] = $"{mark}-prompt", ["version"] = mark };
        item["tags"] = new JsonObject { [mark] = mark };
        item["usage"] = new JsonObject { ["input"] = tokens, ["cacheRead"] = tokens, ["output"] = tokens };
        (item["costReported"], item["latencyMs"]) = ("0.5", 100);
        (item["input"], item["output"]) = ($"{mark} was asked", $"{mark} was answered");
        item["attempts"] = new JsonArray(new JsonObject { ["provider"] = "azure", ["model"] = $"{mark}-tried", ["level"] = 1, ["status"] = "failure", ["reason"] = mark });
        item["hops"] = new JsonArray(new JsonObject { ["name"] = $"{mark}-hop", ["startMs"] = 0, ["durationMs"] = 5 });
    }

    /// <summary>Prices what had no price, so that there are corrections too.</summary>
    private async Task<Guid> RepriceAsync(HttpClient client, string tenant)
    {
        await client.AddPriceAsync(Prices.Row("openai", tenant == Own ? "plain-spanned" : $"{Marker}-spanned", "3", "4", row => row["tenant"] = tenant));
        var run = (await client.RepriceAsync(new JsonObject { ["tenant"] = tenant }, apply: true)).GetProperty("run");
        Assert.Equal("done", run.GetProperty("state").GetString());
        return run.GetProperty("id").GetGuid();
    }

    [GeneratedRegex($@".{{0,60}}(?:{Marker}|(?<![\w.-])[1-9](?:\d{{11,}}|\d{{0,2}}(?:,\d{{3}}){{3,}})(?!\w)).{{0,40}}", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Leaked();
}
