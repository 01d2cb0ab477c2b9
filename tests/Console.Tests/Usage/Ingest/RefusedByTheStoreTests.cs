using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Ingest.Otlp;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>Items that pass every check of ours and that PostgreSQL refuses: a rule of the test's own stands for whatever that may be.</summary>
public sealed class RefusedByTheStoreTests(SharedApp shared) : IClassFixture<SharedApp>, IAsyncLifetime
{
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    public Task InitializeAsync() => shared.App.ExecuteAsync("""
        ALTER TABLE usage_events DROP CONSTRAINT IF EXISTS test_rule;
        ALTER TABLE usage_events ADD CONSTRAINT test_rule CHECK (model <> 'refused-1' AND (model <> 'overflow-1' OR 1 / (input - 7) IS NOT NULL))
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Post_OneItemRefused_IsRejectedWithItsErrorAndTheRestIsAccepted()
    {
        var events = Enumerable.Range(0, 20).Select(index => Json.Event($"e-{index}", _tenant, item => item["model"] = index == 11 ? "refused-1" : "gpt-5")).ToList();
        var answer = await shared.Client.SendUsageAsync(Json.Array(events));
        var rejected = Assert.Single(answer.Rejected);
        Assert.Equal((19, 0, 11, "e-11"), (answer.Accepted, answer.Duplicates, rejected.Index, rejected.Id));
        Assert.Contains("23514", rejected.Error, StringComparison.Ordinal);
        Assert.Equal(19, await shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'"));
        Assert.Equal(1, await shared.App.CountAsync($"usage_rejections WHERE tenant_id = '{_tenant}' AND event_id = 'e-11'"));
    }

    [Fact]
    public async Task Post_SentAgain_AnswersTheSameAndHasNothingTwice()
    {
        var body = Json.Array([Json.Event("a", _tenant), Json.Event("b", _tenant, static item => item["model"] = "refused-1"), Json.Event("c", _tenant)]).ToJsonString();
        await shared.Client.SendUsageAsync(body);
        var again = await shared.Client.SendUsageAsync(body);
        Assert.Equal((0, 2, 1), (again.Accepted, again.Duplicates, again.Rejected.Count));
        Assert.Equal(2, await shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'"));
    }

    [Fact]
    public async Task Post_ValueThatTheStoreCannotComputeWith_IsRejected()
    {
        var answer = await shared.Client.SendUsageAsync(Json.Event("a", _tenant, static item =>
        {
            item["model"] = "overflow-1";
            item["usage"]!["input"] = 7;
        }));
        Assert.Contains("22012", Assert.Single(answer.Rejected).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traces_OneSpanRefused_IsPartialSuccess()
    {
        var good = TestSpan.Of(1, "chat", """{"gen_ai.request.model":"gpt-5","gen_ai.usage.input_tokens":1}""");
        var bad = TestSpan.Of(2, "chat", """{"gen_ai.request.model":"refused-1","gen_ai.usage.input_tokens":1}""");
        using var response = await shared.Client.PostAsync("/v1/traces", Json.Body(TestSpan.Json(_tenant, good, bad).ToJsonString()));
        var partial = (await Json.ReadAsync(response)).GetProperty("partialSuccess");
        Assert.Equal("1", partial.GetProperty("rejectedSpans").GetString());
        Assert.Contains("23514", partial.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, await shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'"));
    }
}
