using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Usage.Api;

/// <summary>Pages of requests, and one request.</summary>
public sealed class RequestListTests(RequestListTests.Sent sent) : IClassFixture<RequestListTests.Sent>
{
    private const string Range = "from=2026-11-01&to=2026-11-21";

    /// <summary>120 requests of two tenants: every tie there can be, and costs and latencies that are not known.</summary>
    public sealed class Sent : IAsyncLifetime
    {
        private readonly SharedApp _shared = new();

        internal HttpClient Client => _shared.Client;

        internal ConsoleApp App => _shared.App;

        public async Task InitializeAsync()
        {
            await _shared.InitializeAsync();
            await Client.SendUsageAsync(Json.Array(Enumerable.Range(0, 120).Select(index => Json.Event($"e-{index % 60}", index < 60 ? "acme" : "globex", item => Change(item, index)))));
            await Client.SendAsync("/api/v1/ingest/litellm", Json.Body(
                """{"id":"e-7","status":"success","custom_llm_provider":"openai","model":"gpt-5","startTime":1795191000.5,"prompt_tokens":5,"completion_tokens":1,"metadata":{"user_api_key_org_id":"acme"}}"""));
        }

        public Task DisposeAsync() => _shared.DisposeAsync();

        private static void Change(JsonObject item, int index)
        {
            item["occurredAt"] = $"2026-11-{1 + (index / 10 % 6):00}T12:00:00.{index % 3:000}Z";
            item["model"] = (index % 4) switch { 0 => "nobody-prices-this", 1 => "gpt-5", _ => "claude-sonnet-4-5" };
            item["provider"] = (index % 4) switch { 0 => "someone", 1 => "openai", _ => "anthropic" };
            item["usage"] = new JsonObject { ["input"] = index % 5 * 100 };
            item["latencyMs"] = index % 6 == 0 ? null : index % 7 * 100;
            item["user"] = index % 3 == 0 ? null : $"u-{index % 3}";
            item["session"] = index % 2 == 0 ? null : $"s-{index / 2 % 5}";
            item["tags"] = new JsonObject { ["env"] = index % 2 == 0 ? "prod" : "staging", ["odd key="] = index % 12 == 0 ? "1" : null };
            if (index % 15 == 7) (item["httpStatus"], item["error"]) = (429, "rate_limited");
            if (index % 15 == 8) item["httpStatus"] = 503;
            if (index % 10 == 3) item["attempts"] = new JsonArray(new JsonObject { ["status"] = "failure" });
        }
    }

    [Theory]
    [InlineData("-occurredAt", 7)]
    [InlineData("-cost", 7)]
    [InlineData("-latencyMs", 7)]
    [InlineData("-occurredAt", 1)]
    [InlineData("-cost", 1000)]
    [InlineData("-latencyMs", 121)]
    [InlineData("", 60)]
    [InlineData("occurredAt", 7)]
    [InlineData("cost", 7)]
    [InlineData("latencyMs", 7)]
    [InlineData("cost", 30)]
    [InlineData("latencyMs", 101)]
    [InlineData("latencyMs", 1)]
    public async Task Pages_UnderEverySort_AreCompleteInOrderAndWithoutOverlap(string sort, int limit)
    {
        var items = await AllAsync($"{Range}&sort={sort}&limit={limit}");
        Assert.Equal(121, items.Count);
        Assert.Equal(121, items.Select(item => (Text(item, "tenant"), Text(item, "source"), Text(item, "id"))).Distinct().Count());
        var keys = items.Select(item => sort.TrimStart('-') switch
        {
            "cost" => Text(item, "cost") is { } cost ? decimal.Parse(cost, CultureInfo.InvariantCulture) : null,
            "latencyMs" => item.GetProperty("latencyMs").ValueKind == JsonValueKind.Null ? (decimal?)null : item.GetProperty("latencyMs").GetDecimal(),
            _ => item.GetProperty("occurredAt").GetDateTimeOffset().UtcTicks,
        }).ToList();
        var known = keys.OfType<decimal>().ToList();
        Assert.Equal(sort.StartsWith('-') || sort.Length == 0 ? known.OrderDescending() : known.Order(), known);
        // What is not known comes last, either way.
        Assert.Equal(keys.OrderBy(key => key is null), keys);
        Assert.Equal(sort.TrimStart('-') is "cost" or "latencyMs", keys[^1] is null);
    }

    [Theory]
    [InlineData("minCost=0.0005", 42)]
    [InlineData("maxCost=0.0005", 55)]
    [InlineData("minCost=0.0005&maxCost=0.0005", 6)]
    [InlineData("minLatencyMs=500", 28)]
    [InlineData("minLatencyMs=200&maxLatencyMs=300", 28)]
    [InlineData("unpriced=true", 30)]
    [InlineData("unpriced=true&minCost=0", 0)]
    [InlineData("fallback=true", 12)]
    [InlineData("httpStatus=429", 8)]
    [InlineData("httpStatus=4xx", 8)]
    [InlineData("httpStatus=429&httpStatus=5xx", 16)]
    [InlineData("error=rate_limited", 8)]
    [InlineData("error=rate_limited&error=", 121)]
    [InlineData("session=s-1", 12)]
    [InlineData("session=s-1&session=s-2", 24)]
    [InlineData("session=", 61)]
    [InlineData("session=nothing", 0)]
    [InlineData("tag.env=prod", 60)]
    [InlineData("tag.env=prod&tag.env=staging", 120)]
    [InlineData("tag.env=", 1)]
    [InlineData("tag.env=prod&tag.odd%20key%3D=1", 10)]
    [InlineData("tag.none=x", 0)]
    public async Task Filter_BesidesTheDimensions_LeavesWhatItNames_UnderEverySort(string filter, int expected)
    {
        foreach (var sort in new[] { "-occurredAt", "cost", "-latencyMs" })
        {
            var items = await AllAsync($"{Range}&{filter}&sort={sort}&limit=9");
            Assert.True(expected == items.Count, $"{filter} by {sort}: {items.Count}");
        }
    }

    [Theory]
    [InlineData("minCost=cheap")]
    [InlineData("maxLatencyMs=1.5s")]
    [InlineData("httpStatus=6x")]
    [InlineData("fallback=yes")]
    [InlineData("unpriced=1")]
    [InlineData("session=%00")]
    [InlineData("sort=-tokens")]
    [InlineData("sort=--cost")]
    [InlineData("sort=-")]
    public async Task Filter_ThatCannotBeRead_Is400(string filter)
    {
        using var response = await sent.Client.GetAsync($"/api/v1/requests?{Range}&{filter}");
        Assert.Contains(filter.Split('=')[0], await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cursor_OfTheOtherDirection_Is400()
    {
        var cursor = (await sent.Client.GetJsonAsync($"/api/v1/requests?{Range}&sort=-cost&limit=5")).GetProperty("nextCursor").GetString();
        using var response = await sent.Client.GetAsync($"/api/v1/requests?{Range}&sort=cost&cursor={cursor}");
        await Json.ProblemAsync(response, 400);
    }

    [Theory]
    [InlineData("tenant=acme", 61)]
    [InlineData("tenant=acme&source=litellm", 1)]
    [InlineData("user=u-1", 40)]
    [InlineData("user=", 41)]
    [InlineData("user=&user=u-1", 81)]
    [InlineData("model=gpt-5&status=success", 31)]
    [InlineData("status=failure", 0)]
    [InlineData("tenant=nobody", 0)]
    [InlineData("tenant=", 0)]
    [InlineData("user=u-1&key=", 40)]
    [InlineData("key=", 121)]
    [InlineData("user=nobody", 0)]
    public async Task Filter_LeavesWhatItNames(string filter, int expected)
    {
        foreach (var sort in new[] { "-cost", "-occurredAt", "occurredAt" })
        {
            var items = await AllAsync($"{Range}&{filter}&sort={sort}&limit=9");
            Assert.Equal(expected, items.Select(static item => (Text(item, "tenant"), Text(item, "source"), Text(item, "id"))).Distinct().Count());
            Assert.Equal(expected, items.Count);
        }
    }

    /// <summary>Where users and keys are looked for by their rollups: of what these have, and of what they do not have yet.</summary>
    [Fact]
    public async Task Filter_ByAUserOrKey_FindsWhatIsRolledUpAndWhatIsNot()
    {
        await sent.Client.SendUsageAsync(Json.Array(Enumerable.Range(0, 40).Select(index => Json.Event($"u-{index}", "umbrella", item =>
            (item["user"], item["key"], item["occurredAt"]) = ($"u-{index % 2}", index % 4 == 0 ? null : "vk-1", $"2026-11-{1 + index % 5:00}T{index % 3:00}:{index:00}:00Z")))));
        await sent.App.RollUpAsync();
        await sent.Client.SendUsageAsync(Json.Array(Enumerable.Range(40, 10).Select(index => Json.Event($"u-{index}", "umbrella", item => (item["user"], item["key"], item["occurredAt"]) = ($"u-{index % 2}", "vk-1", $"2026-11-02T01:{index:00}:30Z")))));
        foreach (var (filter, isMeant) in new (string, Func<int, bool>)[] { ("user=u-1", static index => index % 2 == 1), ("user=u-0&user=u-1", static _ => true), ("key=vk-1", static index => index >= 40 || index % 4 != 0), ("key=&user=u-0", static index => index < 40 && index % 4 == 0) })
            foreach (var sort in new[] { "-occurredAt", "occurredAt" })
            {
                var items = await AllAsync($"{Range}&tenant=umbrella&{filter}&sort={sort}&limit=7");
                var times = items.Select(static item => item.GetProperty("occurredAt").GetDateTimeOffset()).ToList();
                Assert.Equal(sort[0] == '-' ? times.OrderDescending() : times.Order(), times);
                Assert.Equal(Enumerable.Range(0, 50).Where(isMeant).Select(static index => $"u-{index}").Order(), items.Select(static item => Text(item, "id")!).Order());
            }
    }

    [Fact]
    public async Task Page_OfAllThereIs_HasNoNextCursor()
    {
        var page = await sent.Client.GetJsonAsync($"/api/v1/requests?{Range}&tenant=acme&limit=61");
        Assert.Equal(JsonValueKind.Null, page.GetProperty("nextCursor").ValueKind);
        Assert.Equal(61, page.GetProperty("items").GetArrayLength());
        Assert.Equal(100, (await sent.Client.GetJsonAsync($"/api/v1/requests?{Range}")).GetProperty("items").GetArrayLength());
    }

    public static TheoryData<string> BadCursors =>
    [
        "nonsense", "%00", "e30", "bnVsbA", "W10", "%F0%9F%98%80",
        Encode("""{"Sort":7,"Value":1,"OccurredAt":"2026-11-01T00:00:00Z","Tenant":"a","Id":"b","Source":"c"}"""),
        Encode("""{"Sort":1,"Value":1,"OccurredAt":"2026-11-01T00:00:00Z","Tenant":"a","Id":"b","Source":"c"}"""),
        Encode("""{"Sort":0,"Value":1,"OccurredAt":"2026-11-01T00:00:00Z","Tenant":"a","Id":"b\u0000","Source":"c"}"""),
        Encode("""{"Sort":0,"Value":1,"OccurredAt":"2026-11-01T00:00:00Z","Tenant":"a","Id":"b\ud800","Source":"c"}"""),
    ];

    [Theory]
    [MemberData(nameof(BadCursors))]
    public async Task Cursor_ThatIsNoneOfOurs_Is400(string cursor)
    {
        using var response = await sent.Client.GetAsync($"/api/v1/requests?{Range}&cursor={cursor}");
        Assert.Contains("cursor", await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cursor_OfAnotherSort_Is400()
    {
        var cursor = (await sent.Client.GetJsonAsync($"/api/v1/requests?{Range}&sort=-cost&limit=5")).GetProperty("nextCursor").GetString();
        using var response = await sent.Client.GetAsync($"/api/v1/requests?{Range}&sort=-occurredAt&cursor={cursor}");
        await Json.ProblemAsync(response, 400);
    }

    [Theory]
    [InlineData("acme/nothing")]
    [InlineData("nobody/e-1")]
    [InlineData("acme/e-1?source=litellm")]
    [InlineData("acme/e-1?source=%00")]
    public async Task Detail_OfNoRequest_Is404(string path)
    {
        using var response = await sent.Client.GetAsync($"/api/v1/requests/{path}");
        await Json.ProblemAsync(response, 404);
    }

    [Fact]
    public async Task Detail_HasEverythingThatWasSent()
    {
        const string Id = "odd/id with spaces?&é😀";
        await sent.Client.SendUsageAsync(Json.Event(Id, "initech", item =>
        {
            item["prompt"] = JsonNode.Parse("""{"name":"triage","version":"12"}""");
            item["tags"] = JsonNode.Parse("""{"env":"prod"}""");
            item["attempts"] = JsonNode.Parse("""[{"provider":"openai","model":"gpt-5","level":1,"status":"failure","httpStatus":429,"reason":"rate_limited","latencyMs":95}]""");
            item["hops"] = JsonNode.Parse("""[{"name":"planner","startMs":0,"durationMs":410}]""");
            item["costReported"] = "0.5";
            foreach (var name in new[] { "user", "key", "team", "session", "thread", "agent", "tool", "sandbox", "operation", "requestedModel", "region" }) item[name] = name + "-x";
        }));
        var detail = await sent.Client.GetJsonAsync($"/api/v1/requests/initech/{Uri.EscapeDataString(Id)}");
        foreach (var name in new[] { "user", "key", "team", "session", "thread", "agent", "tool", "sandbox", "operation", "requestedModel", "region" })
            Assert.Equal(name + "-x", Text(detail, name));
        Assert.Equal((Id, "triage", "prod", 429, "planner", "0.5"),
            (Text(detail, "id"), Text(detail.GetProperty("prompt"), "name"), Text(detail.GetProperty("tags"), "env"),
             detail.GetProperty("attempts")[0].GetProperty("httpStatus").GetInt32(), Text(detail.GetProperty("hops")[0], "name"), Text(detail, "costReported")));
        var receipt = detail.GetProperty("receipt");
        Assert.True(receipt.GetProperty("priced").GetBoolean());
        Assert.Equal(Text(detail, "cost"), Text(receipt, "total"));
        Assert.Equal(3 + 13216 + 25 + 120, receipt.GetProperty("lines").EnumerateArray().Sum(line => line.GetProperty("quantity").GetInt64()));
        Assert.Contains("reported_cost_differs", receipt.GetProperty("conflicts").EnumerateArray().Select(code => code.GetString()));
    }

    [Fact]
    public async Task Detail_OfAnIdThatSeveralSourcesSent_IsToldApartBySource()
    {
        Assert.Equal("litellm", Text(await sent.Client.GetJsonAsync("/api/v1/requests/acme/e-7?source=litellm"), "source"));
        Assert.Equal("native", Text(await sent.Client.GetJsonAsync("/api/v1/requests/acme/e-7?source=native"), "source"));
        Assert.Equal("litellm", Text(await sent.Client.GetJsonAsync("/api/v1/requests/acme/e-7"), "source"));
    }

    private async Task<List<JsonElement>> AllAsync(string question)
    {
        var items = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await sent.Client.GetJsonAsync($"/api/v1/requests?{question}{(cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        return items;
    }

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private static string Encode(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
