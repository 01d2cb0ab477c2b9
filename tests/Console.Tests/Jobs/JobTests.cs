using System.Net;
using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Jobs;
using AgentConsole.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Jobs;

/// <summary>A node with every role, as it is by default, on the real clock: the schedule has its own.</summary>
public sealed class JobTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Name = "ReconcileUsage";

    private ConsoleApp _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await ConsoleApp.StartAsync(postgres, new Dictionary<string, string?> { ["Roles"] = "Console,Jobs" }, static services => services.AddSingleton(TimeProvider.System));
        _client = _app.Client();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task List_OfANewNode_HasEveryJobAndWhenItRunsNext()
    {
        var list = await _client.GetJsonAsync("/api/v1/jobs");
        var jobs = list.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(_app.Get<IReadOnlyList<ScheduledJob>>().Select(static job => job.Name).Order(StringComparer.Ordinal), jobs.Select(static job => job.GetProperty("name").GetString()));
        Assert.All(jobs, static job =>
        {
            Assert.True(job.GetProperty("nextAt").GetDateTimeOffset() > TimeProvider.System.GetUtcNow().AddMinutes(-1));
            Assert.NotEqual("", job.GetProperty("does").GetString());
        });
    }

    [Fact]
    public async Task Run_AskedForByAnOperator_RunsOnceAndIsTold()
    {
        var asked = await _app.Get<RunJob>().ExecuteAsync(Name, Caller.Member("member:ada@example.test", [(Role.Operator, null)]), CancellationToken.None);
        Assert.True(asked.Ok);

        var run = Assert.Single(await RunsAsync());
        Assert.Equal("succeeded", run.GetProperty("outcome").GetString());
        Assert.Equal("hand", run.GetProperty("by").GetString());
        Assert.Equal(1L, await _app.CountAsync($"audit_entries WHERE tenant_id = '' AND action = 'jobs.run' AND subject = '{Name}' AND actor = 'member:ada@example.test'"));
        var row = (await _app.Get<JobQueries>().ReadAsync(CancellationToken.None)).Value!.Jobs.Single(static job => job.Job.Name == Name);
        Assert.Equal((JobOutcome.Succeeded, 0L), (row.Last!.Outcome, row.Record.Failures));
        Assert.True(row.Record.Runs >= 1);
    }

    [Fact]
    public async Task Run_ThatFails_IsToldAsFailedAndNeverInItsOwnWords()
    {
        await _app.ExecuteAsync("ALTER TABLE usage_reconciliations RENAME TO usage_reconciliations_away");
        using var asked = await _client.PostAsync($"/api/v1/jobs/{Name}/run", null);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);

        var run = Assert.Single(await RunsAsync());
        Assert.Equal("failed", run.GetProperty("outcome").GetString());
        Assert.DoesNotContain("usage_reconciliations", run.GetRawText(), StringComparison.Ordinal);
        Assert.Empty((await _client.GetJsonAsync($"/api/v1/jobs/{Name}/runs?outcome=succeeded")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData(Role.Support, null)]
    [InlineData(Role.TenantAdmin, "acme")]
    [InlineData(Role.TenantViewer, "acme")]
    public async Task Run_AskedForByAnyoneElse_IsRefused(Role role, string? tenant)
    {
        var asked = await _app.Get<RunJob>().ExecuteAsync(Name, Caller.Member("member:eve@example.test", [(role, tenant)]), CancellationToken.None);
        Assert.IsType<NotAllowed>(asked.Error);
        // Its schedule may run it meanwhile, as it may any job.
        Assert.Equal(0L, await _app.CountAsync("audit_entries WHERE action = 'jobs.run'"));
        Assert.DoesNotContain((await _app.Get<JobQueries>().ListRunsAsync(Name, null, 100, CancellationToken.None)).Value!.Items, static run => run.ByHand);
    }

    [Fact]
    public async Task Run_OfNoJob_IsNotFound()
    {
        using var asked = await _client.PostAsync("/api/v1/jobs/DropEverything/run", null);
        await Json.ProblemAsync(asked, 404);
        using var runs = await _client.GetAsync("/api/v1/jobs/DropEverything/runs");
        await Json.ProblemAsync(runs, 404);
    }

    [Fact]
    public async Task Run_WhileItRuns_IsAConflict()
    {
        await using var connection = await _app.Source.OpenConnectionAsync();
        await using var hold = await connection.BeginTransactionAsync();
        await using (var held = connection.CreateCommand())
        {
            held.CommandText = "LOCK TABLE usage_reconciliations IN ACCESS EXCLUSIVE MODE";
            await held.ExecuteNonQueryAsync();
        }
        using (var first = await _client.PostAsync($"/api/v1/jobs/{Name}/run", null)) Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        await Eventually.TrueAsync(async () => (await _app.Get<JobQueries>().ReadAsync(CancellationToken.None)).Value!.Jobs.Single(static job => job.Job.Name == Name).Running is not null);

        using (var again = await _client.PostAsync($"/api/v1/jobs/{Name}/run", null)) await Json.ProblemAsync(again, 409);

        await hold.RollbackAsync();
        Assert.Single(await RunsAsync());
    }

    /// <summary>Those asked for by hand, once the first has ended; the schedule may have its own.</summary>
    private async Task<IReadOnlyList<JsonElement>> RunsAsync()
    {
        List<JsonElement> runs = [];
        await Eventually.TrueAsync(async () =>
        {
            runs = [.. (await _client.GetJsonAsync($"/api/v1/jobs/{Name}/runs")).GetProperty("items").EnumerateArray().Where(static run => run.GetProperty("by").GetString() == "hand")];
            return runs.Count > 0;
        });
        return runs;
    }
}
