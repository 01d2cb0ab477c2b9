using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Ingest;

namespace AgentConsole.Tests.Usage.Ingest;

/// <summary>Every rule of the native form, item by item.</summary>
public sealed class NativeNormaliserTests
{
    private static Normalised Read(Action<JsonObject>? change = null, string? callerTenant = null) =>
        NativeNormaliser.Read(JsonSerializer.SerializeToElement(Json.Event("e", "acme", change)), callerTenant, ConsoleApp.Now);

    /// <summary>The event with one field replaced by the JSON given; null removes it.</summary>
    private static Normalised With(string path, string? json) => Read(item =>
    {
        var names = path.Split('.');
        foreach (var name in names[..^1]) item = item[name]!.AsObject();
        if (json is null) item.Remove(names[^1]);
        else item[names[^1]] = JsonNode.Parse(json);
    });

    [Theory]
    [InlineData("id", null, "id is required")]
    [InlineData("id", "null", "id is required")]
    [InlineData("id", "\"\"", "id is required")]
    [InlineData("id", "{}", "id is not text")]
    [InlineData("id", "true", "id is not text")]
    [InlineData("tenant", "\"a b\"", "tenant is not a tenant id")]
    [InlineData("tenant", "\"-a\"", "tenant is not a tenant id")]
    [InlineData("tenant", "\"é\"", "tenant is not a tenant id")]
    [InlineData("tenant", "[]", "tenant is not text")]
    [InlineData("occurredAt", null, "occurredAt is required")]
    [InlineData("occurredAt", "\"yesterday\"", "occurredAt is not an ISO 8601 time")]
    [InlineData("occurredAt", "\"12:00\"", "occurredAt is not an ISO 8601 time")]
    [InlineData("occurredAt", "\"11/12/2026\"", "occurredAt is not an ISO 8601 time")]
    [InlineData("occurredAt", "\"Fri, 20 Nov 2026 17:00:00 GMT\"", "occurredAt is not an ISO 8601 time")]
    [InlineData("occurredAt", "2026.11", "occurredAt is not an ISO 8601 time")]
    [InlineData("occurredAt", "\"2026-13-01T00:00:00Z\"", "occurredAt is not an ISO 8601 time")]
    [InlineData("occurredAt", "\"2026-02-30T00:00:00Z\"", "occurredAt is not an ISO 8601 time")]
    [InlineData("occurredAt", "\"2026-11-20T18:10:00.001Z\"", "occurredAt is more than 10 minutes in the future")]
    [InlineData("occurredAt", "\"9999-12-31T23:59:59Z\"", "occurredAt is more than 10 minutes in the future")]
    [InlineData("occurredAt", "\"1999-12-31T23:59:59Z\"", "occurredAt is before the year 2000")]
    [InlineData("occurredAt", "\"0001-01-01T00:00:00Z\"", "occurredAt is before the year 2000")]
    [InlineData("provider", null, "provider is required")]
    [InlineData("model", "\"\"", "model is required")]
    [InlineData("status", "\"ok\"", "status is not one of success, failure, cancelled, denied")]
    [InlineData("status", "\"Success\"", "status is not one of success, failure, cancelled, denied")]
    [InlineData("usage", null, "usage or rawUsage is required")]
    [InlineData("usage", "null", "usage or rawUsage is required")]
    [InlineData("usage", "[]", "usage is not an object")]
    [InlineData("usage", "7", "usage is not an object")]
    [InlineData("usage.input", "-1", "usage.input is not a whole number from 0 to 1000000000000")]
    [InlineData("usage.input", "1.5", "usage.input is not a whole number from 0 to 1000000000000")]
    [InlineData("usage.input", "\"many\"", "usage.input is not a whole number from 0 to 1000000000000")]
    [InlineData("usage.input", "\"\"", "usage.input is not a whole number from 0 to 1000000000000")]
    [InlineData("usage.input", "1000000000001", "usage.input is not a whole number from 0 to 1000000000000")]
    [InlineData("usage.input", "9223372036854775808", "usage.input is not a whole number from 0 to 1000000000000")]
    [InlineData("usage.input", "1e400", "usage.input is not a whole number from 0 to 1000000000000")]
    [InlineData("usage.input", "true", "usage.input is not a whole number from 0 to 1000000000000")]
    [InlineData("usage.reasoning", "-1", "usage.reasoning is not a whole number from 0 to 1000000000000")]
    [InlineData("usage.imageOutput", "{}", "usage.imageOutput is not a whole number from 0 to 1000000000000")]
    [InlineData("httpStatus", "\"ok\"", "httpStatus is not a whole number")]
    [InlineData("httpStatus", "-200", "httpStatus is not a whole number")]
    [InlineData("httpStatus", "3000000000", "httpStatus is not a whole number")]
    [InlineData("latencyMs", "-1", "latencyMs is not a number of milliseconds")]
    [InlineData("latencyMs", "3000000000", "latencyMs is not a number of milliseconds")]
    [InlineData("latencyMs", "\"fast\"", "latencyMs is not a number of milliseconds")]
    [InlineData("ttftMs", "{}", "ttftMs is not a number of milliseconds")]
    [InlineData("stream", "\"yes\"", "stream is not true or false")]
    [InlineData("batch", "1", "batch is not true or false")]
    [InlineData("costReported", "-0.01", "costReported is not an amount of money in USD")]
    [InlineData("costReported", "\"$5\"", "costReported is not an amount of money in USD")]
    [InlineData("costReported", "1000000000000", "costReported is not an amount of money in USD")]
    [InlineData("attempts", "{}", "attempts is not an array")]
    [InlineData("hops", "\"a\"", "hops is not an array")]
    [InlineData("tags", "[]", "tags is not an object")]
    [InlineData("tags", "{\"\":\"a\"}", "a tag's name is not 1 to 100 characters of text")]
    [InlineData("tags", "{\"a\":{}}", "a is not text")]
    [InlineData("user", "{}", "user is not text")]
    [InlineData("user", "\"a\\u0000b\"", "user contains characters that are not text")]
    [InlineData("provider", "\"\\u0000\"", "provider contains characters that are not text")]
    public void Item_Invalid_IsRefusedWithTheReason(string path, string? json, string error)
    {
        var read = With(path, json);
        Assert.Null(read.Event);
        Assert.Equal(error, read.Error);
    }

    [Theory]
    [InlineData("\"12.0\"")]
    [InlineData("12.0")]
    [InlineData("12")]
    [InlineData("\"12\"")]
    [InlineData("1.2e1")]
    public void Count_WholeInAnyForm_IsRead(string json)
    {
        Assert.Equal(12, With("usage.input", json).Event?.Tokens.Input);
        Assert.Equal(12, With("latencyMs", json).Event?.LatencyMs);
        Assert.Equal(12, With("httpStatus", json).Event?.HttpStatus);
    }

    [Fact]
    public void Count_AtItsLimit_IsRead() => Assert.Equal(1_000_000_000_000, With("usage.input", "1000000000000").Event!.Tokens.Input);

    [Theory]
    [InlineData("\"0.004846\"", "0.004846")]
    [InlineData("0.0048460000000005", "0.004846000000")]
    [InlineData("1e-7", "0.0000001")]
    [InlineData("0", "0")]
    public void CostReported_AnyForm_HasTwelveDecimals(string json, string expected) =>
        Assert.Equal(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), With("costReported", json).Event!.CostReported);

    [Theory]
    [InlineData("2026-11-20T18:10:00Z", "2026-11-20T18:10:00Z")]
    [InlineData("2026-11-20T23:45:00.123456789+05:45", "2026-11-20T18:00:00.1234568Z")]
    [InlineData("2026-11-20T12:00:00-0500", "2026-11-20T17:00:00Z")]
    [InlineData("2026-11-20t17:00:00z", "2026-11-20T17:00:00Z")]
    [InlineData("2026-11-20 17:00:00", "2026-11-20T17:00:00Z")]
    [InlineData("2026-11-20T17:00Z", "2026-11-20T17:00:00Z")]
    [InlineData("2026-11-20", "2026-11-20T00:00:00Z")]
    [InlineData("2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z")]
    public void OccurredAt_Iso8601_IsThatInstant(string text, string instant) =>
        Assert.Equal(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime, With("occurredAt", $"\"{text}\"").Event!.OccurredAt.UtcDateTime);

    [Theory]
    [InlineData("user", 200)]
    [InlineData("id", 200)]
    [InlineData("model", 200)]
    [InlineData("serviceTier", 40)]
    public void Text_AtItsLimit_IsReadAndBeyondIsRefused(string name, int limit)
    {
        Assert.NotNull(With(name, $"\"{new string('x', limit)}\"").Event);
        Assert.Equal($"{name} is longer than {limit} characters", With(name, $"\"{new string('x', limit + 1)}\"").Error);
        Assert.Equal($"{name} is longer than {limit} characters", With(name, $"{new string('7', limit + 1)}").Error);
    }

    [Fact]
    public void Tenant_LongerThan64_IsRefused() => Assert.Equal("tenant is longer than 64 characters", With("tenant", $"\"{new string('x', 65)}\"").Error);

    [Theory]
    [InlineData("failure")]
    [InlineData("cancelled")]
    [InlineData("denied")]
    public void NotSuccess_NeedsNeitherUsageNorModel(string status)
    {
        var usage = Read(item =>
        {
            item["status"] = status;
            foreach (var name in new[] { "usage", "model", "provider" }) item.Remove(name);
        }).Event!;
        Assert.Equal((0, "", ""), (usage.Tokens.Total, usage.Model, usage.Provider));
    }

    [Fact]
    public void CallerTenant_WinsOverTheItems() => Assert.Equal("own", Read(callerTenant: "own").Event!.TenantId);

    [Fact]
    public void UnknownFields_AreIgnored()
    {
        var usage = Read(item =>
        {
            item["novelty"] = new JsonObject { ["deep"] = new JsonArray(1, 2) };
            item["usage"]!["novelTokens"] = 99;
        }).Event!;
        Assert.Equal(3 + 13216 + 25 + 120, usage.Tokens.Total);
    }

    [Theory]
    [InlineData("success", "[]", 1)]
    [InlineData("success", """[{"status":"failure"}]""", 2)]
    [InlineData("success", """[{"status":"failure"},{"status":"success"}]""", 2)]
    [InlineData("failure", """[{"status":"failure"},{"status":"failure"}]""", 2)]
    [InlineData("failure", "null", 1)]
    public void AttemptCount_CountsTheFinalTryOnce(string status, string attempts, int expected) =>
        Assert.Equal(expected, Read(item =>
        {
            item["status"] = status;
            item["attempts"] = JsonNode.Parse(attempts);
        }).Event!.AttemptCount);

    [Fact]
    public void Everything_OfTheContractsExample_IsRead()
    {
        var usage = NativeNormaliser.Read(JsonSerializer.Deserialize<JsonElement>(ContractExample), null, ConsoleApp.Now.AddHours(1)).Event!;
        Assert.Equal(("acme", "native", "evt-1"), (usage.TenantId, usage.Source, usage.Id));
        Assert.Equal(("u-17", "vk-3", "search", "s-9", "t-4", "planner"), (usage.User, usage.Key, usage.Team, usage.Session, usage.Thread, usage.Agent));
        Assert.Equal(("triage", "12", "vm-5"), (usage.Prompt, usage.PromptVersion, usage.Sandbox));
        Assert.Equal(new TokenCounts { Input = 3, CacheRead = 13216, CacheWrite5m = 25, Output = 120 }, usage.Tokens);
        Assert.Equal((1840, 410, true, 2, 200), (usage.LatencyMs, usage.TtftMs, usage.Stream, usage.AttemptCount, usage.HttpStatus));
        Assert.Equal("""{"env":"prod"}""", usage.Tags);
    }

    private const string ContractExample = """
        { "id":"evt-1", "tenant":"acme", "occurredAt":"2026-11-20T18:00:00.123Z",
          "provider":"anthropic", "model":"claude-sonnet-4-5", "requestedModel":"claude-sonnet-4-5",
          "operation":"chat", "status":"success", "httpStatus":200, "error":null,
          "user":"u-17", "key":"vk-3", "team":"search", "session":"s-9", "thread":"t-4", "agent":"planner", "tool":null,
          "prompt":{"name":"triage","version":"12"}, "sandbox":"vm-5", "tags":{"env":"prod"},
          "usage":{"input":3,"cacheRead":13216,"cacheWrite5m":25,"cacheWrite1h":0,"output":120,"reasoning":0,
                   "audioInput":0,"audioOutput":0,"imageInput":0},
          "rawUsage":null, "usageDialect":null, "serviceTier":"standard", "batch":false, "region":null,
          "costReported":null, "latencyMs":1840, "ttftMs":410, "stream":true,
          "attempts":[{"provider":"openai","model":"gpt-5","level":1,"status":"failure","httpStatus":429,"reason":"rate_limited","latencyMs":95}],
          "hops":[{"name":"planner","startMs":0,"durationMs":410}] }
        """;
}
