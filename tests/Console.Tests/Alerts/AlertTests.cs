using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Alerts;

public sealed class AlertTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Source = "test";

    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private AlertQueries Queries => shared.App.Get<AlertQueries>();

    [Fact]
    public async Task Raise_New_IsOpenWithItsWords()
    {
        Assert.Single(await RaiseAsync(Notice("disk")));
        var alert = Assert.Single(await OpenAsync());
        Assert.Equal((_tenant, Source, AlertSeverity.Critical, "disk is wrong", "by much", "/there", ConsoleApp.Now), (alert.Tenant, alert.Source, alert.Severity, alert.Title, alert.Detail, alert.Link, alert.RaisedAt));
        Assert.Null(alert.ClosedAt);
    }

    [Fact]
    public async Task Raise_OpenAlready_RenewsItsWordsAndNotItsTime()
    {
        await RaiseAsync(Notice("disk"));
        var first = Assert.Single(await OpenAsync());
        Assert.Empty(await RaiseAsync(Notice("disk") with { Detail = "by more" }));
        var second = Assert.Single(await OpenAsync());
        Assert.Equal((first.Id, first.RaisedAt, "by more"), (second.Id, second.RaisedAt, second.Detail));
    }

    [Fact]
    public async Task Raise_TheSameTwiceAtOnce_IsOneAlert() => Assert.Single(await RaiseAsync(Notice("disk"), Notice("disk")));

    [Fact]
    public async Task Raise_LongDetail_IsCut()
    {
        await RaiseAsync(Notice("disk") with { Detail = new string('x', 5000) });
        Assert.Equal(AlertNotice.MaxDetailLength, Assert.Single(await OpenAsync()).Detail.Length);
    }

    [Fact]
    public async Task Close_Open_IsPastWithTheTimeAndMayBeRaisedAnew()
    {
        await RaiseAsync(Notice("disk"), Notice("net"));
        Assert.Equal([Notice("disk").Subject], await CloseAsync("disk", "never-raised"));
        Assert.Equal("net is wrong", Assert.Single(await OpenAsync()).Title);
        var past = await Queries.ListPastAsync(Reach.Of(_tenant), ConsoleApp.Now.AddDays(-1), ConsoleApp.Now.AddDays(1), 10, CancellationToken.None);
        Assert.Equal(("disk is wrong", ConsoleApp.Now), (Assert.Single(past.Items).Title, past.Items[0].ClosedAt));
        Assert.Single(await RaiseAsync(Notice("disk")));
    }

    [Fact]
    public async Task Acknowledge_Open_StaysOpenKeepsTheFirstNameAndIsAuditedOnce()
    {
        await RaiseAsync(Notice("disk"));
        var id = Assert.Single(await OpenAsync()).Id;
        var acknowledged = await AcknowledgeAsync(_tenant, id, "ada");
        Assert.Equal("ada", (await AcknowledgeAsync(_tenant, id, "grace")).Value!.By);
        Assert.Equal(acknowledged.Value, Assert.Single(await OpenAsync()).Acknowledged);
        Assert.Equal(1, await shared.App.CountAsync($"audit_entries WHERE tenant_id = '{_tenant}' AND action = 'alerts.acknowledge' AND actor = 'ada' AND after->>'key' = 'disk'"));
    }

    [Fact]
    public async Task Acknowledge_ClosedUnknownOrForeign_SaysSo()
    {
        await RaiseAsync(Notice("disk"));
        var id = Assert.Single(await OpenAsync()).Id;
        Assert.IsType<UnknownAlert>((await AcknowledgeAsync("another", id, "ada")).Error);
        await CloseAsync("disk");
        Assert.IsType<AlertIsClosed>((await AcknowledgeAsync(_tenant, id, "ada")).Error);
        Assert.Equal(0, await shared.App.CountAsync($"audit_entries WHERE subject = '{id}'"));
    }

    [Theory]
    [InlineData(Role.TenantAdmin)]
    [InlineData(Role.TenantViewer)]
    [InlineData(Role.Support)]
    public async Task Acknowledge_WhoDoesNotAnswerForThePlatform_MayNot(Role role)
    {
        await RaiseAsync(Notice("disk"));
        var alert = Assert.Single(await OpenAsync());
        Assert.IsType<NotAllowed>((await AcknowledgeAsync(_tenant, alert.Id, "ada", role)).Error);
        Assert.Null(Assert.Single(await OpenAsync()).Acknowledged);
    }

    [Fact]
    public async Task Count_OfAReach_IsOfItsAlertsAndCallsWithTheGravest()
    {
        await RaiseAsync(Notice("a") with { Severity = AlertSeverity.Warning }, Notice("b"), new(new("another", Source, "c"), AlertSeverity.Critical, "c is wrong", "", "/"), new(new(null, Source, _tenant), AlertSeverity.Critical, "d is wrong", "", "/"));
        Assert.Equal(new(2, 2, new("b is wrong", "/there", true)), await Queries.CountOpenAsync(Reach.Of(_tenant), CancellationToken.None));
        Assert.Equal(OpenAlerts.None, await Queries.CountOpenAsync(Reach.None, CancellationToken.None));
        Assert.True((await Queries.CountOpenAsync(Reach.Platform, CancellationToken.None)).Count >= 4);
    }

    [Fact]
    public async Task List_TheNotAcknowledgedFirstThenTheGravest()
    {
        await RaiseAsync(Notice("a"), Notice("b") with { Severity = AlertSeverity.Warning }, Notice("c"));
        await AcknowledgeAsync(_tenant, (await OpenAsync()).Single(static alert => alert.Title == "a is wrong").Id, "ada");
        Assert.Equal(["c is wrong", "b is wrong", "a is wrong"], (await OpenAsync()).Select(static alert => alert.Title));
        var page = await Queries.ListOpenAsync(Reach.Of(_tenant), 2, CancellationToken.None);
        Assert.Equal((2, 3), (page.Items.Count, page.Total));
    }

    private AlertNotice Notice(string key) => new(new(_tenant, Source, key), AlertSeverity.Critical, $"{key} is wrong", "by much", "/there");

    private async Task<IReadOnlyList<AlertRow>> OpenAsync() => (await Queries.ListOpenAsync(Reach.Of(_tenant), 10, CancellationToken.None)).Items;

    private async Task<IReadOnlyList<AlertSubject>> RaiseAsync(params AlertNotice[] notices)
    {
        await using var connection = await shared.App.Get<Database>().Platform.OpenConnectionAsync();
        return await shared.App.Get<RaiseAlerts>().ExecuteAsync(connection, notices, CancellationToken.None);
    }

    private async Task<IReadOnlyList<AlertSubject>> CloseAsync(params string[] keys)
    {
        await using var connection = await shared.App.Get<Database>().Platform.OpenConnectionAsync();
        return await shared.App.Get<CloseAlerts>().ExecuteAsync(connection, [.. keys.Select(key => new AlertSubject(_tenant, Source, key))], CancellationToken.None);
    }

    private Task<AgentConsole.Platform.Result<Acknowledgement>> AcknowledgeAsync(string tenant, Guid id, string name, Role role = Role.Operator) =>
        shared.App.Get<AcknowledgeAlert>().ExecuteAsync(tenant, id, Caller.Member(name, [(role, role.IsStaff() ? null : _tenant)]), CancellationToken.None);
}
