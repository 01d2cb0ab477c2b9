using System.Net;
using System.Security.Claims;
using AgentConsole.Access;
using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Access.SignIn;

public sealed class ViewAsTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Reason = "ticket 4711: a bill four times as high";

    private readonly ConsoleApp _app = shared.App;
    private readonly string _tenant = $"t-{Guid.NewGuid():N}"[..16];

    [Theory]
    [InlineData(Role.Support, Role.TenantViewer)]
    [InlineData(Role.Operator, Role.TenantAdmin)]
    public async Task Form_WithAReason_LetsSeeTheTenant_AndStopLetsGo(Role own, Role role)
    {
        using var staff = await StaffAsync(own);
        var begun = await StartAsync(staff, role);
        Assert.Equal((HttpStatusCode.Found, $"/?tenant={_tenant}"), (begun.Status, begun.Location));
        var seen = await staff.CallerAsync();
        Assert.Equal((Reach.Of(_tenant), Reach.None), (seen.ReachOf(Permission.ReadUsage), seen.ReachOf(Permission.ManageKeys)));
        Assert.Equal(role == Role.TenantAdmin ? Reach.Of(_tenant) : Reach.None, seen.ReachOf(Permission.ReadKeys));
        Assert.Equal(role == Role.TenantAdmin ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await staff.Client.GetAsync("/keys")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await staff.Client.GetAsync("/prices")).Status);

        var account = await staff.Client.GetAsync("/account");
        var banner = account.Document.QuerySelector(".banner.viewing")!.TextContent;
        Assert.Contains($"{(role == Role.TenantAdmin ? "admin" : "viewer")} of {_tenant}", banner, StringComparison.Ordinal);
        Assert.Contains("60 minutes left", banner, StringComparison.Ordinal);
        Assert.Contains("viewing", (await staff.Client.GetAsync("/prices")).Document.QuerySelector(".banner")!.ClassList);

        await staff.Client.SubmitAsync("/view-as/stop", "stop-view");
        Assert.Equal(Reach.Platform, (await staff.CallerAsync()).ReachOf(Permission.ReadUsage));
        Assert.Null((await staff.Client.GetAsync("/account")).Document.QuerySelector(".banner"));
        Assert.Equal([("view-as.start", _tenant), ("view-as.stop", _tenant)], await RowsAsync());
        Assert.Equal((Reason, role.ToString(), staff.Email), await _app.ScalarAsync<string>($"SELECT concat(after->>'reason', '|', after->>'role', '|', subject) FROM audit_entries WHERE tenant_id = '{_tenant}' AND action = 'view-as.start'") is var row && row.Split('|') is [var reason, var told, var whom] ? (reason, told, whom) : default);
    }

    [Theory]
    [InlineData("", "TenantAdmin", true)]
    [InlineData("  abc  ", "TenantAdmin", true)]
    [InlineData("two\u0007bells", "TenantAdmin", true)]
    [InlineData(Reason, "Operator", true)]
    [InlineData(Reason, "Support", true)]
    [InlineData(Reason, "TenantAdmin", false)]
    public async Task Form_WithoutAReason_ForStaffRoles_OrForNoTenant_IsRefused(string reason, string role, bool isTenant)
    {
        using var staff = await StaffAsync(Role.Support);
        var answer = await staff.Client.SubmitAsync("/view-as", "view-as", ("Place", isTenant ? _tenant : "nobody-has-this"), ("As", role), ("Reason", reason));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.NotNull(answer.Alert);
        Assert.Equal(Reach.Platform, (await staff.CallerAsync()).ReachOf(Permission.ReadUsage));
        Assert.DoesNotContain(await RowsAsync(), static entry => entry.Action == "view-as.start");
    }

    [Theory]
    [InlineData(Role.TenantViewer)]
    [InlineData(Role.TenantAdmin)]
    public async Task Member_OfATenant_MayNot(Role role)
    {
        using var member = await SignedIn.AsAsync(_app, role, _tenant);
        Assert.Equal(HttpStatusCode.Forbidden, (await member.Client.GetAsync("/view-as")).Status);
        Assert.IsType<NotAllowed>(await _app.Get<StartViewAs>().ExecuteAsync(await member.PrincipalAsync(), _tenant, Role.TenantAdmin, Reason, CancellationToken.None));
        Assert.Equal(0, await _app.CountAsync($"member_sessions WHERE viewed_tenant = '{_tenant}'"));
    }

    /// <summary>Nothing that a request says of itself makes it a view, of this tenant or of another: neither for a session nor for a key.</summary>
    [Fact]
    public async Task Request_ThatSaysItViews_DoesNot()
    {
        using var member = await SignedIn.AsAsync(_app, Role.TenantViewer, _tenant);
        using var staff = await StaffAsync(Role.Support);
        foreach (var one in new[] { member, staff })
        {
            foreach (var header in new[] { "X-View-As", "console-view", "X-Tenant", "X-On-Behalf-Of" }) one.Client.Http.DefaultRequestHeaders.Add(header, $"TenantAdmin:{_tenant}");
            Assert.Null((await one.Client.GetAsync($"/account?console-view=TenantAdmin:{_tenant}&view-as={_tenant}&tenant={_tenant}")).Document.QuerySelector(".banner"));
        }
        // Not even a cookie that this app has sealed itself: only its ticket is read.
        using var forged = new PageClient(_app, $"console-session={SignedIn.Seal(_app, MemberCookies.Session, new Claim(MemberCookies.TicketClaim, member.Ticket), new Claim(Caller.ViewClaim, $"TenantAdmin:{_tenant}"), Caller.RoleAsClaim(Role.Operator, null))}");
        Assert.Null((await forged.GetAsync("/account")).Document.QuerySelector(".banner"));
        Assert.Equal(HttpStatusCode.Forbidden, (await forged.GetAsync("/keys")).Status);
        // A key is not asked who views.
        using var key = _app.Client();
        key.DefaultRequestHeaders.Add("X-View-As", _tenant);
        Assert.True((await key.GetAsync("/api/v1/tenants")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Form_FromAnotherSite_IsRefused()
    {
        using var staff = await StaffAsync(Role.Operator);
        using var body = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = "view-as", ["Place"] = _tenant, ["As"] = "TenantAdmin", ["Reason"] = Reason });
        using var answer = await staff.Client.Http.PostAsync("/view-as", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await RowsAsync());
    }

    /// <summary>Hidden or not: what writes asks, and whoever looks as a tenant is refused, with a row in that tenant's log that says for whom it was.</summary>
    [Fact]
    public async Task Write_WhileViewing_IsRefused_AndInTheTenantsAudit()
    {
        using var staff = await StaffAsync(Role.Operator);
        using var other = await SignedIn.AsAsync(_app, Role.TenantViewer, _tenant);
        await StartAsync(staff, Role.TenantAdmin);
        var (caller, principal, none) = (await staff.CallerAsync(), await staff.PrincipalAsync(), CancellationToken.None);
        var settings = new TenantSettings("Renamed", "UTC", null, null, null);
        Assert.IsType<NotAllowed>((await _app.Get<SaveTenant>().ExecuteAsync(_tenant, settings, caller, none)).Error);
        Assert.IsType<NotAllowed>((await _app.Get<SuspendTenant>().ExecuteAsync(_tenant, caller, none)).Error);
        Assert.IsType<NotAllowed>((await _app.Get<CreateTenant>().ExecuteAsync($"{_tenant}-2", "Two", "UTC", caller, none)).Error);
        Assert.IsType<NotAllowed>((await _app.Get<InviteMember>().ExecuteAsync(caller, "new@example.test", Role.TenantViewer, _tenant, none)).Error);
        Assert.IsType<NotAllowed>(await _app.Get<ChangeRole>().ExecuteAsync(caller, _tenant, other.Id, Role.TenantAdmin, none));
        Assert.IsType<NotAllowed>(await _app.Get<EndSession>().ExecuteForAsync(caller, other.Id, (await other.PrincipalAsync()).Session()!, none));
        // Of one's own account, too.
        Assert.IsType<OnlyLooking>(await _app.Get<ChangePassword>().ExecuteAsync(principal, SignedIn.Password, "a new and quiet otter", none));
        Assert.IsType<OnlyLooking>(await _app.Get<EndSession>().ExecuteOthersAsync(principal, none));
        Assert.IsType<OnlyLooking>(await _app.Get<RemovePasskey>().ExecuteAsync(principal, [1], none));
        Assert.IsType<OnlyLooking>(await _app.Get<AcceptInvitation>().ExecuteAsync("any", principal, new(null, null), none));
        // And no second view from within the first.
        Assert.IsType<NotAllowed>(await _app.Get<StartViewAs>().ExecuteAsync(principal, _tenant, Role.TenantAdmin, Reason, none));
        Assert.Equal(HttpStatusCode.Forbidden, (await staff.Client.GetAsync("/view-as")).Status);

        var account = await staff.Client.GetAsync("/account");
        Assert.Empty(account.Document.QuerySelectorAll("input[name=Current], input[name=PasskeyPassword]"));
        await Eventually.TrueAsync(async () => await _app.CountAsync($"audit_entries WHERE tenant_id = '{_tenant}' AND action = 'access.denied' AND on_behalf_of = '{_tenant}' AND actor = 'member:{staff.Email}'") >= 3);
    }

    [Fact]
    public async Task View_AfterAnHour_IsOver_AndTheLogSaysSoOnce()
    {
        using var staff = await StaffAsync(Role.Support);
        await StartAsync(staff, Role.TenantViewer);
        _app.Time.Now += StartViewAs.Lifetime - TimeSpan.FromSeconds(1);
        Assert.Equal(Reach.Of(_tenant), (await staff.CallerAsync()).ReachOf(Permission.ReadUsage));
        await _app.Get<EndViews>().ExecuteOverdueAsync(CancellationToken.None);
        Assert.NotNull((await staff.PrincipalAsync()).View());
        _app.Time.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(Reach.Platform, (await staff.CallerAsync()).ReachOf(Permission.ReadUsage));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _app.Get<EndViews>().ExecuteOverdueAsync(CancellationToken.None)));
        Assert.Equal([("view-as.start", _tenant), ("view-as.stop", _tenant)], await RowsAsync());
        Assert.Equal("its time was over", await _app.ScalarAsync<string>($"SELECT after->>'why' FROM audit_entries WHERE tenant_id = '{_tenant}' AND action = 'view-as.stop'"));
    }

    /// <summary>However a session ends, what it looked at ends with it, and a new sign-in begins as oneself.</summary>
    [Theory]
    [InlineData("sign-out")]
    [InlineData("ended by another")]
    [InlineData("replaced")]
    public async Task View_EndsWithItsSession(string how)
    {
        using var staff = await StaffAsync(Role.Support);
        await StartAsync(staff, Role.TenantAdmin);
        var session = (await staff.PrincipalAsync()).Session()!;
        switch (how)
        {
            case "sign-out":
                Assert.Null(await _app.Get<EndSession>().ExecuteAsync(await staff.PrincipalAsync(), session, CancellationToken.None));
                break;
            case "replaced":
                await _app.Get<EndSession>().ReplaceAsync(session, CancellationToken.None);
                break;
            default:
                using (var other = await SignedIn.AsAsync(_app, Role.Operator))
                    Assert.Null(await _app.Get<EndSession>().ExecuteForAsync(await other.CallerAsync(), staff.Id, session, CancellationToken.None));
                break;
        }
        Assert.Null(await _app.Get<MemberSessions>().FindAsync(staff.Ticket, CancellationToken.None));
        Assert.Equal(["view-as.start", "view-as.stop"], (await RowsAsync()).Select(static entry => entry.Action));
    }

    [Fact]
    public async Task Role_LostWhileViewing_EndsTheView()
    {
        using var staff = await StaffAsync(Role.Support);
        await SignedIn.GiveAsync(_app, staff.Id, Role.TenantViewer, "elsewhere");
        await StartAsync(staff, Role.TenantAdmin);
        await _app.ExecuteAsync($"DELETE FROM memberships WHERE member_id = '{staff.Id}' AND tenant_id = ''");
        Assert.Equal(Reach.Of("elsewhere"), (await staff.CallerAsync()).Reach);
    }

    /// <summary>A page that is open follows both ways.</summary>
    [Fact]
    public async Task OpenPage_OfTheSession_FollowsStartAndStop()
    {
        using var staff = await StaffAsync(Role.Operator);
        using var state = new MemberAuthenticationState(_app.Get<MemberSessions>(), _app.Get<IChangeFeed>(), _app.Time, NullLogger<MemberAuthenticationState>.Instance);
        var before = await staff.PrincipalAsync();
        state.SetAuthenticationState(Task.FromResult(new AuthenticationState(before)));
        async Task<Caller> ShownAsync() => Caller.Of((await state.GetAuthenticationStateAsync()).User);

        Assert.Null(await _app.Get<StartViewAs>().ExecuteAsync(before, _tenant, Role.TenantAdmin, Reason, CancellationToken.None));
        await Eventually.TrueAsync(async () => (await ShownAsync()).ReachOf(Permission.ReadUsage).Equals(Reach.Of(_tenant)));
        Assert.Null(await _app.Get<StopViewAs>().ExecuteAsync(await staff.PrincipalAsync(), CancellationToken.None));
        await Eventually.TrueAsync(async () => (await ShownAsync()).ReachOf(Permission.ReadUsage).IsPlatform);
    }

    private async Task<SignedIn> StaffAsync(Role role)
    {
        await _app.ExecuteAsync($"INSERT INTO tenants (tenant_id, name, time_zone, created_at) VALUES ('{_tenant}', '{_tenant}', 'UTC', '2026-01-01Z') ON CONFLICT DO NOTHING");
        return await SignedIn.AsAsync(_app, role);
    }

    private Task<Answered> StartAsync(SignedIn staff, Role role) => staff.Client.SubmitAsync($"/view-as?tenant={_tenant}", "view-as", ("Place", _tenant), ("As", role.ToString()), ("Reason", Reason));

    /// <summary>What the tenant's own log has of views, oldest first.</summary>
    private async Task<IEnumerable<(string Action, string? OnBehalfOf)>> RowsAsync() =>
        (await _app.Get<AuditQueries>().ListAsync(Reach.Of(_tenant), new(ConsoleApp.Now.AddDays(-1), ConsoleApp.Now.AddDays(30), Action: "view-as"), null, 50, CancellationToken.None)).Items.OrderBy(static row => row.Sequence).Select(static row => (row.Action, row.OnBehalfOf));
}
