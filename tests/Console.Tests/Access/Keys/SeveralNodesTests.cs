using System.Diagnostics;
using System.Net;
using AgentConsole.Access;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Contents;

namespace AgentConsole.Tests.Access.Keys;

/// <summary>What is decided about a key or a tenant on one node holds on every other within five seconds: told over Redis, or noticed without it.</summary>
public sealed class SeveralNodesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Reading = "/api/v1/requests";
    private static readonly TimeSpan OnABusyMachine = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Changes_HoldEverywhereWithinFiveSeconds(bool withRedis)
    {
        using var redis = withRedis ? await RedisServer.StartAsync() : null;
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = redis?.ConnectionString };
        await using var here = await ConsoleApp.StartAsync(postgres, settings);
        await using var there = ConsoleApp.Start(here.ConnectionString, settings);
        using var admin = here.Client();
        await admin.CreateTenantAsync("acme");
        var key = await admin.CreateKeyAsync("acme", ["read", "ingest"]);
        using var client = there.Client(key.Secret);

        await WithinAsync(async () => await client.StatusAsync(Reading) == HttpStatusCode.OK);
        await PostAsync(admin, "/api/v1/tenants/acme/suspend");
        await WithinAsync(async () => await IngestAsync(client) == HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(Reading));
        await PostAsync(admin, "/api/v1/tenants/acme/resume");
        await WithinAsync(async () => await IngestAsync(client) == HttpStatusCode.OK);
        foreach (var keeps in new[] { true, false })
        {
            await here.KeepTextsAsync("acme", keeps);
            await WithinAsync(() => Task.FromResult(there.Get<CurrentAccess>().KeepsContents("acme") == keeps));
        }
        using var revoked = await admin.DeleteAsync($"/api/v1/keys/{key.Id}");
        await WithinAsync(async () => await client.StatusAsync(Reading) == HttpStatusCode.Unauthorized);
    }

    private static async Task WithinAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(condition);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, OnABusyMachine);
    }

    private static async Task<HttpStatusCode> IngestAsync(HttpClient client)
    {
        using var response = await client.PostAsync("/api/v1/usage", Json.Body(Json.Event("a", null).ToJsonString()));
        return response.StatusCode;
    }

    private static async Task PostAsync(HttpClient client, string path)
    {
        using var response = await client.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
