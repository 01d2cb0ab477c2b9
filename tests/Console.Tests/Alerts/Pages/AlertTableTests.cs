using AgentConsole.Alerts;
using AgentConsole.Alerts.Pages;
using AgentConsole.Shell;
using AgentConsole.Tests.Usage.Pages;
using Bunit;

namespace AgentConsole.Tests.Alerts.Pages;

public sealed class AlertTableTests : PagesContext
{
    [Fact]
    public void Table_NoAlert_ShowsWhyAndWhatNext() => Assert.Equal("nothing", Show([]).Markup);

    [Fact]
    public void Table_Open_SaysWhatWhenByWhomAndOffersToAcknowledge()
    {
        AlertRow? chosen = null;
        var table = Show([Alert(1)], acknowledge: alert => chosen = alert);

        table.Find("button").Click();

        Assert.Equal("/reconciliation?tenant=acme", table.Find("tbody a").GetAttribute("href"));
        Assert.Contains("critical", table.Find("tbody .status").ClassList);
        Assert.Contains("2026-11-20 16:20:00 2 h ago", table.Find("tbody").TextContent);
        Assert.Contains("reconciliation", table.Find("tbody").TextContent);
        Assert.Equal(Alert(1).Id, chosen?.Id);
    }

    [Fact]
    public void Table_Acknowledged_NamesWhoAndHasNoButton()
    {
        var table = Show([Alert(1) with { Acknowledged = new("ada", SampleUsage.Now) }]);

        Assert.Contains("ada, 2026-11-20 18:20:00", table.Find("tbody").TextContent);
        Assert.Empty(table.FindAll("button"));
    }

    [Fact]
    public void Table_ReaderWhoMayNot_HasNoButtonAndNoName()
    {
        Assert.Empty(Show([Alert(1)], may: false).FindAll("button"));
        Assert.DoesNotContain("ada", Show([Alert(1) with { Acknowledged = new("ada", SampleUsage.Now) }], may: false).Markup);
    }

    [Fact]
    public void Table_Past_SaysHowLongAndHasNoStatusColour()
    {
        var table = Show([Alert(1) with { ClosedAt = SampleUsage.Now }], past: true);

        Assert.Contains("2 h 0 min", table.Find("tbody").TextContent);
        Assert.DoesNotContain("critical", table.Find("tbody .status").ClassList);
    }

    [Fact]
    public void Table_Markup_IsPlainText() => Assert.Empty(Show([Alert(1) with { Title = "<b>x</b>", Detail = "<script>1</script>" }]).FindAll("tbody b, script"));

    [Fact]
    public void Table_MoreThanShown_SaysSo() =>
        Assert.Contains("1,234 alerts are open; the first 200 are shown", Show([.. Enumerable.Range(0, 200).Select(Alert)], total: 1234).Find(".summary").TextContent);

    [Fact]
    public void Banner_NothingCalls_IsNotThere() => Assert.Equal("", Banner(new(3, 0, null)).Markup.Trim());

    [Fact]
    public void Banner_OneCalls_LeadsToWhatItIsAbout()
    {
        var banner = Banner(new(1, 1, new("Totals differ", "/reconciliation?tenant=acme", true)));

        Assert.Equal("/reconciliation?tenant=acme", banner.Find("a").GetAttribute("href"));
        Assert.Contains("Critical alert", banner.Find(".banner.critical[role=alert]").TextContent);
        Assert.DoesNotContain("more", banner.Markup);
    }

    [Fact]
    public void Banner_SeveralCall_CountsTheOthers() =>
        Assert.Contains("and 1,999 more", Banner(new(2000, 2000, new("Totals differ", "/x", false))).Find(".banner.warning").TextContent);

    [Fact]
    public void Banner_Unreadable_SaysThatItIsNotKnown() =>
        Assert.Contains("not known", Render<AlertBanner>(static parameters => parameters.Add(banner => banner.Alerts, OpenAlerts.None).Add(banner => banner.Unreadable, true)).Find("[role=status]").TextContent);

    private IRenderedComponent<AlertBanner> Banner(OpenAlerts alerts) => Render<AlertBanner>(parameters => parameters.Add(banner => banner.Alerts, alerts));

    private static AlertRow Alert(int number) => new(
        "acme", new Guid(number, 0, 0, new byte[8]), "reconciliation", AlertSeverity.Critical, "Totals differ", "Model by Day: +1 requests", "/reconciliation?tenant=acme",
        SampleUsage.Now.AddHours(-2), SampleUsage.Now, null, null);

    private IRenderedComponent<AlertTable> Show(IReadOnlyList<AlertRow> alerts, bool past = false, int? total = null, bool may = true, Action<AlertRow>? acknowledge = null) => Render<AlertTable>(parameters => parameters
        .Add(table => table.Alerts, new AlertPage(alerts, total ?? alerts.Count))
        .Add(table => table.Now, SampleUsage.Now)
        .Add(table => table.Zone, TimeZoneInfo.Utc)
        .Add(table => table.Url, PageUrl.Parse("/alerts"))
        .Add(table => table.Past, past)
        .Add(table => table.MayAcknowledge, _ => may)
        .Add(table => table.OnAcknowledge, acknowledge ?? (static _ => { }))
        .AddChildContent("nothing"));
}
