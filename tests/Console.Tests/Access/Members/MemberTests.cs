using System.Net;
using AgentConsole.Access;
using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.Members;

/// <summary>Who may let whom in, and out.</summary>
public sealed class MemberTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly CancellationToken None = CancellationToken.None;

    private ConsoleApp App => shared.App;

    [Fact]
    public async Task Invitation_Accepted_OpensTheOneTenant_Once()
    {
        using var admin = await SignedIn.AsAsync(App, Role.TenantAdmin, "invited");
        var email = Address();
        var secret = await InviteAsync(admin, email, Role.TenantViewer, "invited");
        using var client = new PageClient(App);
        var page = await client.GetAsync($"/sign-in/invitation?token={secret}");
        Assert.Contains($"{email} is invited as Viewer of invited", page.Document.Body!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await JoinAsync(client, secret, "password1234")).Alert);

        Assert.Equal("/", (await JoinAsync(client, secret, SignedIn.Password)).Location);

        var joined = await App.Get<MemberQueries>().ListAsync(await admin.CallerAsync(), null, None);
        Assert.Equal([("invited", Role.TenantViewer)], Assert.Single(joined, one => one.Email == email).Roles.Select(role => (role.Place, role.Role)));
        Assert.Contains(email, (await client.GetAsync("/account")).Text, StringComparison.Ordinal);
        using var second = new PageClient(App);
        Assert.Equal(new LinkExpired().Message, (await second.GetAsync($"/sign-in/invitation?token={secret}")).Alert);
        Assert.Equal(2, await App.CountAsync($"audit_entries WHERE tenant_id = 'invited' AND subject = '{email}' AND action IN ('member.invite', 'member.join')"));
    }

    [Fact]
    public async Task Invitation_OfAMember_IsTakenByThatMemberAlone()
    {
        using var admin = await SignedIn.AsAsync(App, Role.Operator);
        using var invited = await SignedIn.AsAsync(App, Role.TenantViewer, "first");
        using var other = await SignedIn.AsAsync(App, Role.TenantViewer, "first");
        await SignedIn.GiveAsync(App, other.Id, Role.TenantViewer, "second");
        var secret = await InviteAsync(admin, invited.Email, Role.TenantAdmin, "second");
        using var nobody = new PageClient(App);
        Assert.Null((await nobody.GetAsync($"/sign-in/invitation?token={secret}")).Document.QuerySelector("form"));

        Assert.Equal(new OtherMember(invited.Email).Message, (await other.Client.SubmitAsync($"/sign-in/invitation?token={secret}", "take")).Alert);
        Assert.Equal("/", (await invited.Client.SubmitAsync($"/sign-in/invitation?token={secret}", "take")).Location);

        var caller = await invited.CallerAsync();
        Assert.True(caller.Can(Permission.ManageMembers, "second"));
        Assert.False(caller.Can(Permission.ManageMembers, "first"));
    }

    [Fact]
    public async Task Invitation_WithdrawnReplacedOrOld_OpensNothing()
    {
        using var admin = await SignedIn.AsAsync(App, Role.TenantAdmin, "closing");
        var caller = await admin.CallerAsync();
        var (replaced, withdrawn) = (Address(), Address());
        var first = await InviteAsync(admin, replaced, Role.TenantViewer, "closing");
        var second = await InviteAsync(admin, replaced, Role.TenantAdmin, "closing");
        var third = await InviteAsync(admin, withdrawn, Role.TenantViewer, "closing");
        var listed = (await App.Get<MemberQueries>().ListInvitationsAsync(caller, null, None)).Single(open => open.Email == withdrawn);
        Assert.Null(await App.Get<WithdrawInvitation>().ExecuteAsync(caller, "closing", listed.Id, None));
        var accept = App.Get<AcceptInvitation>();
        Assert.Null(await accept.FindAsync(first, None));
        Assert.Null(await accept.FindAsync(third, None));
        Assert.NotNull(await accept.FindAsync(second, None));
        await App.ExecuteAsync("UPDATE invitations SET expires_at = '2026-11-20 17:59:59Z' WHERE tenant_id = 'closing'");
        Assert.IsType<LinkExpired>((await accept.ExecuteAsync(second, "Ada", SignedIn.Password, new(null, null), None)).Error);
        Assert.Equal(0, await App.CountAsync($"members WHERE email = '{replaced}'"));
    }

    /// <summary>Two who come with one link at once: one of them is a member then.</summary>
    [Fact]
    public async Task Invitation_AcceptedTwiceAtOnce_IsTakenOnce()
    {
        using var admin = await SignedIn.AsAsync(App, Role.TenantAdmin, "race");
        var secret = await InviteAsync(admin, Address(), Role.TenantViewer, "race");
        var accept = App.Get<AcceptInvitation>();
        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => accept.ExecuteAsync(secret, "Ada", SignedIn.Password, new(null, null), None)));
        Assert.Single(taken, one => one.Ok);
        Assert.All(taken.Where(one => !one.Ok), one => Assert.IsType<LinkExpired>(one.Error));
    }

    [Theory]
    [InlineData(Role.TenantViewer, Role.TenantViewer, "mine")]
    [InlineData(Role.TenantAdmin, Role.TenantViewer, "theirs")]
    [InlineData(Role.TenantAdmin, Role.Support, null)]
    [InlineData(Role.TenantAdmin, Role.Operator, null)]
    [InlineData(Role.Support, Role.TenantViewer, "mine")]
    [InlineData(Role.Support, Role.Operator, null)]
    public async Task Invite_BeyondOnesRole_IsRefusedAndAudited(Role own, Role given, string? tenant)
    {
        using var member = await SignedIn.AsAsync(App, own, own.IsStaff() ? null : "mine");
        using var there = await SignedIn.AsAsync(App, Role.TenantViewer, "theirs");
        var caller = await member.CallerAsync();
        Assert.IsType<NotAllowed>((await App.Get<InviteMember>().ExecuteAsync(caller, Address(), given, tenant, None)).Error);
        await Eventually.TrueAsync(async () => await App.CountAsync($"audit_entries WHERE action = 'access.denied' AND actor = '{caller.Name}' AND subject = 'member.invite'") == 1);
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("a@b@c")]
    [InlineData("Ada <ada@example.test>")]
    [InlineData("ada@example.test\r\nBcc: x@y.z")]
    [InlineData("")]
    public async Task Invite_NoAddress_IsRefused(string email)
    {
        using var admin = await SignedIn.AsAsync(App, Role.TenantAdmin, "mine");
        var caller = await admin.CallerAsync();
        Assert.IsType<InvalidEmail>((await App.Get<InviteMember>().ExecuteAsync(caller, email, Role.TenantViewer, "mine", None)).Error);
    }

    /// <summary>A role in a tenant that does not exist would be a role in whatever takes that name later; and none at all is the platform's log.</summary>
    [Theory]
    [InlineData("nowhere")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Invite_ToNoTenant_IsRefused(string? tenant)
    {
        using var admin = await SignedIn.AsAsync(App, Role.Operator);
        var caller = await admin.CallerAsync();
        Assert.False((await App.Get<InviteMember>().ExecuteAsync(caller, Address(), Role.TenantAdmin, tenant, None)).Ok);
    }

    [Fact]
    public async Task ObjectLevelAuthorization_OnMembersOfAnotherTenant_FindsNothing()
    {
        using var admin = await SignedIn.AsAsync(App, Role.TenantAdmin, "ours");
        using var foreign = await SignedIn.AsAsync(App, Role.TenantViewer, "foreign");
        using var staff = await SignedIn.AsAsync(App, Role.Support);
        var caller = await admin.CallerAsync();
        foreach (var other in new[] { foreign, staff })
        {
            var place = other == staff ? "" : "foreign";
            Assert.Null(await App.Get<MemberQueries>().FindAsync(caller, other.Id, None));
            Assert.Empty(await App.Get<MemberQueries>().ListSessionsAsync(caller, other.Id, None));
            Assert.IsType<UnknownMember>(await App.Get<ChangeRole>().ExecuteAsync(caller, place, other.Id, null, None));
            Assert.IsType<UnknownMember>((await App.Get<MakeResetLink>().ExecuteAsync(caller, other.Id, None)).Error);
            Assert.IsType<UnknownMember>(await App.Get<SecondFactor>().TurnOffForAsync(caller, other.Id, None));
            Assert.IsType<UnknownMember>(await App.Get<EndSession>().ExecuteForAsync(caller, other.Id, (await other.PrincipalAsync()).Session()!, None));
            Assert.NotNull(await other.PrincipalAsync());
        }
        Assert.DoesNotContain(await App.Get<MemberQueries>().ListAsync(caller, null, None), row => row.Id == foreign.Id || row.Id == staff.Id);
        Assert.Empty(await App.Get<MemberQueries>().ListAsync(caller, "foreign", None));
        Assert.Empty(await App.Get<MemberQueries>().ListInvitationsAsync(caller, "foreign", None));
    }

    /// <summary>With a reset link or a session of theirs, the admin of one tenant would be the admin of the other, or an operator.</summary>
    [Theory]
    [InlineData(Role.TenantAdmin, "elsewhere")]
    [InlineData(Role.Operator, null)]
    public async Task ObjectLevelAuthorization_OnMembersWithARoleElsewhere_StopsAtOnesOwn(Role role, string? tenant)
    {
        using var admin = await SignedIn.AsAsync(App, Role.TenantAdmin, "shared-here");
        using var both = await SignedIn.AsAsync(App, Role.TenantViewer, "shared-here");
        await SignedIn.GiveAsync(App, both.Id, role, tenant);
        var caller = await admin.CallerAsync();

        var row = await App.Get<MemberQueries>().FindAsync(caller, both.Id, None);
        Assert.Equal((false, "shared-here"), (row!.IsManaged, Assert.Single(row.Roles).Place));
        Assert.IsType<NotAllowed>((await App.Get<MakeResetLink>().ExecuteAsync(caller, both.Id, None)).Error);
        Assert.IsType<NotAllowed>(await App.Get<EndSession>().ExecuteForAsync(caller, both.Id, (await both.PrincipalAsync()).Session()!, None));
        Assert.IsType<UnknownMember>(await App.Get<ChangeRole>().ExecuteAsync(caller, tenant ?? "", both.Id, null, None));
        Assert.Null(await App.Get<ChangeRole>().ExecuteAsync(caller, "shared-here", both.Id, null, None));

        Assert.Equal(tenant is not null, !(await both.CallerAsync()).Reach.IsPlatform);
        Assert.Null(await App.Get<MemberQueries>().FindAsync(caller, both.Id, None));
    }

    [Fact]
    public async Task ChangeRole_OfAMember_HoldsFromTheNextRequest()
    {
        using var admin = await SignedIn.AsAsync(App, Role.TenantAdmin, "changing");
        using var member = await SignedIn.AsAsync(App, Role.TenantViewer, "changing");
        var caller = await admin.CallerAsync();
        Assert.Null(await App.Get<ChangeRole>().ExecuteAsync(caller, "changing", member.Id, Role.TenantAdmin, None));
        Assert.True((await member.CallerAsync()).Can(Permission.ManageKeys, "changing"));
        Assert.IsType<NotAllowed>(await App.Get<ChangeRole>().ExecuteAsync(caller, "changing", member.Id, Role.Operator, None));
        Assert.Null(await App.Get<ChangeRole>().ExecuteAsync(caller, "changing", member.Id, null, None));
        Assert.Equal("/sign-in?returnUrl=%2Faccount", (await member.Client.GetAsync("/account")).Location);
    }

    [Fact]
    public async Task ResetLink_Used_EndsEverySession_AndOpensOnce()
    {
        using var admin = await SignedIn.AsAsync(App, Role.TenantAdmin, "resetting");
        using var member = await SignedIn.AsAsync(App, Role.TenantViewer, "resetting");
        var caller = await admin.CallerAsync();
        var older = (await App.Get<MakeResetLink>().ExecuteAsync(caller, member.Id, None)).Value!;
        var secret = (await App.Get<MakeResetLink>().ExecuteAsync(caller, member.Id, None)).Value!;
        using var client = new PageClient(App);
        Assert.Equal(new LinkExpired().Message, (await client.GetAsync($"/sign-in/reset?token={older}")).Alert);

        Assert.Equal("/sign-in?reason=reset", (await client.SubmitAsync($"/sign-in/reset?token={secret}", "reset", ("Password", "a new and quiet otter"))).Location);

        Assert.Equal(HttpStatusCode.Found, (await member.Client.GetAsync("/account")).Status);
        Assert.Equal(new LinkExpired().Message, (await client.GetAsync($"/sign-in/reset?token={secret}")).Alert);
        Assert.Equal("/", (await client.SubmitAsync("/sign-in", "sign-in", ("Email", member.Email), ("Password", "a new and quiet otter"))).Location);
    }

    private async Task<string> InviteAsync(SignedIn admin, string email, Role role, string? tenant)
    {
        var caller = await admin.CallerAsync();
        var made = await App.Get<InviteMember>().ExecuteAsync(caller, email, role, tenant, None);
        Assert.True(made.Ok, made.Error?.Message);
        return made.Value.Secret;
    }

    private static Task<Answered> JoinAsync(PageClient client, string secret, string password) =>
        client.SubmitAsync($"/sign-in/invitation?token={secret}", "join", ("Name", "Ada"), ("Password", password));

    private static string Address() => $"{Guid.NewGuid():N}@example.test";
}
