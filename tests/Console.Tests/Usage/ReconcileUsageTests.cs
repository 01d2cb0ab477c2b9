using System.Text;
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
    public async Task Reconcile_RollupTamperedWith_NamesIt(string sql, string expected)
    {
        await SendAsync();
        await shared.App.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, _tenant));
        var day = await CompareAsync();
        Assert.StartsWith(expected, Assert.Single(day.Differences), StringComparison.Ordinal);
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
        var compared = await shared.App.Get<CompareInvoice>().ExecuteAsync(File(text), UsageFilter.None, CancellationToken.None);
        Assert.Contains(word, compared.Error!.Message, StringComparison.Ordinal);
    }

    private async Task SendAsync()
    {
        await shared.Client.SendUsageAsync(Json.Array(Enumerable.Range(0, 20).Select(index => Json.Event($"{index}", _tenant, item => item["user"] = $"u-{index % 3}"))));
        await shared.App.RollUpAsync();
    }

    private async Task<ReconciledDayRow> CompareAsync()
    {
        await shared.App.Get<ReconcileUsage>().ExecuteAsync(2, CancellationToken.None);
        return Assert.Single(await shared.App.Get<ReconciliationQueries>().ListAsync(_tenant, 10, CancellationToken.None));
    }

    private async Task<InvoiceComparison> InvoiceAsync(string text)
    {
        var compared = await shared.App.Get<CompareInvoice>().ExecuteAsync(File(text), UsageFilter.None.With(Dimension.Tenant, _tenant), CancellationToken.None);
        Assert.True(compared.Ok, compared.Error?.Message);
        return compared.Value;
    }

    private static MemoryStream File(string text) => new(Encoding.UTF8.GetBytes(text));
}
