using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Pricing.Pages;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Pages;
using AgentConsole.Usage;
using Bunit;

namespace AgentConsole.Tests.Pricing.Pages;

public sealed class RepricePanelTests(PostgresFixture postgres) : StoreContext(postgres)
{
    private static readonly RepriceScope Scope = new(SampleUsage.Now.AddDays(-7), SampleUsage.Now);

    [Fact]
    public async Task Preview_NothingWouldChange_SaysSo()
    {
        await SendAsync(Event("a", "house-1"));
        var panel = await PreviewedAsync();

        panel.WaitForAssertion(() => Assert.Contains("Nothing would change", panel.Find(".state").TextContent));
        Assert.Contains("1 requests cost what today's prices say", panel.Find(".state").TextContent);
    }

    [Fact]
    public async Task Preview_Changes_AddUpAndAreAppliedOnlyAfterAYes()
    {
        // The ledger has no cost for one, and another than today's for two.
        await SendAsync(Known("a", null), Known("b", 1), Known("c", 1));
        var panel = await PreviewedAsync();
        panel.WaitForElement("tbody tr");

        Assert.Equal("3 of 3 requests change: $2.00 becomes $0.02 (−$1.98), unpriced 1 → 0", panel.Find(".summary").TextContent);
        Assert.Equal(["3", "3", "$2.00", "$0.02", "−$1.98", "1 → 0"], panel.FindAll("tr.total .number").Select(static cell => cell.TextContent));
        panel.FindAll("button").Single(static button => button.TextContent == "Apply…").Click();
        Assert.Equal(0L, await ScalarAsync<long>("SELECT count(*) FROM reprice_runs"));
        await panel.FindAll("button").Single(static button => button.TextContent == "Yes, change 3 costs").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Empty(panel.FindAll("table")));
        Assert.Equal(3L, await ScalarAsync<long>("SELECT expected FROM reprice_runs"));
    }

    [Fact]
    public async Task Preview_StoreIsAway_SaysSo()
    {
        await BreakAsync();
        var panel = await PreviewedAsync();

        panel.WaitForAssertion(() => Assert.Contains("could not be read to its end", panel.Find("[role=alert]").TextContent));
        Assert.False(panel.Find("button.primary").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Preview_StoreIsSlow_SaysThatItLooks()
    {
        await using var held = await HoldAsync();
        var panel = Show();

        var previewing = panel.Find("button.primary").ClickAsync(new());

        panel.WaitForAssertion(() => Assert.NotEmpty(panel.FindAll("[role=status] .bone")));
        await held.DisposeAsync();
        await previewing;
        panel.WaitForElement(".state");
    }

    [Fact]
    public async Task Preview_AThousandModels_ShowsTheFirstAndSumsAll()
    {
        await SendAsync(Enumerable.Range(0, 1000).Select(static index => Known($"e{index}", 1, $"tenant-{index}")));
        var panel = await PreviewedAsync();

        panel.WaitForAssertion(() => Assert.Equal(501, panel.FindAll("tbody tr").Count));
        Assert.Equal("1,000", panel.Find("tr.total .number").TextContent);
    }

    [Fact]
    public void Runs_EachState_IsInWords()
    {
        var runs = Enum.GetValues<RepriceState>().Select(static state => new RepriceProgress(Guid.NewGuid(), Scope with { Model = "gpt-5" }, state, 10, 5, 2, 1, 3, "page", SampleUsage.Now, SampleUsage.Now, null));
        var panel = Show([.. runs]);

        Assert.Equal(["waiting", "running", "done", "failed"], panel.FindAll("tbody .status").Select(static status => status.TextContent));
        Assert.Equal(["0.5", "0.5", "1", "0.5"], panel.FindAll("progress").Select(static bar => bar.GetAttribute("value")));
    }

    private static UsageEvent Known(string id, decimal? cost, string tenant = "acme") => new()
    {
        TenantId = tenant, Source = UsageSources.Native, Id = id, OccurredAt = SampleUsage.Now.AddHours(-1), Provider = "anthropic", Model = "claude-sonnet-4-5",
        Tokens = new TokenCounts { Input = 1000, Output = 200 }, Cost = cost,
    };

    private async Task<IRenderedComponent<RepricePanel>> PreviewedAsync()
    {
        var panel = Show();
        await panel.Find("button.primary").ClickAsync(new());
        return panel;
    }

    private IRenderedComponent<RepricePanel> Show(params RepriceProgress[] runs) => Render<RepricePanel>(parameters => parameters
        .Add(panel => panel.Url, PageUrl.Parse("/prices?tab=reprice"))
        .Add(panel => panel.Reach, Reach.Platform)
        .Add(panel => panel.Scope, Scope)
        .Add(panel => panel.MayApply, true)
        .Add(panel => panel.Runs, runs)
        .Add(panel => panel.Zone, TimeZoneInfo.Utc));
}
