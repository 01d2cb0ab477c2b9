using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage.Ingest;
using Npgsql;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>When more comes than the store takes.</summary>
public sealed class OverloadTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Dictionary<string, string?> SmallQueue = new() { ["Usage:QueueCapacity"] = "1000", ["Usage:Writers"] = "1" };

    private static JsonArray Events(string prefix, int count) => Json.Array(Enumerable.Range(0, count).Select(index => Json.Event($"{prefix}-{index}", "acme")));

    [Fact]
    public async Task Post_QueueFull_Is429WithRetryAfterAndTheRestIsWritten()
    {
        await using var app = await ConsoleApp.StartAsync(postgres, SmallQueue);
        using var client = app.Client();
        await using var connection = await app.Source.OpenConnectionAsync();
        await using var block = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("LOCK TABLE usage_keys IN ACCESS EXCLUSIVE MODE", connection)) await command.ExecuteNonQueryAsync();

        var first = client.SendUsageAsync(Events("first", 600));
        await Eventually.TrueAsync(() => app.Get<UsageWriter>().Waiting == 600);
        using var refused = await client.PostAsync("/api/v1/usage", Json.Body(Events("second", 600).ToJsonString()));
        await Json.ProblemAsync(refused, 429);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        var third = client.SendUsageAsync(Events("third", 400));
        Assert.False(first.IsCompleted);

        await block.RollbackAsync();
        Assert.Equal(600, (await first).Accepted);
        Assert.Equal(400, (await third).Accepted);
        Assert.Equal(600, (await client.SendUsageAsync(Events("second", 600))).Accepted);
        Assert.Equal(1600, await app.CountAsync("usage_events"));
        await Eventually.TrueAsync(() => app.Get<UsageWriter>().Waiting == 0);
    }

    [Fact]
    public async Task Post_BodyLargerThanTheQueue_IsTakenWhenTheQueueIsEmpty()
    {
        await using var app = await ConsoleApp.StartAsync(postgres, SmallQueue);
        using var client = app.Client();
        Assert.Equal(1500, (await client.SendUsageAsync(Events("large", 1500))).Accepted);
    }

    [Fact]
    public async Task Post_NoKeyConfigured_Is401ForEveryKey()
    {
        await using var app = await ConsoleApp.StartAsync(postgres, new Dictionary<string, string?> { ["Access:BootstrapKey"] = "" });
        foreach (var key in new[] { null, "", ConsoleApp.ApiKey })
        {
            using var client = app.Client(key);
            using var response = await client.PostAsync("/api/v1/usage", Json.Body("{}"));
            await Json.ProblemAsync(response, 401);
        }
    }
}
