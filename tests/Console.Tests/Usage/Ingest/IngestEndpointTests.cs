using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>What the ingestion endpoints answer, and that they answer the truth.</summary>
public sealed class IngestEndpointTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Path = "/api/v1/usage";

    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private HttpClient Client => shared.Client;

    private JsonObject Event(string id, Action<JsonObject>? change = null) => Json.Event(id, _tenant, change);

    private Task<long> RowsAsync() => shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}'");

    [Fact]
    public async Task Post_Object_IsAcceptedAndKept()
    {
        var answer = await Client.SendUsageAsync(Event("a"));
        Assert.Equal((1, 0, 0), (answer.Accepted, answer.Duplicates, answer.Rejected.Count));
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task Post_Answer_HasExactlyTheContractsFields()
    {
        using var response = await Client.PostAsync(Path, Json.Body(Json.Array([Event("a"), new JsonObject { ["id"] = "b" }]).ToJsonString()));
        var answer = await Json.ReadAsync(response);
        Assert.Equal(["accepted", "duplicates", "rejected"], answer.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["index", "id", "error"], answer.GetProperty("rejected")[0].EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\n\n  \n")]
    public async Task Post_Lines_AreItems(string newline)
    {
        var answer = await Client.SendUsageAsync(string.Join(newline, Event("a").ToJsonString(), Event("b").ToJsonString(), Event("c").ToJsonString()) + newline);
        Assert.Equal(3, answer.Accepted);
    }

    [Fact]
    public async Task Post_BrokenLine_RejectsThatLineOnly()
    {
        var answer = await Client.SendUsageAsync($"{Event("a").ToJsonString()}\n{{\"id\":\"b\",\n7\n{Event("c").ToJsonString()}");
        Assert.Equal(2, answer.Accepted);
        Assert.Equal([1, 2], answer.Rejected.Select(item => item.Index));
        Assert.StartsWith("is not JSON", answer.Rejected[0].Error, StringComparison.Ordinal);
        Assert.Equal("is not an object", answer.Rejected[1].Error);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    public async Task Post_Gzip_IsUnpacked(string encoding)
    {
        var answer = await Client.SendAsync(Path, Json.Body(Json.Gzip(Encoding.UTF8.GetBytes(Event("a").ToJsonString())), encoding));
        Assert.Equal(1, answer.Accepted);
    }

    [Fact]
    public async Task Post_ByteOrderMark_IsSkipped()
    {
        Assert.Equal(1, (await Client.SendAsync(Path, Json.Body([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Event("a").ToJsonString())]))).Accepted);
    }

    [Fact]
    public async Task Post_EmptyArray_AcceptsNothing()
    {
        var answer = await Client.SendUsageAsync("[]");
        Assert.Equal((0, 0, 0), (answer.Accepted, answer.Duplicates, answer.Rejected.Count));
    }

    [Fact]
    public async Task Post_BadItems_AreRejectedByIndexAndIdAndKept()
    {
        var answer = await Client.SendUsageAsync(Json.Array([Event("a"), Event("b", item => item.Remove("model")), JsonValue.Create(7), Event("d")]));
        Assert.Equal(2, answer.Accepted);
        Assert.Equal([new(1, "b", "model is required"), new(2, null, "is not an object")], answer.Rejected);
        Assert.Equal(1, await shared.App.CountAsync($"usage_rejections WHERE tenant_id = '{_tenant}' AND event_id = 'b' AND error = 'model is required' AND payload LIKE '{{%'"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("\"text\"")]
    [InlineData("17")]
    [InlineData("null")]
    [InlineData("{\"id\":1}}")]
    public async Task Post_Unparseable_Is400(string body)
    {
        using var response = await Client.PostAsync(Path, Json.Body(body));
        await Json.ProblemAsync(response, 400);
    }

    [Fact]
    public async Task Post_TruncatedArray_Is400AndStoresNothing()
    {
        using var response = await Client.PostAsync(Path, Json.Body($"[\n{Event("a").ToJsonString()},\n{Event("b").ToJsonString()}\n"));
        await Json.ProblemAsync(response, 400);
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task Post_BadGzip_Is400()
    {
        var packed = Json.Gzip(Encoding.UTF8.GetBytes(Json.Array(Enumerable.Range(0, 50).Select(index => Event($"{index}"))).ToJsonString()));
        foreach (var bytes in new[] { packed[..^40], Encoding.UTF8.GetBytes(Event("a").ToJsonString()) })
        {
            using var response = await Client.PostAsync(Path, Json.Body(bytes, "gzip"));
            await Json.ProblemAsync(response, 400);
        }
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task Post_UnknownEncoding_Is400()
    {
        using var response = await Client.PostAsync(Path, Json.Body("{}"u8.ToArray(), "br"));
        Assert.Contains("br", await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_10000Events_AreAcceptedAnd10001Are413()
    {
        var lines = new StringBuilder();
        for (var index = 0; index < 10_000; index++)
            lines.Append($$"""{"id":"{{index}}","tenant":"{{_tenant}}","occurredAt":"2026-11-20T17:00:00Z","provider":"openai","model":"gpt-5","usage":{"input":1} } """).Append('\n');
        Assert.Equal(10_000, (await Client.SendUsageAsync(lines.ToString())).Accepted);

        using var response = await Client.PostAsync(Path, Json.Body(lines + "{}"));
        await Json.ProblemAsync(response, 413);
        using var array = await Client.PostAsync(Path, Json.Body($"[{string.Join(',', Enumerable.Repeat("{}", 10_001))}]"));
        await Json.ProblemAsync(array, 413);
        Assert.Equal(10_000, await RowsAsync());
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 3 * 1024 * 1024)]
    [InlineData(false, 30 * 1024 * 1024)]
    [InlineData(true, 0)]
    public async Task Post_Over16MegabytesUnpacked_Is413(bool gzip, int more)
    {
        var body = Encoding.UTF8.GetBytes(Event("a", item => item["filler"] = new string(' ', 16 * 1024 * 1024 + more)).ToJsonString());
        using var content = gzip ? Json.Body(Json.Gzip(body), "gzip") : Json.Body(body);
        using var response = await Client.PostAsync(Path, content);
        await Json.ProblemAsync(response, 413);
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task Post_ChunkedWithoutLength_Over16Megabytes_Is413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StreamContent(new MemoryStream(new byte[20 * 1024 * 1024])) };
        request.Headers.TransferEncodingChunked = true;
        using var response = await Client.SendAsync(request);
        await Json.ProblemAsync(response, 413);
    }

    [Fact]
    public async Task Post_SameIdOtherContent_IsADuplicateAndChangesNothing()
    {
        await Client.SendUsageAsync(Event("a"));
        var again = await Client.SendUsageAsync(Event("a", item =>
        {
            item["model"] = "gpt-5";
            item["occurredAt"] = "2026-10-01T00:00:00Z";
            item["usage"] = new JsonObject { ["input"] = 999 };
        }));
        Assert.Equal((0, 1), (again.Accepted, again.Duplicates));
        Assert.Equal(1, await shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}' AND model = 'claude-sonnet-4-5' AND input = 3"));
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task Post_SameIdTwiceInOneBody_TakesTheFirst()
    {
        var answer = await Client.SendUsageAsync(Json.Array([Event("b"), Event("a", item => item["model"] = "first"), Event("a", item => item["model"] = "second")]));
        Assert.Equal((2, 1), (answer.Accepted, answer.Duplicates));
        Assert.Equal(1, await shared.App.CountAsync($"usage_events WHERE tenant_id = '{_tenant}' AND model = 'first'"));
    }

    [Fact]
    public async Task Post_SameIdOfAnotherTenant_IsAnotherEvent()
    {
        await Client.SendUsageAsync(Event("a"));
        Assert.Equal(1, (await Client.SendUsageAsync(Json.Event("a", _tenant + "-2"))).Accepted);
    }

    [Fact]
    public async Task Post_OverlappingBodiesAtOnce_CountEachEventOnce()
    {
        var sends = Enumerable.Range(0, 16).Select(sender => Client.SendUsageAsync(
            Json.Array(Enumerable.Range(sender * 20, 100).OrderBy(_ => Random.Shared.Next()).Select(index => Event($"e-{index}")))));
        var answers = await Task.WhenAll(sends);
        Assert.Equal(400, answers.Sum(answer => answer.Accepted));
        Assert.Equal(1200, answers.Sum(answer => answer.Duplicates));
        Assert.Equal(400, await RowsAsync());
        var total = (await Client.GetJsonAsync($"/api/v1/usage/breakdown?tenant={_tenant}&from=2026-11-20&to=2026-11-21")).GetProperty("total");
        Assert.Equal(400, total.GetProperty("requests").GetInt64());
    }

    [Fact]
    public async Task Post_WithoutTenant_IsUnassigned()
    {
        var id = Guid.NewGuid().ToString();
        await Client.SendUsageAsync(Json.Array([Json.Event(id, null), Json.Event(id + "-2", "")]));
        Assert.Equal(2, await shared.App.CountAsync($"usage_events WHERE tenant_id = 'unassigned' AND event_id LIKE '{id}%'"));
    }

    [Fact]
    public async Task Post_NamingATenant_CreatesIt()
    {
        await Client.SendUsageAsync(Event("a"));
        Assert.Equal(1, await shared.App.CountAsync($"tenants WHERE tenant_id = '{_tenant}' AND time_zone = 'UTC'"));
    }

    [Fact]
    public async Task Post_OnlyRejectedItems_CountAsRejectedInTheFreshness()
    {
        await Client.SendUsageAsync(Event("a", item => item["status"] = "odd"));
        var breakdown = await Client.GetJsonAsync($"/api/v1/usage/breakdown?tenant={_tenant}&from=2026-11-20&to=2026-11-21");
        Assert.Equal(1, breakdown.GetProperty("freshness").GetProperty("rejected").GetInt64());
        Assert.Equal(0, breakdown.GetProperty("total").GetProperty("requests").GetInt64());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another-key-of-the-tests")]
    [InlineData("bootstrap-key-of-the-tests-and-more")]
    [InlineData("bootstrap-key-of-the-test")]
    public async Task Post_WithoutTheKey_Is401(string? key)
    {
        using var client = shared.App.Client(key);
        foreach (var path in new[] { Path, "/api/v1/ingest/litellm" })
        {
            using var response = await client.PostAsync(path, Json.Body(Event("a").ToJsonString()));
            await Json.ProblemAsync(response, 401);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        }
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task Post_KeyInAnotherScheme_Is401()
    {
        using var client = shared.App.Client(null);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Basic {ConsoleApp.ApiKey}");
        using var response = await client.PostAsync(Path, Json.Body("{}"));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }
}
