using System.Net;
using AgentConsole.Access;
using AgentConsole.Access.SignIn;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.SignIn;

public sealed class SecondFactorTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(20000000000, "353130")]
    public void Code_IsThatOfTheRfc(long seconds, string code) =>
        Assert.Equal(code, Totp.CodeAt(Totp.Encode("12345678901234567890"u8), DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Fact]
    public async Task SignIn_WithASecondFactor_NeedsAFreshCodeOnce()
    {
        var (email, key, _) = await MemberAsync();
        using var client = new PageClient(shared.App);
        var half = await client.SubmitAsync("/sign-in?returnUrl=%2Fusage", "sign-in", ("Email", email), ("Password", SignedIn.Password));
        Assert.Equal("/sign-in/code?returnUrl=%2Fusage", half.Location);
        Assert.Equal("/sign-in?returnUrl=%2Faccount", (await client.GetAsync("/account")).Location);
        Assert.Equal(new WrongCode().Message, (await client.SubmitAsync(half.Location!, "code", ("Code", "000000"))).Alert);
        // The one that turned it on is used; the next is not.
        Assert.Equal(new WrongCode().Message, (await client.SubmitAsync(half.Location!, "code", ("Code", Totp.CodeAt(key, ConsoleApp.Now)))).Alert);
        var next = Totp.CodeAt(key, ConsoleApp.Now.AddSeconds(30));

        Assert.Equal("/usage", (await client.SubmitAsync(half.Location!, "code", ("Code", next))).Location);

        Assert.Contains(email, (await client.GetAsync("/account")).Text, StringComparison.Ordinal);
        using var replay = await HalfWayAsync(email);
        Assert.Equal(new WrongCode().Message, (await replay.SubmitAsync("/sign-in/code", "code", ("Code", next))).Alert);
    }

    [Fact]
    public async Task RecoveryCode_OpensOnce()
    {
        var (email, _, codes) = await MemberAsync();
        using var first = await HalfWayAsync(email);
        Assert.Equal("/", (await first.SubmitAsync("/sign-in/code", "code", ("Code", codes[3].ToLowerInvariant()))).Location);
        using var second = await HalfWayAsync(email);
        Assert.Equal(new WrongCode().Message, (await second.SubmitAsync("/sign-in/code", "code", ("Code", codes[3]))).Alert);
        Assert.Equal(7L, await shared.App.ScalarAsync<long>($"SELECT cardinality(recovery_codes)::bigint FROM members WHERE email = '{email}'"));
    }

    /// <summary>The right password between them gives no more tries.</summary>
    [Fact]
    public async Task Codes_Guessed_LockTheMember()
    {
        var (email, key, _) = await MemberAsync();
        var alerts = new List<string?>();
        for (var guess = 0; guess < 6; guess++)
        {
            using var client = await HalfWayAsync(email);
            alerts.Add(client.Cookie("console-half-way") is null ? "refused" : (await client.SubmitAsync("/sign-in/code", "code", ("Code", "000000"))).Alert);
        }
        Assert.Equal([.. Enumerable.Repeat(new WrongCode().Message, 5), "refused"], alerts);
        using var right = await HalfWayAsync(email);
        Assert.Null(right.Cookie("console-half-way"));
        Assert.NotNull(key);
    }

    [Fact]
    public async Task Code_WithoutThePasswordBefore_OpensNothing()
    {
        using var client = new PageClient(shared.App);
        Assert.Equal(new StepExpired().Message, (await client.SubmitAsync("/sign-in/code", "code", ("Code", "123456"))).Alert);
    }

    [Fact]
    public async Task TurnOff_NeedsThePassword()
    {
        var (email, key, _) = await MemberAsync();
        using var client = await HalfWayAsync(email);
        await client.SubmitAsync("/sign-in/code", "code", ("Code", Totp.CodeAt(key, ConsoleApp.Now.AddSeconds(30))));
        Assert.Equal(new WrongPassword().Message, (await client.SubmitAsync("/account", "turn-off", ("OffPassword", "wrong"))).Alert);
        Assert.Null((await client.SubmitAsync("/account", "turn-off", ("OffPassword", SignedIn.Password))).Alert);
        Assert.Equal(1, await shared.App.CountAsync($"members WHERE email = '{email}' AND totp_key IS NULL"));
    }

    /// <summary>Turns it on through the page, as a person does; the key is what the page shows.</summary>
    private async Task<(string Email, string Key, string[] Codes)> MemberAsync()
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        await SignedIn.MemberAsync(shared.App, email, (Role.TenantViewer, "acme"), SignedIn.Password);
        using var client = await HalfWayAsync(email);
        var key = (await client.GetAsync("/account")).Document.QuerySelector("input[name=Key]")!.GetAttribute("value")!;
        var on = await client.SubmitAsync("/account", "turn-on", ("Key", key), ("OnPassword", SignedIn.Password), ("Code", Totp.CodeAt(key, ConsoleApp.Now)));
        Assert.Equal((HttpStatusCode.OK, null), (on.Status, on.Alert));
        Assert.Equal(0, await shared.App.CountAsync($"members WHERE totp_key LIKE '%{key}%'"));
        return (email, key, on.Document.QuerySelector(".codes")!.TextContent.Split('\n'));
    }

    private async Task<PageClient> HalfWayAsync(string email)
    {
        var client = new PageClient(shared.App);
        await client.SubmitAsync("/sign-in", "sign-in", ("Email", email), ("Password", SignedIn.Password));
        return client;
    }
}
