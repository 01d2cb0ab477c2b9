using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Access.Audit;

/// <summary><c>verify-audit</c>, as an operator or a schedule runs it.</summary>
public sealed class VerifyCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Command_SaysWhatBreaks_ByItsExitCodeToo()
    {
        var connectionString = await postgres.CreateDatabaseAsync(ConsoleApp.MigrateAsync);
        await using (var app = ConsoleApp.Start(connectionString))
        {
            await app.WriteAsync("acme", 4);
            await app.WriteAsync("globex", 2);
        }
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Console"] = connectionString };
        var (code, output) = await RunAsync(settings, "verify-audit");
        Assert.True(code == 0, output);
        Assert.Contains("whole   acme  4 entries", output, StringComparison.Ordinal);
        await using (var app = ConsoleApp.Start(connectionString)) await app.ExecuteAsync("DELETE FROM audit_entries WHERE tenant_id = 'acme' AND sequence = 2");
        (code, output) = await RunAsync(settings, "verify-audit");
        Assert.True(code == 1, output);
        Assert.Contains("BROKEN  acme", output, StringComparison.Ordinal);
        Assert.Contains("entry 2 is missing", output, StringComparison.Ordinal);
        Assert.Contains("whole   globex", output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(settings, "verify-audit", "--tenant", "globex")).Code);
        Assert.Equal(2, (await RunAsync(settings, "verify-audit", "acme")).Code);
    }

    private static async Task<(int Code, string Output)> RunAsync(Dictionary<string, string> settings, params string[] arguments)
    {
        using var app = AppProcess.Start(settings, arguments);
        return (await app.ExitCodeAsync(), app.Output);
    }
}
