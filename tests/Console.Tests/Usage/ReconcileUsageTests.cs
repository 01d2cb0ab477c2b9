using System.Text;
using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Usage;

public sealed class ReconcileUsageTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    [Fact]
    public async Task Reconcile_RollupsAsWritten_AreEqual()
    {
        await SendAsync();
        var day = await CompareAsync();
        Assert.Empty(day.Differences);
        Assert.Equal((20, DateOnly.FromDateTime(ConsoleApp.Now.UtcDateTime)), (day.Requests, day.Day));
    }

    [Fact]
    public async Task Reconcile_EventsNotRolledUpYet_AreNoDifference()
    {
        await SendAsync();
        await shared.Client.SendUsageAsync(Json.Event("late", _tenant));
        Assert.Empty((await CompareAsync()).Differences);
    }

    [Theory]
    [InlineData("UPDATE usage_rollups SET requests = requests + 1 WHERE tenant_id = '{0}' AND kind = 2 AND grain = 3 AND subject = 'u-1'", "User by Day: +1 requests")]
    [InlineData("UPDATE usage_rollups SET cost = cost - 0.000000000001 WHERE tenant_id = '{0}' AND kind = 1 AND grain = 2", "Model by Hour: 0 requests, 0 tokens, -0.000000000001 USD")]
    [InlineData("DELETE FROM usage_rollups WHERE tenant_id = '{0}' AND kind = 3 AND grain = 1", "Key by QuarterHour: -20 requests")]
    [InlineData("UPDATE usage_rollups SET unpriced = unpriced + 2 WHERE tenant_id = '{0}' AND kind = 4 AND grain = 5 AND subject = 'u-2'", "UserTotal by Week: 0 requests, 0 tokens, 0 USD, +2 unpriced")]
    public async Task Reconcile_RollupTamperedWith_NamesIt(string sql, string expected)
    {
        await SendAsync();
        await shared.App.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, _tenant));
        await shared.App.Get<ReconcileUsage>().ExecuteAsync(1, AgentConsole.Access.Caller.System, CancellationToken.None);
        var day = Assert.Single(await shared.App.Get<ReconciliationQueries>().ListAsync(Reach.Of(_tenant), 10, CancellationToken.None));
        Assert.StartsWith(expected, Assert.Single(day.Differences), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_Difference_RaisesAnAlertThatClosesWhenItIsGone()
    {
        await SendAsync();
        await TamperAsync(+1);
        await CompareAsync();
        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal(("reconciliation", AlertSeverity.Critical, $"/reconciliation?tenant={_tenant}"), (alert.Source, alert.Severity, alert.Link));
        Assert.Contains("2026-11-20", alert.Title, StringComparison.Ordinal);
        Assert.StartsWith("Model by QuarterHour: +1 requests", alert.Detail, StringComparison.Ordinal);
        await TamperAsync(-1);
        await CompareAsync();
        Assert.Empty(await AlertsAsync());
        var past = await shared.App.Get<AlertQueries>().ListPastAsync(Reach.Of(_tenant), ConsoleApp.Now.AddDays(-1), ConsoleApp.Now.AddDays(1), 10, CancellationToken.None);
        Assert.Equal((alert.Id, ConsoleApp.Now), (Assert.Single(past.Items).Id, past.Items[0].ClosedAt));
    }

    [Fact]
    public async Task Reconcile_DayThatDiffersIsOlderThanAsked_IsComparedUntilItIsEqual()
    {
        await SendAsync("2026-11-02T10:00:00Z");
        await TamperAsync(+1);
        await shared.App.Get<ReconcileUsage>().ExecuteAsync(30, Caller.System, CancellationToken.None);
        Assert.Single(await AlertsAsync());
        await shared.App.ExecuteAsync($"DELETE FROM usage_rollups WHERE tenant_id = '{_tenant}'; DELETE FROM usage_events WHERE tenant_id = '{_tenant}'");
        await CompareAsync();
        Assert.Empty(await AlertsAsync());
    }

    [Fact]
    public async Task CompareInvoice_FocusExportOfOurOwn_HasNoVariance()
    {
        await SendAsync();
        var export = await shared.Client.GetStringAsync($"/api/v1/export/focus.csv?from=2026-11-20&to=2026-11-21&tenant={_tenant}");
        var found = await InvoiceAsync(export);
        Assert.Equal(0, found.Theirs - found.Ours);
        Assert.All(found.Days, static day => Assert.Equal(0, day.Difference));
        Assert.Empty(found.Problems);
    }

    [Fact]
    public async Task CompareInvoice_PlainCsv_ShowsVariancePerDayAndModelAndWhatOneSideLacks()
    {
        await SendAsync();
        var ours = (await InvoiceAsync("date,model,cost\n2026-11-20,claude-sonnet-4-5,0\n")).Ours;
        var found = await InvoiceAsync($"date,model,cost\n2026-11-20,claude-sonnet-4-5-20250929,{ours + 1m}\n2026-11-20,gpt-5,2.5\nbroken,gpt-5,1\n2026-11-20,gpt-5,x\n");
        Assert.Equal(1m, Assert.Single(found.Days, static day => day.Model == "claude-sonnet-4-5").Difference);
        var missing = Assert.Single(found.Days, static day => day.Model == "gpt-5");
        Assert.Equal((null, 2.5m), (missing.Ours, missing.Theirs));
        Assert.Equal(["row 3: its day is not a date", "row 4: its cost is not a number"], found.Problems);
    }

    [Fact]
    public async Task CompareInvoice_UnpricedRequests_AreUnknownNotZero()
    {
        await shared.Client.SendUsageAsync(Json.Event("u", _tenant, static item => item["model"] = "no-such-model-1"));
        var day = Assert.Single((await InvoiceAsync("date,model,cost\n2026-11-20,no-such-model-1,5\n")).Days);
        Assert.Equal((null, 5m, null, 1), (day.Ours, day.Theirs, day.Difference, day.Unpriced));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("model,cost\nx,1\n", "day")]
    [InlineData("date,cost\n2026-11-20,1\n", "model")]
    [InlineData("date,model,cost,currency\n2026-11-20,x,1,EUR\n", "EUR")]
    public async Task CompareInvoice_UnusableFile_SaysWhy(string text, string word)
    {
        var compared = await shared.App.Get<CompareInvoice>().ExecuteAsync(File(text), Reach.Platform, UsageFilter.None, CancellationToken.None);
        Assert.Contains(word, compared.Error!.Message, StringComparison.Ordinal);
    }

    private Task TamperAsync(int requests) =>
        shared.App.ExecuteAsync($"UPDATE usage_rollups SET requests = requests + {requests} WHERE tenant_id = '{_tenant}' AND kind = 1 AND grain = 1");

    private async Task<IReadOnlyList<AlertRow>> AlertsAsync() => (await shared.App.Get<AlertQueries>().ListOpenAsync(Reach.Of(_tenant), 10, CancellationToken.None)).Items;

    private async Task SendAsync(string at = "2026-11-20T17:30:00Z")
    {
        await shared.Client.SendUsageAsync(Json.Array(Enumerable.Range(0, 20).Select(index => Json.Event($"{index}", _tenant, item => (item["user"], item["occurredAt"]) = ($"u-{index % 3}", at)))));
        await shared.App.RollUpAsync();
    }

    private async Task<ReconciledDayRow> CompareAsync()
    {
        await shared.App.Get<ReconcileUsage>().ExecuteAsync(2, AgentConsole.Access.Caller.System, CancellationToken.None);
        return Assert.Single(await shared.App.Get<ReconciliationQueries>().ListAsync(Reach.Of(_tenant), 10, CancellationToken.None));
    }

    private async Task<InvoiceComparison> InvoiceAsync(string text)
    {
        var compared = await shared.App.Get<CompareInvoice>().ExecuteAsync(File(text), Reach.Of(_tenant), UsageFilter.None, CancellationToken.None);
        Assert.True(compared.Ok, compared.Error?.Message);
        return compared.Value;
    }

    private static MemoryStream File(string text) => new(Encoding.UTF8.GetBytes(text));
}
