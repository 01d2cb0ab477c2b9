using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentConsole.Tests.Testing;

/// <summary>Requests and answers as the tests speak of them.</summary>
internal static class Json
{
    /// <summary>A native event that is valid as it is.</summary>
    public static JsonObject Event(string id, string? tenant, Action<JsonObject>? change = null)
    {
        var item = new JsonObject
        {
            ["id"] = id,
            ["tenant"] = tenant,
            ["occurredAt"] = "2026-11-20T17:30:00.123Z",
            ["provider"] = "anthropic",
            ["model"] = "claude-sonnet-4-5",
            ["usage"] = new JsonObject { ["input"] = 3, ["cacheRead"] = 13216, ["cacheWrite5m"] = 25, ["output"] = 120 },
        };
        change?.Invoke(item);
        return item;
    }

    public static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);

    public static HttpContent Body(string text, string type = "application/json") => new StringContent(text, Encoding.UTF8, type);

    public static HttpContent Body(byte[] bytes, string? encoding = null)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>Posts and expects 200.</summary>
    public static async Task<Answer> SendAsync(this HttpClient client, string path, HttpContent body)
    {
        using var response = await client.PostAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<Answer>(text, JsonSerializerOptions.Web)!;
    }

    public static Task<Answer> SendUsageAsync(this HttpClient client, JsonNode body) => client.SendAsync("/api/v1/usage", Body(body.ToJsonString()));

    public static Task<Answer> SendUsageAsync(this HttpClient client, string body) => client.SendAsync("/api/v1/usage", Body(body));

    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Expects a problem of this status, complete as the contract says; its detail.</summary>
    public static async Task<string> ProblemAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"expected {status}, was {(int)response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        foreach (var name in new[] { "type", "title", "traceId" }) Assert.NotEqual("", problem.GetProperty(name).GetString());
        return problem.GetProperty("detail").GetString()!;
    }
}

internal sealed record Answer(int Accepted, int Duplicates, IReadOnlyList<RejectedItemAnswer> Rejected);

internal sealed record RejectedItemAnswer(int Index, string? Id, string Error);
