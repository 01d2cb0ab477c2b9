using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>Ledger against rollups, and a provider's invoice against the ledger.</summary>
public sealed class ReconciliationPageTests(PostgresFixture postgres) : StoreContext(postgres)
{
    [Fact]
    public async Task Page_StoreIsSlow_IsASkeleton()
    {
        await using var held = await HoldAsync();

        Assert.NotEmpty(Open<ReconciliationPage>("/reconciliation").FindAll("[role=status] .bone"));
    }

    [Fact]
    public async Task Page_StoreIsAway_OffersRetryAndATrace()
    {
        await BreakAsync();
        var page = Open<ReconciliationPage>("/reconciliation");

        page.WaitForAssertion(() => Assert.Contains("Reconciliations could not be read", page.Find("[role=alert]").TextContent));
    }

    [Fact]
    public async Task Page_StoreGoesAway_KeepsWhatIsThere()
    {
        var page = await ComparedAsync();
        await BreakAsync();

        await Feed.SignalAsync(ReconcileUsage.Topic);
        page.WaitForElement(".stale");
        await page.Find(".card-head button").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("did not come to its end", page.Find(".notice.critical").TextContent));
        Assert.NotEmpty(page.FindAll("tbody tr"));
    }

    [Fact]
    public void Page_NothingComparedYet_SaysWhenItIs()
    {
        var page = Open<ReconciliationPage>("/reconciliation");

        page.WaitForAssertion(() => Assert.Contains("No day was compared yet", page.Find(".summary").TextContent));
    }

    [Fact]
    public async Task Compare_LedgerWithoutRollups_NamesTheDifferenceAndRaisesAnAlert()
    {
        var page = await ComparedAsync();

        Assert.Contains("1 tenant-day differs", page.Find(".summary").TextContent);
        Assert.Contains("Model by Day: -1 requests", page.Find("tbody tr").TextContent);
        Assert.Contains(Topics.Alerts("acme"), Feed.Signals);
    }

    [Fact]
    public async Task Page_AThousandDays_ShowsTheDifferingOfTheLatestFirst()
    {
        await ExecuteAsync("""
            INSERT INTO usage_reconciliations (tenant_id, day, checked_at, requests, tokens, cost, differences)
            SELECT 'acme', DATE '2026-11-20' - n, now(), n, n, n, CASE WHEN n = 900 THEN ARRAY['Model by Day: +1 requests'] ELSE '{}' END FROM generate_series(0, 999) AS n
            """);
        var page = Open<ReconciliationPage>("/reconciliation");

        page.WaitForAssertion(() => Assert.Equal(500, page.FindAll("tbody tr").Count));
        Assert.Contains("differs", page.Find("tbody tr").TextContent);
        Assert.Matches("1 tenant-day differs\\s+of the latest 500", page.Find(".summary").TextContent);
    }

    [Fact]
    public async Task Invoice_Uploaded_ShowsTheVariancePerDayAndModel()
    {
        await SendAsync(Event("a", "m", 1.5m), Event("b", "m", 1), Event("c", "n", 2));
        var check = Invoice("\uFEFFdate,model,cost\n2026-11-20,m,2.75\n2026-11-20,other,1\n");

        check.WaitForElement("tbody tr");
        Assert.Equal(["$4.50", "$3.75", "−$0.75", "0"], check.FindAll("tr.total .number").Where(static cell => cell.TagName == "TD").Select(static cell => cell.TextContent.Trim()));
        Assert.Equal(["m|$2.50|$2.75|$0.25|0", "n|$2.00|—|−$2.00|0", "other|—|$1.00|$1.00|0"],
            check.FindAll("tbody tr:not(.total)").Select(static row => string.Join('|', row.QuerySelectorAll("td").Select(static cell => cell.TextContent.Trim()))));
    }

    [Fact]
    public async Task Invoice_LedgerHasUnpriced_DoesNotPretendToKnowTheWholeDifference()
    {
        await SendAsync(Event("a", "m", 1), Event("b", "n"));
        var check = Invoice("date,model,cost\n2026-11-20,m,1\n2026-11-20,n,3\n");

        check.WaitForElement("tbody tr");
        Assert.Equal("—", check.FindAll("tr.total td.number")[2].TextContent.Trim());
        Assert.Contains("without 1 unpriced requests", check.Find(".table-card .summary").TextContent);
    }

    [Fact]
    public async Task Invoice_OfOneProvider_LeavesTheOthersOut()
    {
        await SendAsync(Event("a", "m", 1.5m), Foreign("b", 9));
        var check = Invoice("date,model,cost\n2026-11-20,m,1.5\n", "&provider=acme-ai");

        check.WaitForElement("tbody tr");
        Assert.Equal(["m|$1.50|$1.50|$0.00|0"], check.FindAll("tbody tr:not(.total)").Select(static row => string.Join('|', row.QuerySelectorAll("td").Select(static cell => cell.TextContent.Trim()))));
        Assert.Contains("the ledger has $1.50 of acme-ai", check.Find(".table-card .summary").TextContent);
    }

    [Fact]
    public void Invoice_PageDrawnAnew_StaysCompared()
    {
        var check = Invoice("date,model,cost\n2026-11-20,m,1\n");
        check.WaitForElement("tbody tr");

        check.Render(static parameters => parameters.Add(check => check.Url, PageUrl.Parse("/reconciliation?tab=invoice&range=30d")));

        Assert.NotEmpty(check.FindAll("table"));
    }

    [Fact]
    public async Task Provider_Chosen_IsInTheUrl()
    {
        var check = Render<InvoiceCheck>(static parameters => parameters.Add(check => check.Url, PageUrl.Parse("/reconciliation?tab=invoice&tenant=acme&provider=openai")).Add(check => check.Reach, Reach.Of("acme")));

        await check.Find("select").ChangeAsync(new() { Value = "" });

        Assert.EndsWith("/reconciliation?tab=invoice&tenant=acme", Services.GetRequiredService<NavigationManager>().Uri);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b\n1,2\n", "No column says the day")]
    public void Invoice_UnusableFile_SaysWhy(string text, string word)
    {
        var check = Invoice(text);

        check.WaitForAssertion(() => Assert.Contains(word, check.Find("[role=alert]").TextContent));
        Assert.Empty(check.FindAll("table"));
    }

    [Fact]
    public async Task Invoice_StoreIsAway_SaysSo()
    {
        await BreakAsync();
        var check = Invoice("date,model,cost\n2026-11-20,m,1\n");

        check.WaitForAssertion(() => Assert.Contains("The ledger could not be read", check.Find("[role=alert]").TextContent));
    }

    [Fact]
    public void Invoice_AnotherTenantChosen_IsComparedAnew()
    {
        var check = Invoice("date,model,cost\n2026-11-20,m,1\n");
        check.WaitForElement("tbody tr");

        check.Render(static parameters => parameters.Add(check => check.Url, PageUrl.Parse("/reconciliation?tab=invoice&tenant=other")).Add(check => check.Reach, Reach.Of("other")));

        Assert.Empty(check.FindAll("table"));
    }

    [Fact]
    public void Invoice_AThousandRows_ShowsTheFirstAndSumsAll()
    {
        var check = Invoice("date,model,cost\n" + string.Concat(Enumerable.Range(0, 1000).Select(static index => $"2026-11-20,m-{index},1\n")));

        check.WaitForAssertion(() => Assert.Equal(501, check.FindAll("tbody tr").Count));
        Assert.Contains("The first 500 of 1,000 rows are shown; the total is of all.", check.Markup);
        Assert.Contains("$1,000.00", check.Find("tr.total").TextContent);
    }

    private static UsageEvent Foreign(string id, decimal cost) => new()
    {
        TenantId = "acme", Source = UsageSources.Native, Id = id, OccurredAt = SampleUsage.Now.AddHours(-1), Provider = "other-ai", Model = "n", Tokens = new TokenCounts { Input = 1 }, Cost = cost,
    };

    private async Task<IRenderedComponent<ReconciliationPage>> ComparedAsync()
    {
        await SendAsync(Event("a", "m", 1));
        await ExecuteAsync("UPDATE usage_rollup_watermark SET xid = pg_current_xact_id()");
        var page = Open<ReconciliationPage>("/reconciliation");
        page.WaitForElement(".card-head button");
        await page.Find(".card-head button").ClickAsync(new());
        page.WaitForElement("tbody tr");
        return page;
    }

    private IRenderedComponent<InvoiceCheck> Invoice(string text, string query = "")
    {
        var check = Render<InvoiceCheck>(parameters => parameters.Add(check => check.Url, PageUrl.Parse($"/reconciliation?tab=invoice{query}")).Add(check => check.Reach, Reach.Platform));
        check.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(text, "invoice.csv"));
        return check;
    }
}
