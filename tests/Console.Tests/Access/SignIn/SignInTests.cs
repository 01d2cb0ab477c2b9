using System.Net;
using AgentConsole.Access;
using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Access.SignIn;

/// <summary>The sign-in form, as a browser uses it.</summary>
public sealed class SignInTests(SignInTests.CountingApp shared) : IClassFixture<SignInTests.CountingApp>
{
    private readonly ConsoleApp _app = shared.App;
    private readonly CountingHasher _hasher = shared.Hasher;

    [Fact]
    public async Task SignIn_RightPassword_OpensThePageAskedFor_AndIsAudited()
    {
        var email = await MemberAsync();
        using var client = new PageClient(_app);
        var asked = await client.GetAsync("/usage?range=7d");
        Assert.Equal("/sign-in?returnUrl=%2Fusage%3Frange%3D7d", asked.Location);

        var answer = await SubmitAsync(client, email, SignedIn.Password, asked.Location!);

        Assert.Equal((HttpStatusCode.Found, "/usage?range=7d"), (answer.Status, answer.Location));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/usage?range=7d")).Status);
        Assert.Equal(1, await _app.CountAsync($"audit_entries WHERE action = 'member.sign-in' AND tenant_id = 'acme' AND subject = '{email}' AND address = '127.0.0.1'"));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public async Task OpenRedirect_AfterSignIn_StaysHere(string returnUrl)
    {
        var email = await MemberAsync();
        using var client = new PageClient(_app);

        var answer = await SubmitAsync(client, email, SignedIn.Password, $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Equal("/", answer.Location);
        Assert.Equal("/", (await client.GetAsync($"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}")).Location);
    }

    /// <summary>The same words, the same status, and one password check each: nothing tells who is a member, nor who is locked.</summary>
    [Fact]
    public async Task UserEnumeration_UnknownWrongPasswordlessOrLocked_AreAnsweredAlike()
    {
        var known = await MemberAsync();
        var passwordless = $"{Guid.NewGuid():N}@example.test";
        await SignedIn.MemberAsync(_app, passwordless, (Role.TenantViewer, "acme"));
        var locked = await MemberAsync();
        await _app.ExecuteAsync($"UPDATE members SET locked_until = '2027-01-01Z', failed_attempts = 5 WHERE email = '{locked}'");
        var answers = new List<(HttpStatusCode, string?, string, int)>();
        foreach (var (email, password) in new[] { ("nobody@example.test", "x"), (known, "wrong"), (passwordless, "x"), (locked, SignedIn.Password), (known, new string('x', 5000)) })
        {
            using var client = new PageClient(_app);
            var before = _hasher.Verified;
            var answer = await SubmitAsync(client, email, password);
            answers.Add((answer.Status, answer.Alert, client.Cookie("console-session") ?? "", password.Length > PasswordRules.MaxLength ? 1 : _hasher.Verified - before));
        }
        Assert.Equal((HttpStatusCode.OK, new SignInRefused().Message, "", 1), Assert.Single(answers.Distinct()));
        Assert.Equal(0, await _app.CountAsync("audit_entries WHERE action = 'member.sign-in-failed' AND subject = 'nobody@example.test'"));
        Assert.NotEqual(0, await _app.CountAsync("audit_entries WHERE action = 'member.sign-in-failed' AND subject = 'unknown address'"));
    }

    [Fact]
    public async Task UserEnumeration_PasswordForgotten_IsAnsweredAlike()
    {
        var known = await MemberAsync();
        using var client = new PageClient(_app);
        var forKnown = await client.SubmitAsync("/sign-in/forgotten", "forgotten", ("Email", known));
        var forUnknown = await client.SubmitAsync("/sign-in/forgotten", "forgotten", ("Email", "nobody@example.test"));
        Assert.Equal(forKnown.Document.QuerySelector(".card")!.TextContent, forUnknown.Document.QuerySelector(".card")!.TextContent);
        Assert.Equal(1, await _app.CountAsync($"members WHERE reset_asked_at IS NOT NULL AND email = '{known}'"));
    }

    /// <summary>A ticket that someone planted in the browser, sealed as ours are: the sign-in gets one of its own, and the planted one is worth nothing after it.</summary>
    [Fact]
    public async Task SessionFixation_TicketPlantedBefore_IsNotTheOneThatOpens()
    {
        var email = await MemberAsync();
        var planted = SecretLink.New();
        using var client = new PageClient(_app, $"console-session={SignedIn.Seal(_app, MemberCookies.Session, new System.Security.Claims.Claim(MemberCookies.TicketClaim, planted))}");

        Assert.Equal("/", (await SubmitAsync(client, email, SignedIn.Password)).Location);

        Assert.Contains(email, (await client.GetAsync("/account")).Text, StringComparison.Ordinal);
        Assert.Null(await _app.Get<MemberSessions>().FindAsync(planted, CancellationToken.None));
    }

    /// <summary>A whole session was planted, and the person becomes someone else in it: it ends then.</summary>
    [Fact]
    public async Task SessionFixation_SessionPlantedBefore_Ends()
    {
        using var planted = await SignedIn.AsAsync(_app, Role.TenantAdmin, "acme");
        var invited = (await _app.Get<InviteMember>().ExecuteAsync(await planted.CallerAsync(), "fixed@example.test", Role.TenantViewer, "acme", CancellationToken.None)).Value!;

        var joined = await planted.Client.SubmitAsync($"/sign-in/invitation?token={invited.Secret}", "join", ("Name", "Ada"), ("Password", SignedIn.Password));

        Assert.Equal("/", joined.Location);
        Assert.Contains("fixed@example.test", (await planted.Client.GetAsync("/account")).Text, StringComparison.Ordinal);
        Assert.Null(await _app.Get<MemberSessions>().FindAsync(planted.Ticket, CancellationToken.None));
    }

    [Fact]
    public async Task SignIn_Again_EndsTheSessionThatTheBrowserHad()
    {
        var email = await MemberAsync();
        using var first = new PageClient(_app);
        await SubmitAsync(first, email, SignedIn.Password);
        var stolen = $"console-session={first.Cookie("console-session")}";
        await first.SubmitAsync("/account", "sign-out");
        using var thief = new PageClient(_app, stolen);
        Assert.Equal("/sign-in?returnUrl=%2Faccount", (await thief.GetAsync("/account")).Location);
        Assert.Equal(1, await _app.CountAsync($"audit_entries WHERE action = 'member.sign-out' AND subject = '{email}'"));
    }

    [Fact]
    public async Task Lockout_FiveWrongAtOnceOrInTurn_RefusesTheRightOneForAWhile()
    {
        var email = await MemberAsync();
        var signIn = _app.Get<SignInWithPassword>();
        var before = _hasher.Verified;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => signIn.ExecuteAsync(email, "wrong-password", new(null, null), CancellationToken.None)));
        Assert.Equal(20, _hasher.Verified - before);
        Assert.Equal(5, await _app.CountAsync($"audit_entries WHERE action = 'member.sign-in-failed' AND subject = '{email}' AND after->>'locked' = 'false'"));

        Assert.IsType<SignInRefused>((await signIn.ExecuteAsync(email, SignedIn.Password, new(null, null), CancellationToken.None)).Error);
        _app.Time.Now += Attempts.Pause + TimeSpan.FromSeconds(1);
        Assert.True((await signIn.ExecuteAsync(email, SignedIn.Password, new(null, null), CancellationToken.None)).Ok);
        Assert.Equal(1, await _app.CountAsync($"members WHERE email = '{email}' AND failed_attempts = 0 AND locked_until IS NULL"));
    }

    [Fact]
    public async Task Cookies_OfSignIn_AreForTheServerAlone()
    {
        var email = await MemberAsync();
        using var client = new PageClient(_app);
        var answer = await SubmitAsync(client, email, SignedIn.Password);
        var session = answer.SetCookies.Split('\n').Single(cookie => cookie.StartsWith("console-session=", StringComparison.Ordinal));
        Assert.Contains("; path=/; samesite=lax; httponly", session, StringComparison.Ordinal);
        Assert.DoesNotContain("expires", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("frame-ancestors 'none'", await PolicyAsync(client), StringComparison.Ordinal);
    }

    /// <summary>Also of the answer to a form, which is a page too.</summary>
    private static async Task<string> PolicyAsync(PageClient client)
    {
        using var content = new FormUrlEncodedContent([]);
        using var response = await client.Http.PostAsync("/sign-in", content);
        return string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
    }

    private static Task<Answered> SubmitAsync(PageClient client, string email, string password, string path = "/sign-in") =>
        client.SubmitAsync(path, "sign-in", ("Email", email), ("Password", password));

    private async Task<string> MemberAsync()
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        await SignedIn.MemberAsync(_app, email, (Role.TenantViewer, "acme"), SignedIn.Password);
        return email;
    }

    public sealed class CountingApp : IAsyncLifetime
    {
        private readonly PostgresFixture _postgres = new();

        internal CountingHasher Hasher { get; } = new();

        internal ConsoleApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await ConsoleApp.StartAsync(_postgres, services: services => services.AddSingleton<IPasswordHasher<Member>>(Hasher));

        public async Task DisposeAsync()
        {
            await App.DisposeAsync();
            await _postgres.DisposeAsync();
        }
    }

    /// <summary>Counts what costs the time that an attacker could measure.</summary>
    internal sealed class CountingHasher : IPasswordHasher<Member>
    {
        private readonly PasswordHasher<Member> _real = new(Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 1000 }));
        private int _verified;

        public int Verified => _verified;

        public string HashPassword(Member user, string password) => _real.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Member user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref _verified);
            return _real.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
