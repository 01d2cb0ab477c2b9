using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Ingest.Otlp;
using AgentConsole.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentConsole.Tests.Usage.Contents;

/// <summary>A word that only texts have is sent by every way there is, to a tenant that stores texts and to one that does not, and then looked for everywhere.</summary>
public sealed class NoTextElsewhereTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Secret = "opensesame";
    private const string Storing = "storing";
    private const string Silent = "silent";

    /// <summary>Whoever turns the log up to look for something must not find this.</summary>
    private static readonly Dictionary<string, string?> Everything =
        new[] { "Default", "Microsoft", "Microsoft.EntityFrameworkCore.Database.Command", "AgentConsole.Access.Keys.ApiKeyAuthentication" }.ToDictionary(static name => $"Logging:LogLevel:{name}", static string? (_) => "Trace");

    private static readonly string[] Read =
    [
        "/api/v1/requests", "/api/v1/usage/breakdown?groupBy=tenant,user,model,prompt,tool", "/api/v1/usage/conflicts", "/api/v1/export/usage.csv?groupBy=user", "/api/v1/export/focus.csv", "/api/v1/tenants", "/api/v1/audit",
        "/api/v1/audit?tenant=storing", "/api/v1/requests/storing/whole", "/api/v1/requests/silent/whole", "/api/v1/requests/storing/l-whole", "/api/v1/requests/storing/texts", "/openapi/v1.json",
    ];

    [Fact]
    public async Task Texts_AreInTheirOwnTable_AndNowhereElse()
    {
        var sink = new Sink();
        await using var app = await ConsoleApp.StartAsync(postgres, Everything, services => services.AddSingleton<ILoggerProvider>(sink));
        using var client = app.Client();
        await app.KeepTextsAsync(Storing, keeps: true);
        foreach (var tenant in new[] { Storing, Silent }) await SendAsync(client, tenant);
        Assert.Contains(Secret, await client.TextsAsync(Storing, "texts", "input"), StringComparison.Ordinal);
        await app.RollUpAsync();

        Assert.Equal(["usage_contents"], await TablesWithAsync(app));
        Assert.Equal(0, await app.CountAsync($"usage_contents WHERE tenant_id <> '{Storing}'"));
        Assert.True(await app.CountAsync($"usage_rejections WHERE payload LIKE '%left out%'") >= 4);
        Assert.Equal(Storing, await app.ScalarAsync<string>("SELECT string_agg(DISTINCT tenant_id, ',') FROM usage_contents"));
        foreach (var path in Read) Assert.DoesNotContain(Secret, await client.GetStringAsync(path), StringComparison.Ordinal);
        Assert.True(sink.Lines.Count > 100, $"only {sink.Lines.Count} lines were logged");
        Assert.DoesNotContain(sink.Lines, static line => line.Contains(Secret, StringComparison.Ordinal));
    }

    private static async Task SendAsync(HttpClient client, string tenant)
    {
        await client.SendUsageAsync(Json.Array(
        [
            Json.Event("texts", tenant, static item => (item["input"], item["output"]) = (Secret, new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["text"] = Secret }) })),
            Json.Event("whole", tenant, static item =>
            {
                item.Remove("usage");
                item["rawUsage"] = JsonNode.Parse($$$"""{"id":"m","type":"message","role":"assistant","content":[{"type":"text","text":"{{{Secret}}}"}],"usage":{"input_tokens":7,"output_tokens":5}}""");
            }),
            Json.Event("refused", tenant, static item => (item["status"], item["input"], item["messages"], item["note"]) = ("odd", Secret, new JsonArray(new JsonObject { ["content"] = Secret }), $"the word is {Secret}")),
        ]));
        var litellm = new JsonArray();
        for (var index = 0; index < 2; index++)
            litellm.Add(JsonNode.Parse("""
                {"call_type":"acompletion","custom_llm_provider":"openai","model":"gpt-5","startTime":1795197600.1,"prompt_tokens":12,"completion_tokens":9,"messages":[{"role":"user","content":"opensesame"}],
                 "response":{"choices":[{"message":{"content":"opensesame"}}]},"metadata":{"mcp_tool_call_metadata":{"name":"find","arguments":{"q":"opensesame"},"result":"opensesame"}}}
                """)!.AsObject());
        for (var index = 0; index < 2; index++)
        {
            (litellm[index]!["id"], litellm[index]!["status"]) = index == 0 ? ("l-whole", "success") : ("l-refused", "odd");
            litellm[index]!["metadata"]!["user_api_key_org_id"] = tenant;
        }
        await client.SendAsync("/api/v1/ingest/litellm", Json.Body(litellm.ToJsonString()));
        var trace = tenant == Storing ? "5b8efff798038103d269b633813fc60c" : "6b8efff798038103d269b633813fc60c";
        const string Said = $$"""{"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.response.model":"gpt-5","gen_ai.prompt":"{{Secret}}","gen_ai.completion":"{{Secret}}","gen_ai.tool.call.arguments":"{{Secret}}","exception.message":"{{Secret}}"}""";
        var counted = TestSpan.Of(1, "chat", Said) with { Trace = trace };
        (counted.Attributes["gen_ai.usage.input_tokens"], counted.Attributes["gen_ai.usage.output_tokens"]) = (7L, 5L);
        using (await client.PostAsync("/v1/traces", Json.Body(TestSpan.Json(tenant, counted, TestSpan.Of(2, "chat", Said) with { Trace = trace }).ToJsonString()))) { }
        using var broken = await client.PostAsync("/api/v1/usage", Json.Body($$"""{"id":"x","input":"{{Secret}}" """));
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        Assert.DoesNotContain(Secret, await broken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Nobody knows whose this one is.
        await client.SendUsageAsync($$"""{"id":"whose","tenant":"not a tenant","input":"{{Secret}}","prompt":"{{Secret}}"}""");
    }

    /// <summary>Every table of the store, column by column as text.</summary>
    private static async Task<string[]> TablesWithAsync(ConsoleApp app)
    {
        var found = new List<string>();
        foreach (var table in await app.ScalarAsync<string[]>("SELECT array_agg(c.relname::text ORDER BY c.relname) FROM pg_class AS c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace"))
            if (await app.CountAsync($"\"{table}\" AS t WHERE t::text LIKE '%{Secret}%'") > 0) found.Add(table);
        return [.. found];
    }

    /// <summary>Keeps every line that anything logs.</summary>
    private sealed class Sink : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
