using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Budgets;
using AgentConsole.Notify;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Budgets;

/// <summary>What the job finds, tells once, and takes back.</summary>
public sealed class EvaluateBudgetsTests(BudgetApp shared) : IClassFixture<BudgetApp>
{
    [Fact]
    public async Task Threshold_Crossed_IsToldOnceWithAmountsPeriodAndTheExactView()
    {
        var tenant = await shared.TenantAsync();
        await shared.CreateAsync(tenant, static body => body["name"] = "All of it");
        await shared.SpendAsync(tenant, 49.99m);
        Assert.Equal(0, await shared.EvaluateAsync());
        Assert.Empty(await shared.OpenAsync(tenant));

        await shared.SpendAsync(tenant, 0.01m);
        Assert.Equal(1, await shared.EvaluateAsync());
        Assert.Equal(0, await shared.EvaluateAsync());

        var alert = Assert.Single(await shared.OpenAsync(tenant));
        Assert.Equal(("budget", AlertSeverity.Warning, "50 % of the monthly budget “All of it” for 2026-11 is spent", true), (alert.Source, alert.Severity, alert.Title, alert.IsTenants));
        Assert.StartsWith("$50.00 of $100.00 (50%).", alert.Detail, StringComparison.Ordinal);
        Assert.Equal($"/usage?tenant={tenant}&from=2026-11-01&to=2026-12-01", alert.Link);
    }

    [Fact]
    public async Task Thresholds_OneAfterTheOther_AreOneAlertEach_AndTheLowerCloses()
    {
        var tenant = await shared.TenantAsync();
        await shared.CreateAsync(tenant);
        foreach (var (usd, title, severity) in new[] { (55m, "50 %", AlertSeverity.Warning), (30m, "80 %", AlertSeverity.Warning), (20m, "100 %", AlertSeverity.Critical) })
        {
            await shared.SpendAsync(tenant, usd);
            Assert.Equal(1, await shared.EvaluateAsync());
            var alert = Assert.Single(await shared.OpenAsync(tenant));
            Assert.StartsWith(title, alert.Title, StringComparison.Ordinal);
            Assert.Equal(severity, alert.Severity);
        }
        Assert.Equal(3, await shared.App.CountAsync($"alerts WHERE tenant_id = '{tenant}'"));
        Assert.Equal(3, await shared.App.CountAsync($"budget_crossings WHERE tenant_id = '{tenant}'"));
    }

    [Fact]
    public async Task Downtime_WithEveryThresholdCrossed_IsOneWordOfTheHighest()
    {
        var tenant = await shared.TenantAsync();
        var channel = await ChannelAsync(tenant);
        await shared.CreateAsync(tenant, body => body["channels"] = new JsonArray(channel.ToString()));
        await shared.SpendAsync(tenant, 120);

        Assert.Equal(1, await shared.EvaluateAsync());

        Assert.StartsWith("100 %", Assert.Single(await shared.OpenAsync(tenant)).Title, StringComparison.Ordinal);
        var delivery = Assert.Single(await DeliveriesAsync(tenant));
        Assert.Equal(("budget.exhausted", channel), (delivery.Type, delivery.Channel));
        Assert.StartsWith($"{tenant}: 100 %", delivery.Title, StringComparison.Ordinal);
        Assert.Equal(["Budget", "Scope", "Period", "Spent", "Amount", "Used up by"], delivery.Message.Facts.Select(static fact => fact.Name));
        Assert.Equal(("100.00", "120.00"), (delivery.Message.Data["amount"]!.GetValue<string>(), delivery.Message.Data["subjects"]![0]!["spent"]!.GetValue<string>()));
        Assert.Equal(3, await shared.App.CountAsync($"budget_crossings WHERE tenant_id = '{tenant}'"));
    }

    [Fact]
    public async Task Downtime_OverTheEndOfThePeriod_TellsOfThePastOneAndLeavesNothingOpen()
    {
        var tenant = await shared.TenantAsync();
        var channel = await ChannelAsync(tenant);
        await shared.CreateAsync(tenant, body => (body["period"], body["channels"]) = ("day", new JsonArray(channel.ToString())));
        await shared.EvaluateAsync();
        shared.App.Time.Now = new(2026, 11, 21, 1, 0, 0, TimeSpan.Zero);
        await shared.SpendAsync(tenant, 150, at: "2026-11-20T23:00:00Z");

        Assert.Equal(1, await shared.EvaluateAsync());
        Assert.Equal(0, await shared.EvaluateAsync());

        Assert.Empty(await shared.OpenAsync(tenant));
        Assert.Contains("for 2026-11-20", Assert.Single(await DeliveriesAsync(tenant)).Title, StringComparison.Ordinal);
        Assert.Equal(1, await shared.App.CountAsync($"alerts WHERE tenant_id = '{tenant}' AND closed_at IS NOT NULL"));
    }

    [Fact]
    public async Task Period_ThatBegins_ClosesTheLastOnesAlertAndTellsAnew()
    {
        var tenant = await shared.TenantAsync("Asia/Kathmandu");
        await shared.CreateAsync(tenant, static body => body["period"] = "day");
        await shared.SpendAsync(tenant, 60, at: "2026-11-20T17:59:00Z");
        Assert.Equal(1, await shared.EvaluateAsync());

        // Midnight in Kathmandu is at 18:15 UTC.
        shared.App.Time.Now = new(2026, 11, 20, 18, 15, 0, TimeSpan.Zero);
        Assert.Equal(0, await shared.EvaluateAsync());
        Assert.Empty(await shared.OpenAsync(tenant));
        await shared.SpendAsync(tenant, 60, at: "2026-11-20T18:15:00Z");
        Assert.Equal(1, await shared.EvaluateAsync());
        Assert.Contains("2026-11-21", Assert.Single(await shared.OpenAsync(tenant)).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forecast_AboveTheAmount_IsToldWithTheDay_AndEndsWithTheAmountItself()
    {
        var tenant = await shared.TenantAsync();
        await shared.SpendEachDayAsync(tenant, 10, days: 30);
        await shared.App.RollUpAsync();
        await shared.CreateAsync(tenant, static body => (body["amount"], body["thresholds"]) = ("220", new JsonArray(100)));

        Assert.Equal(1, await shared.EvaluateAsync());
        Assert.Equal(0, await shared.EvaluateAsync());
        var alert = Assert.Single(await shared.OpenAsync(tenant));
        Assert.EndsWith("is forecast to be exceeded", alert.Title, StringComparison.Ordinal);
        Assert.Contains("Forecast for the end of 2026-11: $292.50. Expected to be used up around 2026-11-23 18:00.", alert.Detail, StringComparison.Ordinal);

        await shared.SpendAsync(tenant, 30);
        Assert.Equal(1, await shared.EvaluateAsync());
        Assert.StartsWith("100 %", Assert.Single(await shared.OpenAsync(tenant)).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_OfUsers_HasAnAlertForEachAndOneMessage()
    {
        var tenant = await shared.TenantAsync();
        var channel = await ChannelAsync(tenant);
        await shared.CreateAsync(tenant, body => (body["scope"]!["user"], body["channels"]) = ("*", new JsonArray(channel.ToString())));
        foreach (var (user, usd) in new[] { ("u-1", 60m), ("u-2", 110m), ("u-3", 105m), ("u-4", 10m) }) await shared.SpendAsync(tenant, usd, user);
        await shared.SpendAsync(tenant, 500);

        Assert.Equal(1, await shared.EvaluateAsync());

        Assert.Equal(["u-1", "u-2", "u-3"], (await shared.OpenAsync(tenant)).Select(static alert => alert.Link.Split("user=")[1].Split('&')[0]).Order());
        Assert.Contains("of 2 users", Assert.Single(await DeliveriesAsync(tenant)).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looks_ManyAtOnce_TellOnce()
    {
        var tenant = await shared.TenantAsync();
        var channel = await ChannelAsync(tenant);
        await shared.CreateAsync(tenant, body => body["channels"] = new JsonArray(channel.ToString()));
        await shared.SpendAsync(tenant, 85);

        var told = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => shared.EvaluateAsync()));

        Assert.Equal(1, told.Sum());
        Assert.Single(await shared.OpenAsync(tenant));
        Assert.Single(await DeliveriesAsync(tenant));
    }

    [Fact]
    public async Task Amount_Raised_ClosesTheAlert_AndWhatIsCrossedOfTheNewOneIsToldAnew()
    {
        var tenant = await shared.TenantAsync();
        var id = (await shared.CreateAsync(tenant)).GetProperty("id").GetString();
        await shared.SpendAsync(tenant, 100);
        await shared.EvaluateAsync();

        using var changed = await shared.Client.PutAsync($"/api/v1/budgets/{id}", Json.Body(BudgetApp.Body(tenant, static body => body["amount"] = "110").ToJsonString()));
        Assert.Empty(await shared.OpenAsync(tenant));
        Assert.Equal(1, await shared.EvaluateAsync());
        Assert.StartsWith("80 %", Assert.Single(await shared.OpenAsync(tenant)).Title, StringComparison.Ordinal);

        using var removed = await shared.Client.DeleteAsync($"/api/v1/budgets/{id}");
        Assert.Empty(await shared.OpenAsync(tenant));
        Assert.Equal(0, await shared.App.CountAsync($"budget_crossings WHERE tenant_id = '{tenant}'"));
    }

    [Fact]
    public async Task Alert_OfABudget_IsTheTenantsToAcknowledge_AndCallsItsPeopleOnly()
    {
        var tenant = await shared.TenantAsync();
        await shared.CreateAsync(tenant);
        await shared.SpendAsync(tenant, 60);
        await shared.EvaluateAsync();
        var queries = shared.App.Get<AlertQueries>();
        Assert.Equal(1, (await queries.CountOpenAsync(Reach.Of(tenant), CancellationToken.None)).Calling);
        Assert.Equal((1, 0), ((await queries.CountOpenAsync(Reach.Platform, CancellationToken.None)).Count, (await queries.CountOpenAsync(Reach.Platform, CancellationToken.None)).Calling));

        var (alert, acknowledge) = (Assert.Single(await shared.OpenAsync(tenant)), shared.App.Get<AcknowledgeAlert>());
        foreach (var role in new[] { Role.TenantViewer, Role.Support })
            Assert.IsType<NotAllowed>((await acknowledge.ExecuteAsync(tenant, alert.Id, Caller.Member("ada", [(role, role.IsStaff() ? null : tenant)]), CancellationToken.None)).Error);
        Assert.IsType<NotAllowed>((await acknowledge.ExecuteAsync(tenant, alert.Id, Caller.Member("eve", [(Role.TenantAdmin, "another")]), CancellationToken.None)).Error);
        Assert.True((await acknowledge.ExecuteAsync(tenant, alert.Id, Caller.Member("ada", [(Role.TenantAdmin, tenant)]), CancellationToken.None)).Ok);
    }

    /// <summary>The way to a limit: what the budget says, as of the change, in its transaction.</summary>
    [Fact]
    public async Task Block_WhereSomethingEnforcesIt_IsAppliedWithTheChangeAndTakenAwayWithIt()
    {
        var tenant = await shared.TenantAsync();
        var blocks = new Blocks();
        var changes = new BudgetChanges(shared.App.Get<ChannelQueries>(), shared.App.Get<CloseAlerts>(), blocks, shared.App.Get<AuditLog>(), shared.App.Get<AgentConsole.Platform.Live.IChangeFeed>());
        var (contexts, time) = (shared.App.Get<Contexts>(), shared.App.Get<TimeProvider>());
        var draft = new BudgetDraft(null, new(tenant), 100, BudgetPeriod.Month, [100], true, []);

        var made = await new CreateBudget(contexts, changes, time).ExecuteAsync(draft, Caller.System, CancellationToken.None);
        Assert.Equal([$"apply 100 {true}", $"tell 100"], blocks.Said);
        await new RemoveBudget(contexts, changes).ExecuteAsync(made.Value!.Id, Caller.System, CancellationToken.None);
        Assert.Equal(["remove 100", "tell 100"], blocks.Said[2..]);

        blocks.Refusal = new NotAllowed();
        Assert.IsType<NotAllowed>((await new CreateBudget(contexts, changes, time).ExecuteAsync(draft, Caller.System, CancellationToken.None)).Error);
        Assert.Equal(0, await shared.App.CountAsync($"budgets WHERE tenant_id = '{tenant}'"));
    }

    private async Task<Guid> ChannelAsync(string tenant)
    {
        using var response = await shared.Client.PostAsync("/api/v1/channels", Json.Body(JsonSerializer.Serialize(new { tenant, name = "on call", kind = "webhook", target = "https://8.8.8.8/hook" })));
        return (await Json.ReadAsync(response)).GetProperty("id").GetGuid();
    }

    private async Task<IReadOnlyList<DeliveryRow>> DeliveriesAsync(string tenant) => (await shared.App.Get<ChannelQueries>().ListDeliveriesAsync(Reach.Of(tenant), new(), CancellationToken.None)).Items;

    private sealed class Blocks : IBlockSpending
    {
        public List<string> Said { get; } = [];

        public AgentConsole.Platform.Error? Refusal { get; set; }

        public Task<AgentConsole.Platform.Error?> ApplyAsync(Npgsql.NpgsqlConnection connection, BudgetRow budget, Caller caller, CancellationToken cancellationToken)
        {
            Said.Add($"apply {budget.Amount} {budget.Block}");
            return Task.FromResult(Refusal);
        }

        public Task RemoveAsync(Npgsql.NpgsqlConnection connection, BudgetRow budget, Caller caller, CancellationToken cancellationToken)
        {
            Said.Add($"remove {budget.Amount}");
            return Task.CompletedTask;
        }

        public void Tell(BudgetRow budget) => Said.Add($"tell {budget.Amount}");
    }
}
