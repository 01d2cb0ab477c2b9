using System.Net;
using System.Security.Claims;
using AgentConsole.Access;
using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Platform.Http;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Http;

namespace AgentConsole.Tests.Access.SignIn;

/// <summary>One way in is not another.</summary>
public sealed class SchemeTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Api = "/api/v1/usage/breakdown?from=2026-11-01&to=2026-11-20";

    [Fact]
    public async Task FallThroughWhenOneSchemeFails_CookieAtTheApi_Is401()
    {
        using var member = await SignedIn.AsAsync(shared.App, Role.Operator);
        Assert.Equal(HttpStatusCode.Unauthorized, (await member.Client.GetAsync(Api)).Status);
    }

    [Fact]
    public async Task FallThroughWhenOneSchemeFails_BadKeyWithAGoodCookie_Is401()
    {
        using var member = await SignedIn.AsAsync(shared.App, Role.Operator);
        member.Client.Http.DefaultRequestHeaders.Authorization = new("Bearer", "no-such-key-whatever");
        Assert.Equal(HttpStatusCode.Unauthorized, (await member.Client.GetAsync(Api)).Status);
    }

    [Fact]
    public async Task FallThroughWhenOneSchemeFails_GoodKeyAtAPage_IsAskedToSignIn()
    {
        using var client = new PageClient(shared.App);
        client.Http.DefaultRequestHeaders.Authorization = new("Bearer", ConsoleApp.ApiKey);
        Assert.Equal("/sign-in?returnUrl=%2Fusage", (await client.GetAsync("/usage")).Location);
    }

    [Theory]
    [InlineData("/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("/account/passkey")]
    public async Task Circuit_OfNobody_Is401(string path)
    {
        using var client = new PageClient(shared.App);
        using var response = await client.Http.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    /// <summary>Each cookie's value, under the session's name: sealed by the same keys, for another purpose.</summary>
    [Theory]
    [InlineData(MemberCookies.HalfWay)]
    [InlineData(MemberCookies.Passkey)]
    [InlineData(MemberCookies.External)]
    public async Task OneSecretForTwoPurposes_StepCookieAsSession_IsNobody(string scheme)
    {
        using var member = await SignedIn.AsAsync(shared.App, Role.Operator);
        var value = SignedIn.Seal(shared.App, scheme, new Claim(MemberCookies.TicketClaim, member.Ticket), new(MemberCookies.SubjectClaim, member.Id.ToString()));
        using var client = new PageClient(shared.App, $"console-session={value}");
        Assert.Equal("/sign-in?returnUrl=%2Faccount", (await client.GetAsync("/account")).Location);
    }

    [Fact]
    public async Task OneSecretForTwoPurposes_LinkOfOneKind_OpensNothingOfAnother()
    {
        using var admin = await SignedIn.AsAsync(shared.App, Role.Operator);
        var caller = await admin.CallerAsync();
        await SignedIn.GiveAsync(shared.App, (await SignedIn.AsAsync(shared.App, Role.TenantViewer, "acme")).Id, Role.TenantViewer, "globex");
        var invited = (await shared.App.Get<InviteMember>().ExecuteAsync(caller, "purpose@example.test", Role.TenantViewer, "acme", CancellationToken.None)).Value!;
        var reset = (await shared.App.Get<MakeResetLink>().ExecuteAsync(caller, admin.Id, CancellationToken.None)).Value!;
        using var client = new PageClient(shared.App);
        Assert.Contains(new LinkExpired().Message, (await client.GetAsync($"/sign-in/reset?token={invited.Secret}")).Alert, StringComparison.Ordinal);
        Assert.Contains(new LinkExpired().Message, (await client.GetAsync($"/sign-in/invitation?token={reset}")).Alert, StringComparison.Ordinal);
        Assert.Null(await shared.App.Get<MemberSessions>().FindAsync(reset, CancellationToken.None));
        // Were they kept in one table, they would still be told apart.
        Assert.Equal(3, new[] { SecretLink.Invitation, SecretLink.Reset, SecretLink.Session }.Select(purpose => Convert.ToHexString(SecretLink.Hash(purpose, reset))).Distinct().Count());
    }

    [Theory]
    [InlineData("X-Forwarded-User")]
    [InlineData("X-Remote-User")]
    [InlineData("X-MS-CLIENT-PRINCIPAL-NAME")]
    [InlineData("X-Auth-Request-Email")]
    [InlineData("X-WEBAUTH-USER")]
    [InlineData("Cf-Access-Authenticated-User-Email")]
    public async Task IdentityHeadersFromOutside_SayNothing(string header)
    {
        using var member = await SignedIn.AsAsync(shared.App, Role.Operator);
        using var client = new PageClient(shared.App);
        client.Http.DefaultRequestHeaders.Add(header, member.Email);
        client.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "127.0.0.1");
        Assert.Equal("/sign-in?returnUrl=%2Faccount", (await client.GetAsync("/account")).Location);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(Api)).Status);
    }

    [Fact]
    public async Task IdentityHeadersFromOutside_ForwardedAddress_IsNotTheOneThatIsKept()
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        await SignedIn.MemberAsync(shared.App, email, (Role.TenantViewer, "acme"), SignedIn.Password);
        using var client = new PageClient(shared.App);
        client.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        await client.SubmitAsync("/sign-in", "sign-in", ("Email", email), ("Password", SignedIn.Password));
        Assert.Equal(1, await shared.App.CountAsync($"member_sessions AS s JOIN members AS m USING (member_id) WHERE m.email = '{email}' AND s.address = '127.0.0.1'"));
    }

    [Theory]
    [InlineData("https", "__Host-console-session=")]
    [InlineData("http", "console-session=")]
    public void Cookie_OverHttps_IsBoundToTheHost(string scheme, string begins)
    {
        var context = new DefaultHttpContext { Request = { Scheme = scheme } };
        new PrefixedCookies().AppendResponseCookie(context, "console-session", "x", new() { Path = "/", Secure = context.Request.IsHttps, HttpOnly = true });
        Assert.StartsWith(begins, context.Response.Headers.SetCookie.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Two nodes over one store: what one seals the other opens, and a restart too.</summary>
    [Fact]
    public async Task ProtectionKeys_AreInTheStore_ForAllNodes()
    {
        using var member = await SignedIn.AsAsync(shared.App, Role.TenantViewer, "acme");
        Assert.Equal(HttpStatusCode.OK, (await member.Client.GetAsync("/account")).Status);
        await using var other = ConsoleApp.Start(shared.App.ConnectionString);
        using var client = new PageClient(other, member.Cookie);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/account")).Status);
        Assert.True(await shared.App.CountAsync("data_protection_keys") > 0);
    }
}
