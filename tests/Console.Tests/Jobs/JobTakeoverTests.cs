using System.Net.Http.Headers;
using AgentConsole.Tests.Testing;
using Npgsql;

namespace AgentConsole.Tests.Jobs;

/// <summary>Two nodes as processes on one store.</summary>
public sealed class JobTakeoverTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Name = "ReconcileUsage";

    [Fact]
    public async Task Node_KilledInTheMiddleOfAJob_IsTakenOverByTheOther()
    {
        var connectionString = await postgres.CreateDatabaseAsync(ConsoleApp.MigrateAsync);
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Console"] = $"{connectionString};Command Timeout=300", ["Roles"] = "Console,Jobs" };
        using var first = AppProcess.Start(settings);
        using var toFirst = Client(await first.AddressAsync());
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var hold = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, "LOCK TABLE usage_reconciliations IN ACCESS EXCLUSIVE MODE");
        (await toFirst.PostAsync($"/api/v1/jobs/{Name}/run", null)).EnsureSuccessStatusCode();
        await WaitAsync(async () => (await JobAsync(toFirst)).GetProperty("runningOn").ValueKind == System.Text.Json.JsonValueKind.String);

        using var second = AppProcess.Start(settings);
        using var toSecond = Client(await second.AddressAsync());
        first.Kill();
        await hold.RollbackAsync();

        await WaitAsync(async () => (await JobAsync(toSecond)).GetProperty("runs").GetInt64() >= 1);
        var job = await JobAsync(toSecond);
        Assert.Equal("succeeded", job.GetProperty("lastRun").GetProperty("outcome").GetString());
        Assert.Equal(0, job.GetProperty("failures").GetInt64());
    }

    private static HttpClient Client(Uri address)
    {
        var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ConsoleApp.ApiKey);
        return client;
    }

    private static async Task<System.Text.Json.JsonElement> JobAsync(HttpClient client) =>
        (await client.GetJsonAsync("/api/v1/jobs")).GetProperty("items").EnumerateArray().Single(static job => job.GetProperty("name").GetString() == Name);

    /// <summary>A dead node is given up after several of its check-ins were missed.</summary>
    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, deadline.Token);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
