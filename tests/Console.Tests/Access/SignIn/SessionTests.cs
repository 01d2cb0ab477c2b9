using AgentConsole.Access;
using AgentConsole.Access.Members;
using AgentConsole.Access.SignIn;
using AgentConsole.Platform.Live;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Access.SignIn;

public sealed class SessionTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly ConsoleApp _app = shared.App;

    [Fact]
    public async Task Session_IdleOrOld_HasEnded()
    {
        var began = _app.Time.Now;
        using var member = await SignedIn.AsAsync(_app, Role.TenantViewer, "acme");
        // Used every eleven hours it lives, until it is seven days old.
        for (var hours = 11; hours < 7 * 24; hours += 11)
        {
            _app.Time.Now = began.AddHours(hours);
            Assert.NotNull(await member.PrincipalAsync());
        }
        _app.Time.Now = began + MemberSessions.Lifetime;
        Assert.Null(await member.PrincipalAsync());
        using var idle = await SignedIn.AsAsync(_app, Role.TenantViewer, "acme");
        _app.Time.Now += TimeSpan.FromHours(12) + TimeSpan.FromSeconds(1);
        Assert.Null(await idle.PrincipalAsync());
    }

    [Fact]
    public async Task Sessions_OfOneMember_AreCapped()
    {
        using var member = await SignedIn.AsAsync(_app, Role.TenantViewer, "acme");
        for (var more = 0; more < MemberSessions.MaxPerMember; more++)
        {
            _app.Time.Now += TimeSpan.FromSeconds(1);
            await using var db = _app.Get<MemberDb>().Open();
            await _app.Get<MemberSessions>().BeginAsync(db, member.Id, "test", new(null, null), CancellationToken.None);
        }
        Assert.Equal(MemberSessions.MaxPerMember, await _app.CountAsync($"member_sessions WHERE member_id = '{member.Id}'"));
        Assert.Null(await member.PrincipalAsync());
    }

    [Fact]
    public async Task Sessions_OfOneself_AreListedAndEndedOnTheAccountPage()
    {
        using var member = await SignedIn.AsAsync(_app, Role.TenantViewer, "acme");
        using var other = await SignedIn.AsAsync(_app, Role.TenantViewer, "acme");
        string ticket;
        await using (var db = _app.Get<MemberDb>().Open())
            ticket = await _app.Get<MemberSessions>().BeginAsync(db, member.Id, "test", new("203.0.113.9", "Mozilla/5.0 (Windows) Firefox/130.0"), CancellationToken.None);
        var id = Convert.ToHexString(SecretLink.Hash(SecretLink.Session, ticket));
        var page = await member.Client.GetAsync("/account");
        Assert.Contains("Firefox on Windows", page.Text, StringComparison.Ordinal);
        Assert.Contains("203.0.113.9", page.Text, StringComparison.Ordinal);

        await member.Client.SubmitAsync("/account", $"end-{id}");

        Assert.Null(await _app.Get<MemberSessions>().FindAsync(ticket, CancellationToken.None));
        // Another member's is not one's own, whatever its name.
        Assert.IsType<UnknownSession>(await _app.Get<EndSession>().ExecuteAsync(await member.PrincipalAsync(), (await other.PrincipalAsync()).Session()!, CancellationToken.None));
        Assert.NotNull(await other.PrincipalAsync());
    }

    [Fact]
    public async Task PasswordChanged_EndsTheOthers()
    {
        var email = "changer@example.test";
        await SignedIn.MemberAsync(_app, email, (Role.TenantViewer, "acme"), SignedIn.Password);
        using var here = await SignInAsync(email);
        using var there = await SignInAsync(email);
        Assert.Equal(new WrongPassword().Message, (await here.SubmitAsync("/account", "password", ("Current", "wrong"), ("Next", "a new and quiet otter"))).Alert);
        Assert.Null((await here.SubmitAsync("/account", "password", ("Current", SignedIn.Password), ("Next", "a new and quiet otter"))).Alert);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await here.GetAsync("/account")).Status);
        Assert.Equal(System.Net.HttpStatusCode.Found, (await there.GetAsync("/account")).Status);
    }

    /// <summary>An open page: what it holds of its member follows at once on a signal, and by the clock when the signal is lost.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OpenPage_RoleChangedThenRevoked_FollowsBoth(bool isSignalled)
    {
        using var member = await SignedIn.AsAsync(_app, Role.TenantViewer, "acme");
        var ticks = new Ticks(_app.Time);
        using var state = new MemberAuthenticationState(_app.Get<MemberSessions>(), _app.Get<IChangeFeed>(), ticks, NullLogger<MemberAuthenticationState>.Instance);
        state.SetAuthenticationState(Task.FromResult(new AuthenticationState(await member.PrincipalAsync())));
        async Task<Caller> ShownAsync() => Caller.Of((await state.GetAuthenticationStateAsync()).User);
        void Tell()
        {
            if (isSignalled) _app.Get<IChangeFeed>().Signal(AgentConsole.Shell.Topics.Members);
            else ticks.Tick();
        }

        await _app.ExecuteAsync($"UPDATE memberships SET role = 2 WHERE member_id = '{member.Id}'");
        Tell();
        await Eventually.TrueAsync(async () => (await ShownAsync()).Can(Permission.ManageKeys, "acme"));

        await _app.ExecuteAsync($"DELETE FROM member_sessions WHERE member_id = '{member.Id}'");
        Tell();
        await Eventually.TrueAsync(async () => (await ShownAsync()).Name == Caller.Nobody.Name);
        Assert.InRange(ticks.Period, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    }

    private async Task<PageClient> SignInAsync(string email)
    {
        var client = new PageClient(_app);
        await client.SubmitAsync("/sign-in", "sign-in", ("Email", email), ("Password", SignedIn.Password));
        return client;
    }

    /// <summary>A clock whose timer fires when it is told.</summary>
    private sealed class Ticks(TimeProvider time) : TimeProvider
    {
        private TimerCallback? _callback;

        public TimeSpan Period { get; private set; }

        public void Tick() => _callback!(null);

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, Period) = (callback, period);
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
