using System.Security.Cryptography;
using System.Text;
using AgentConsole.Access;
using AgentConsole.Access.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Access.SignIn;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("elevenchars")]
    [InlineData("password1234")]
    [InlineData("P@ssw0rdP@ssw0rd!")]
    [InlineData("qwertyuiop123")]
    [InlineData("111111111111")]
    [InlineData("abababababab")]
    [InlineData("123456789012")]
    [InlineData("AgentConsole2026!")]
    [InlineData("adalovelace2026")]
    [InlineData("Ada.Lovelace@example")]
    [InlineData("Summer2026Summer")]
    public async Task Password_ShortOrMadeOfWhatIsTriedFirst_IsRefused(string password) =>
        Assert.IsType<WeakPassword>(await Rules(null).CheckAsync(password, "ada.lovelace@example.test", CancellationToken.None));

    [Theory]
    [InlineData("quiet-otters-swim-93")]
    [InlineData("correct lamp under thursday")]
    [InlineData("x7#Kp2!vQz9$")]
    [InlineData("пароль-для-выдр")]
    public async Task Password_LongAndOnesOwn_IsTakenWithoutRulesOfComposition(string password) =>
        Assert.Null(await Rules(null).CheckAsync(password, "ada.lovelace@example.test", CancellationToken.None));

    [Fact]
    public async Task Password_LongerThanIsHashed_IsRefused() => Assert.NotNull(await Rules(null).CheckAsync(new string('x', 60) + Guid.NewGuid() + Guid.NewGuid(), "a@b.c", CancellationToken.None));

    /// <summary>The service is told five digits of the hash and no more; what it lists is refused, padding of it is not.</summary>
    [Fact]
    public async Task Breached_KnownToTheService_IsRefused()
    {
        var asked = new List<string>();
        await using var service = await ServiceAsync(prefix =>
        {
            lock (asked) asked.Add(prefix);
            return $"{Hash("quiet-otters-swim-93")[5..]}:42\r\n{Hash("other-otters-swim-93")[5..]}:0\r\n";
        });
        var rules = Rules(new(service.Urls.First() + "/range/"));
        Assert.IsType<WeakPassword>(await rules.CheckAsync("quiet-otters-swim-93", "a@b.c", CancellationToken.None));
        Assert.Null(await rules.CheckAsync("other-otters-swim-93", "a@b.c", CancellationToken.None));
        Assert.Equal([Hash("quiet-otters-swim-93")[..5], Hash("other-otters-swim-93")[..5]], asked);
    }

    [Fact]
    public async Task Breached_ServiceAway_IsNotRefused() =>
        Assert.Null(await Rules(new("http://127.0.0.1:1/range/")).CheckAsync("quiet-otters-swim-93", "a@b.c", CancellationToken.None));

    private static PasswordRules Rules(Uri? range)
    {
        var services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
        return new(new BreachRange(new AccessOptions { BreachRange = range }, services.GetRequiredService<IHttpClientFactory>(), NullLogger<BreachRange>.Instance));
    }

    private static async Task<WebApplication> ServiceAsync(Func<string, string> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/range/{prefix}", (string prefix) => Results.Text(answer(prefix)));
        await app.StartAsync();
        return app;
    }

    private static string Hash(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
}
