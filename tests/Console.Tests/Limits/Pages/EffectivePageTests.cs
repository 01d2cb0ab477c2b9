using AgentConsole.Access;
using AgentConsole.Limits.Pages;
using AgentConsole.Tests.Access.Pages;
using AgentConsole.Tests.Testing;
using Bunit;
using static AgentConsole.Tests.Limits.LimitCalls;

namespace AgentConsole.Tests.Limits.Pages;

public sealed class EffectivePageTests(SharedApp shared) : AccessPagesContext(shared), IClassFixture<SharedApp>
{
    [Fact]
    public async Task Standings_SayWhichBinds_WhatIsLeft_AndWhenItResetsInTheTenantsZone()
    {
        Assert.True((await Shared.App.Get<CreateTenant>().ExecuteAsync(Tenant, Tenant, "Asia/Kathmandu", Caller.System, CancellationToken.None)).Ok);
        await Shared.Client.CreateLimitAsync(Limit(Tenant, "requests", "1000", "month"));
        await Shared.Client.CreateLimitAsync(Limit(Tenant, "cost", "1.00", "day", Each("user")));
        await Shared.Client.CreateLimitAsync(Limit(Tenant, "requests", "3", "hour", Each("key")));
        await Shared.Client.CreateLimitAsync(Limit(Tenant, "tokens", "7", "day", limit => (limit["scope"]!["user"], limit["action"]) = ("*", "warn")));
        await Shared.Client.ReserveAsync(Tenant, $"{Tenant}-a", 0.25m);
        await Shared.Client.SettleAsync($"{Tenant}-a", 0.25m);
        await Shared.Client.ReserveAsync(Tenant, $"{Tenant}-b", 0.50m);
        Become(Role.TenantViewer, Tenant);

        var page = Open<EffectivePage>($"/limits/effective?tenant={Tenant}&user=u");
        var sentence = page.Find(".sentence").TextContent;
        Assert.Contains("For user u, “each user: $1.00 per day” binds: $0.25 is left.", sentence, StringComparison.Ordinal);
        // 18:00 UTC is 23:45 there.
        Assert.Contains("It resets at 2026-11-21 00:00:00, in 15 min 0 s.", sentence, StringComparison.Ordinal);
        var first = page.Find(".standing");
        Assert.Contains("$0.25 used, $0.50 held, $0.25 left", first.TextContent, StringComparison.Ordinal);
        Assert.Equal(("width:25%", "width:50%"), (first.QuerySelector(".use-spent")!.GetAttribute("style"), first.QuerySelector(".use-held")!.GetAttribute("style")));
        Assert.Contains("only warns", page.FindAll(".standing")[^1].TextContent, StringComparison.Ordinal);
        Assert.Equal(3, page.FindAll(".standing").Count);
        Assert.Contains("Limits of a key, model, team, provider, session are not among them", page.Markup, StringComparison.Ordinal);
        // A viewer is offered no deed.
        Assert.Empty(page.FindAll(".standing .button"));
        Become(Role.TenantAdmin, Tenant);
        Assert.Contains("user=u", Open<EffectivePage>($"/limits/effective?tenant={Tenant}&user=u").Find(".standing .button").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overridden_IsShownAsSuch_AndAStopSaysThatNothingPasses()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        await Shared.Client.CreateLimitAsync(Limit(Tenant, "requests", "10", "day", Each("user")));
        await Shared.Client.CreateLimitAsync(Limit(Tenant, "requests", "99", "day", Each("user", "vip")));
        Become(Role.Operator);
        var page = Open<EffectivePage>($"/limits/effective?tenant={Tenant}&user=vip");
        Assert.Contains("“user vip: 99 requests per day” binds", page.Find(".sentence").TextContent, StringComparison.Ordinal);
        Assert.Contains("each user: 10 requests per day", page.Find(".standing.overridden").TextContent, StringComparison.Ordinal);
        await Shared.Client.CreateLimitAsync(Limit(Tenant, "concurrency", "0", null, limit => (limit["scope"]!["user"], limit["reason"]) = ("vip", "runs away")));
        Assert.Contains("stopped by “user vip”: runs away", Open<EffectivePage>($"/limits/effective?tenant={Tenant}&user=vip").Find(".sentence").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_Named_IsAskedFor_AndNoLimitSaysSo()
    {
        await Shared.Client.CreateTenantAsync(Tenant);
        Become(Role.Operator);
        Assert.Contains("Say whose request it is", Open<EffectivePage>("/limits/effective").Markup, StringComparison.Ordinal);
        Assert.Contains("No limit is about such a request", Open<EffectivePage>($"/limits/effective?tenant={Tenant}&user=u").Markup, StringComparison.Ordinal);
    }
}
