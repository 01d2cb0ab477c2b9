using AgentConsole.Access;
using AgentConsole.Anomalies;
using AgentConsole.Notify;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Anomalies;

/// <summary>What the job finds, goes on with, and ends; over the real store.</summary>
public sealed class DetectAnomaliesTests(AnomalyApp shared) : IClassFixture<AnomalyApp>
{
    private static readonly DateTimeOffset Now = ConsoleApp.Now;

    [Fact]
    public async Task Loop_OfOneUser_OpensOneCase_TellsItOnce_GoesOnAndEndsByItself()
    {
        var tenant = await shared.TenantAsync();
        var channel = await shared.App.Get<CreateChannel>().ExecuteAsync(new(tenant, "On call", ChannelKind.Webhook, "https://8.8.8.8/hook"), Caller.System, CancellationToken.None);
        await shared.LookAsync();
        Assert.Empty(await shared.CasesAsync(tenant));
        await shared.LoopAsync(tenant, "u-1", 120, 120, Now.AddMinutes(-40));

        Assert.Equal(1, await shared.LookAsync());
        Assert.Equal(0, await shared.LookAsync());

        // The user explains the key and the tenant: neither is a case beside it.
        var found = Assert.Single(await shared.CasesAsync(tenant));
        Assert.Equal((new CaseSubject(tenant, CaseOf.User, "u-1"), Now.AddMinutes(-45), Now.AddMinutes(-15), false, CaseState.Open), (found.Subject, found.From, found.To, found.IsOver, found.State));
        Assert.Equal((120m, 0m, 4), (found.Cost, found.Expected, found.KnownWeeks));
        var alert = Assert.Single(await shared.AlertsAsync(tenant));
        Assert.Equal(("case", $"A user of {tenant} costs $120.00 more than expected", $"/cases/{tenant}/{found.Id}?tenant={tenant}"), (alert.Source, alert.Title, alert.Link));
        Assert.Contains("User u-1 cost $120.00 instead of nothing", alert.Detail, StringComparison.Ordinal);
        Assert.Equal(1, await shared.App.CountAsync($"deliveries WHERE tenant_id = '{tenant}' AND channel_id = '{channel.Value!.Channel.Id}' AND message_type = 'case.opened'"));

        await shared.LoopAsync(tenant, "u-1", 60, 60, Now.AddMinutes(-12));
        Assert.Equal(0, await shared.LookAsync());
        var grown = Assert.Single(await shared.CasesAsync(tenant));
        Assert.Equal((found.Id, 180m, Now), (grown.Id, grown.Cost, grown.To));

        shared.App.Time.Now = Now.AddHours(3);
        await shared.LookAsync();
        var over = Assert.Single(await shared.CasesAsync(tenant));
        Assert.Equal((found.Id, true, Now, CaseState.Open), (over.Id, over.IsOver, over.To, over.State));
        Assert.Empty(await shared.AlertsAsync(tenant));
    }

    [Fact]
    public async Task Expected_IsTheMedianWeekOfTheSameTime_WhateverOneOddWeekWas()
    {
        var tenant = await shared.TenantAsync();
        await shared.LoopAsync(tenant, "u-1", 500, 30, Now.AddDays(-14).AddMinutes(-58));
        await shared.LoopAsync(tenant, "u-1", 90, 90, Now.AddMinutes(-58));
        await shared.LookAsync();

        var found = Assert.Single(await shared.CasesAsync(tenant), one => one.To > Now.AddDays(-1));
        Assert.Equal((Now.AddHours(-1), 91m, 1m), (found.From, found.Cost, found.Expected));
        Assert.DoesNotContain(2, found.Weeks);
        var why = (await shared.App.Get<ExplainCase>().ReadAsync(Reach.Of(tenant), found, CancellationToken.None)).Why;
        Assert.Equal((91m, 1m, 90m), (why.Now.Cost, why.Expected.Cost, why.Parts.Sum(static part => part.Usd)));
    }

    [Fact]
    public async Task Key_OfManyUsers_AndTenantOfAll_AreCasesWhereNoUserExplainsThem()
    {
        var tenant = await shared.TenantAsync();
        await shared.SendAsync([.. Enumerable.Range(0, 60).Select(at => shared.Spend(tenant, 2, $"crowd-{at}", "k-1", Now.AddMinutes(-30)))]);
        await shared.LookAsync();
        Assert.Equal((CaseOf.Key, "k-1"), Assert.Single(await shared.CasesAsync(tenant)) is var key ? (key.Subject.Of, key.Subject.Name) : default);

        var other = await shared.TenantAsync();
        await shared.SendAsync([.. Enumerable.Range(0, 100).Select(at => shared.Spend(other, 2, $"crowd-{at}", $"key-{at}", Now.AddMinutes(-30)))]);
        await shared.LookAsync();
        Assert.Equal(CaseOf.Tenant, Assert.Single(await shared.CasesAsync(other)).Subject.Of);
    }

    [Fact]
    public async Task Newcomer_IsACaseOnlyWithAConsiderableShare_AndSaysThatItHasNoHistory()
    {
        var tenant = await shared.TenantAsync();
        await shared.LoopAsync(tenant, "u-small", 25, 50, Now.AddMinutes(-30), "k-new-1");
        await shared.LoopAsync(tenant, "u-large", 200, 100, Now.AddMinutes(-30), "k-new-2");
        await shared.LookAsync();

        var found = Assert.Single(await shared.CasesAsync(tenant));
        Assert.Equal(("u-large", false, 0m), (found.Subject.Name, found.HasHistory, found.Expected));
        Assert.Contains(CaseWords.NoHistory, CaseWords.Found(found), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cents_OrAYoungTenant_OpenNothing()
    {
        var tenant = await shared.TenantAsync();
        await shared.LoopAsync(tenant, "u-1", 19, 19, Now.AddMinutes(-40));
        var young = $"y-{Guid.NewGuid():N}"[..16];
        await shared.SendAsync(shared.Spend(young, 500, "u-1", "k-1", Now.AddDays(-2)), shared.Spend(young, 500, "u-1", "k-1", Now.AddMinutes(-5)));
        await shared.LookAsync();
        Assert.Empty(await shared.CasesAsync(tenant));
        Assert.Empty(await shared.CasesAsync(young));
    }

    [Fact]
    public async Task Past_ThatIsSentIn_IsLookedAtOnceItIsAllThere_AndItsCasesAreOverAndCallNobody()
    {
        var tenant = await shared.TenantAsync();
        await shared.LoopAsync(tenant, "u-2", 300, 100, Now.AddDays(-5), "k-2");
        await shared.App.Get<DetectAnomalies>().ExecuteAsync(isSettled: false, CancellationToken.None);
        Assert.Empty(await shared.CasesAsync(tenant));

        await shared.App.Get<DetectAnomalies>().ExecuteAsync(isSettled: false, CancellationToken.None);

        var found = Assert.Single(await shared.CasesAsync(tenant));
        Assert.Equal(("u-2", true), (found.Subject.Name, found.IsOver));
        Assert.Empty(await shared.AlertsAsync(tenant));
    }

    [Fact]
    public async Task Storm_OpensTheDearestFew_AndCountsTheOthers()
    {
        var tenant = await shared.TenantAsync();
        foreach (var at in Enumerable.Range(0, 8)) await shared.SendAsync([.. Enumerable.Range(1, 30 * 8).Select(step => shared.Spend(tenant, 0.1m, $"s-{at}", "k-2", Now.AddHours(-3 * step)))]);
        foreach (var at in Enumerable.Range(0, 8)) await shared.LoopAsync(tenant, $"s-{at}", 100 + at, 10, Now.AddMinutes(-30), $"k-s-{at}");

        await shared.LookAsync();

        var list = await shared.App.Get<CaseQueries>().ListAsync(Reach.Of(tenant), new(), CancellationToken.None);
        Assert.Equal((5, 3, "s-7"), (list.Total, list.HeldBack, list.Items[0].Subject.Name));
    }

    [Fact]
    public async Task Verdict_WhileItGoesOn_OpensNoSecondCase()
    {
        var one = await shared.CaseAsync();
        Assert.True((await shared.App.Get<CloseCase>().ExecuteAsync(one.Tenant, one.Id, CaseVerdict.Confirmed, "A loop.", Caller.System, CancellationToken.None)).Ok);
        await shared.LoopAsync(one.Tenant, "u-1", 60, 60, Now.AddMinutes(-12));
        Assert.Equal(0, await shared.LookAsync());
        Assert.Equal(1, await shared.App.CountAsync($"cases WHERE tenant_id = '{one.Tenant}'"));
    }
}
