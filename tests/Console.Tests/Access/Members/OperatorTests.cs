using AgentConsole.Access;
using AgentConsole.Access.Members;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.Members;

/// <summary>There is always an operator.</summary>
public sealed class OperatorTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Dictionary<string, string?> Configured = new() { ["Access:BootstrapAdmin:Email"] = "root@example.test", ["Access:BootstrapAdmin:Password"] = SignedIn.Password };

    [Fact]
    public async Task LastOperator_CannotBeRemovedOrDemoted()
    {
        await using var app = await ConsoleApp.StartAsync(postgres);
        using var last = await SignedIn.AsAsync(app, Role.Operator);
        var caller = await last.CallerAsync();
        Assert.IsType<LastOperator>(await app.Get<ChangeRole>().ExecuteAsync(caller, "", last.Id, null, CancellationToken.None));
        Assert.IsType<LastOperator>(await app.Get<ChangeRole>().ExecuteAsync(caller, "", last.Id, Role.Support, CancellationToken.None));
        using var second = await SignedIn.AsAsync(app, Role.Operator);

        // Each removes the other at the same moment.
        var other = await second.CallerAsync();
        var errors = await Task.WhenAll(
            app.Get<ChangeRole>().ExecuteAsync(caller, "", second.Id, null, CancellationToken.None),
            app.Get<ChangeRole>().ExecuteAsync(other, "", last.Id, null, CancellationToken.None));
        Assert.Single(errors, error => error is null);
        Assert.Equal(1, await app.CountAsync("memberships WHERE role = 4"));
    }

    [Fact]
    public async Task FirstOperator_Configured_IsMadeOnceAndSignsIn()
    {
        await using var app = await ConsoleApp.StartAsync(postgres, Configured);
        await Eventually.TrueAsync(async () => await app.CountAsync("memberships WHERE role = 4") == 1);
        using var client = new PageClient(app);
        Assert.Equal("/", (await client.SubmitAsync("/sign-in", "sign-in", ("Email", "ROOT@example.test "), ("Password", SignedIn.Password))).Location);

        // A second node with another password: there is an operator, so nothing is made or changed.
        await using var again = ConsoleApp.Start(app.ConnectionString, new Dictionary<string, string?>(Configured) { ["Access:BootstrapAdmin:Password"] = "another-otter-swims-93" });
        using var other = new PageClient(again);
        Assert.Equal("/", (await other.SubmitAsync("/sign-in", "sign-in", ("Email", "root@example.test"), ("Password", SignedIn.Password))).Location);
        Assert.Equal(1, await app.CountAsync("members"));
    }

    [Fact]
    public async Task FirstOperator_InDevelopment_IsPrintedOnce()
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__Console"] = await postgres.CreateDatabaseAsync(ConsoleApp.MigrateAsync),
            ["Demo__Enabled"] = "false",
            ["Roles"] = "Console",
        };
        using var first = AppProcess.Start(settings);
        var address = await first.AddressAsync();
        await Eventually.TrueAsync(() => first.Output.Contains("  password  ", StringComparison.Ordinal));
        var password = first.Output.Split("  password  ")[1].Split('\n')[0].Trim();
        using var client = new PageClient(address);
        Assert.Equal("/", (await client.SubmitAsync("/sign-in", "sign-in", ("Email", "admin@example.test"), ("Password", password))).Location);
        await first.StopAsync();

        using var second = AppProcess.Start(settings);
        await second.AddressAsync();
        await second.StopAsync();
        Assert.DoesNotContain("  password  ", second.Output, StringComparison.Ordinal);

        // The way back in for whoever runs the process.
        using var link = AppProcess.Start(settings, "reset-link", "admin@example.test");
        Assert.Equal(0, await link.ExitCodeAsync());
        Assert.Contains("/sign-in/reset?token=", link.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_BadAccessSettings_NamesEveryOneAndNoSecret()
    {
        using var app = AppProcess.Start(new Dictionary<string, string>
        {
            ["Access__BootstrapAdmin__Email"] = "nobody",
            ["Access__BootstrapAdmin__Password"] = "s3cr3t",
            ["Access__SessionIdleMinutes"] = "0",
            ["Access__BreachRange"] = "somewhere",
            ["Access__OAuth__ClientId"] = "console",
            ["Access__OAuth__Name"] = "Über",
            ["Access__OAuth__TokenEndpoint"] = "http://idp.example/token",
            ["Access__OAuth__GroupRoles__0__Group"] = "ops",
            ["Access__OAuth__GroupRoles__0__Role"] = "Emperor",
            ["Access__OAuth__GroupRoles__1__Group"] = "acme",
            ["Access__OAuth__GroupRoles__1__Role"] = "TenantAdmin",
        });
        Assert.Equal(1, await app.ExitCodeAsync());
        foreach (var key in new[]
        {
            "BootstrapAdmin__Email", "BootstrapAdmin__Password", "SessionIdleMinutes", "BreachRange", "OAuth__Name", "OAuth__TokenEndpoint", "OAuth__AuthorizationEndpoint",
            "OAuth__UserInformationEndpoint", "OAuth__ClientSecret", "OAuth__GroupRoles__0__Role", "OAuth__GroupRoles__1__Tenant",
        }) Assert.Contains($"- Access__{key}: ", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", app.Output, StringComparison.Ordinal);
    }
}
