using System.Net;
using System.Text.Json;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Usage.Ingest.Otlp;

/// <summary>OpenRouter's broadcast.</summary>
public sealed class OpenRouterTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Path = "/api/v1/ingest/openrouter";

    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private static readonly TestSpan Span = TestSpan.Of(1, "chat", """
        {"gen_ai.operation.name":"chat","gen_ai.system":"openai","gen_ai.provider.name":"anthropic","gen_ai.request.model":"anthropic/claude-sonnet-4-5","gen_ai.response.model":"anthropic/claude-sonnet-4-5",
         "gen_ai.usage.input_tokens":"13244","gen_ai.usage.input_tokens.cached":"13216","gen_ai.usage.output_tokens":"120","gen_ai.usage.output_tokens.reasoning":"20","gen_ai.usage.total_cost":0.0058488,
         "gen_ai.prompt":"[{\"role\":\"user\"}]","openrouter.provider_slug":"anthropic","openrouter.api_key_name":"prod key","user.id":"u-17","session.id":"s-9","span.type":"generation"}
        """);

    private HttpRequestMessage Request(HttpMethod method, string body, bool test = false)
    {
        var request = new HttpRequestMessage(method, Path) { Content = Json.Body(body) };
        if (test) request.Headers.Add("X-Test-Connection", "true");
        return request;
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Send_Broadcast_IsPricedAsOpenRouters(string method)
    {
        using var response = await shared.Client.SendAsync(Request(new HttpMethod(method), TestSpan.Json(_tenant, Span).ToJsonString()));
        var answer = await Json.ReadAsync(response);
        Assert.Equal((1, 0, 0), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicates").GetInt32(), answer.GetProperty("rejected").GetArrayLength()));

        var request = await shared.Client.GetJsonAsync($"/api/v1/requests/{_tenant}/{Span.EventId}");
        Assert.Equal(("openrouter", "openrouter", "anthropic/claude-sonnet-4-5"), (request.GetProperty("source").GetString(), request.GetProperty("provider").GetString(), request.GetProperty("model").GetString()));
        Assert.Equal(("prod key", "u-17", "s-9", "anthropic"), (request.GetProperty("key").GetString(), request.GetProperty("user").GetString(), request.GetProperty("session").GetString(), request.GetProperty("tags").GetProperty("openrouter.provider").GetString()));
        Assert.Equal(("0.0058488", "0.0058488"), (request.GetProperty("cost").GetString(), request.GetProperty("costReported").GetString()));
        Assert.Equal(0, request.GetProperty("receipt").GetProperty("conflicts").GetArrayLength());
        Assert.DoesNotContain("role", request.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "")]
    [InlineData("PUT", "")]
    [InlineData("POST", "{}")]
    [InlineData("POST", """{"resourceSpans":[]}""")]
    public async Task Send_ConnectionTest_Is200(string method, string body)
    {
        using var response = await shared.Client.SendAsync(Request(new HttpMethod(method), body, test: true));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, (await Json.ReadAsync(response)).GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task Send_EmptyBodyThatIsNoTest_Is400()
    {
        using var response = await shared.Client.SendAsync(Request(HttpMethod.Post, ""));
        await Json.ProblemAsync(response, 400);
    }

    [Fact]
    public async Task Send_ConnectionTestWithoutKey_Is401()
    {
        using var stranger = shared.App.Client(null);
        using var response = await stranger.SendAsync(Request(HttpMethod.Post, "", test: true));
        await Json.ProblemAsync(response, 401);
    }

    [Fact]
    public async Task Send_BadSpan_IsRejectedByIndexAndId()
    {
        var bad = TestSpan.Of(2, "chat", """{"gen_ai.operation.name":"chat","gen_ai.request.model":"openai/gpt-5","gen_ai.usage.input_tokens":"-1"}""");
        using var response = await shared.Client.SendAsync(Request(HttpMethod.Post, TestSpan.Json(_tenant, Span, bad).ToJsonString()));
        var rejected = (await Json.ReadAsync(response)).GetProperty("rejected")[0];
        Assert.Equal((1, bad.EventId, "gen_ai.usage.input_tokens is negative"), (rejected.GetProperty("index").GetInt32(), rejected.GetProperty("id").GetString(), rejected.GetProperty("error").GetString()));
    }
}
