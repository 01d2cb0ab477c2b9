using System.Net.Http.Headers;
using AgentConsole.Tests.Platform.Data.Embedded;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Ingest;

namespace AgentConsole.Tests.Platform;

/// <summary>The app as a process: how it starts, how it refuses to, how it dies.</summary>
public sealed class StartTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_SeveralBadValues_NamesEveryOneAndNoSecret()
    {
        using var app = AppProcess.Start(new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Data__Directory"] = _folder,
            ["Urls"] = "nonsense",
            ["Roles"] = "Console,Barista",
            ["Demo__Enabled"] = "perhaps",
            ["Demo__Days"] = "0",
            ["Usage__Writers"] = "99",
            ["Usage__QueueCapacity"] = "many",
            ["Usage__GroupSize"] = "-1",
            ["Access__BootstrapKey"] = "s3cr3t-key",
            ["ConnectionStrings__Console"] = "Host=x;Password=s3cr3t-password;Port=abc",
        });
        Assert.Equal(1, await app.ExitCodeAsync());
        foreach (var key in new[] { "Urls", "Roles", "Demo__Enabled", "Demo__Days", "Usage__Writers", "Usage__QueueCapacity", "Usage__GroupSize", "Access__BootstrapKey", "ConnectionStrings__Console" })
            Assert.Contains($"- {key}: ", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Migrate_MakesEveryTableAndExits_AndAgain()
    {
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Console"] = await postgres.CreateDatabaseAsync() };
        for (var round = 0; round < 2; round++)
        {
            using var app = AppProcess.Start(settings, "migrate");
            Assert.True(await app.ExitCodeAsync() == 0, app.Output);
            Assert.DoesNotContain("Now listening", app.Output, StringComparison.Ordinal);
        }
        await using var migrated = ConsoleApp.Start(settings["ConnectionStrings__Console"]);
        using var client = migrated.Client();
        await client.GetJsonAsync("/health/ready");
        Assert.Equal(1, (await client.SendUsageAsync(Json.Event("a", "acme"))).Accepted);
    }

    [Fact]
    public async Task Start_StoreCannotBeReached_SaysSoWithoutThePassword()
    {
        using var app = AppProcess.Start(new Dictionary<string, string> { ["ConnectionStrings__Console"] = "Host=127.0.0.1;Port=1;Username=u;Password=s3cr3t;Timeout=2" }, "migrate");
        Assert.Equal(1, await app.ExitCodeAsync());
        Assert.Contains("- ConnectionStrings__Console: ", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AddressTaken_SaysSo()
    {
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Console"] = await postgres.CreateDatabaseAsync(ConsoleApp.MigrateAsync), ["Roles"] = "Console" };
        using var first = AppProcess.Start(settings);
        settings["Urls"] = (await first.AddressAsync()).ToString();
        using var second = AppProcess.Start(settings);
        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains("- Urls: ", second.Output, StringComparison.Ordinal);
        Assert.Equal(0, await first.StopAsync());
    }

    /// <summary>Two rounds of dying while four senders send: the app alone, then the app and its PostgreSQL. What was acknowledged is there, once.</summary>
    [Fact]
    public async Task Kill_InMidIngest_LosesNothingAcknowledgedAndDoublesNothing()
    {
        var settings = new Dictionary<string, string> { ["Data__Directory"] = _folder, ["Roles"] = "Console" };
        using (var migrate = AppProcess.Start(settings, "migrate")) Assert.True(await migrate.ExitCodeAsync() == 0, migrate.Output);
        var app = AppProcess.Start(settings);
        var sender = new Sender("acme") { Client = Client(await app.AddressAsync()) };
        await SecondInstanceIsRefusedAsync(settings);
        for (var round = 0; round < 2; round++)
        {
            using var stop = new CancellationTokenSource();
            var acknowledged = sender.Acknowledged;
            var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => sender.RunAsync(stop.Token)));
            await Eventually.TrueAsync(() => sender.Acknowledged > acknowledged + 200);
            app.Kill();
            if (round == 1) EmbeddedServer.Kill(EmbeddedServer.PostmasterPid(_folder));
            await stop.CancelAsync();
            await sending;
            app.Dispose();
            app = AppProcess.Start(settings);
            sender.Client.Dispose();
            sender.Client = Client(await app.AddressAsync());
        }
        await sender.ResendAllAsync();
        Assert.Equal(0, sender.Wrong);
        foreach (var groupBy in new[] { "model", "team" })
        {
            var total = (await sender.Client.GetJsonAsync($"/api/v1/usage/breakdown?tenant=acme&from=2024-05-06&to=2024-05-07&groupBy={groupBy}")).GetProperty("total");
            Assert.Equal((sender.Sent, sender.Sent * 3), (total.GetProperty("requests").GetInt64(), total.GetProperty("tokens").GetProperty("input").GetInt64()));
        }
        sender.Client.Dispose();
        Assert.True(await app.StopAsync() == 0, app.Output);
        Assert.Null(EmbeddedServer.PostmasterPid(_folder));
        app.Dispose();
    }

    private async Task SecondInstanceIsRefusedAsync(Dictionary<string, string> settings)
    {
        using var second = AppProcess.Start(settings);
        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains($"already uses the data directory '{_folder.Path}'", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
    }

    private static HttpClient Client(Uri address) => new()
    {
        BaseAddress = address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", ConsoleApp.ApiKey) },
    };
}
