using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Limits;

/// <summary>Limits and decisions, over HTTP.</summary>
internal static class LimitCalls
{
    public const string Root = "/api/v1/limits";

    public static JsonObject Limit(string tenant, string measure, string max, string? window, Action<JsonObject>? change = null)
    {
        var limit = new JsonObject { ["scope"] = new JsonObject { ["tenant"] = tenant }, ["measure"] = measure, ["max"] = max, ["action"] = "block" };
        if (window is not null) limit["window"] = window;
        change?.Invoke(limit);
        return limit;
    }

    public static Action<JsonObject> Each(string dimension, string value = "*") => limit => limit["scope"]![dimension] = value;

    /// <summary>Creates one, which must succeed; its id.</summary>
    public static async Task<Guid> CreateLimitAsync(this HttpClient client, JsonObject limit)
    {
        var (status, body) = await client.PostJsonAsync(Root, limit);
        Assert.True(status == HttpStatusCode.Created, body.ToString());
        return body.GetProperty("id").GetGuid();
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> ReserveAsync(this HttpClient client, string? tenant, string id, decimal cost = 0, Action<JsonObject>? change = null)
    {
        var body = new JsonObject { ["requestId"] = id, ["user"] = "u", ["model"] = "gpt-5", ["provider"] = "openai", ["estimate"] = new JsonObject { ["tokens"] = 100, ["cost"] = $"{cost}" } };
        if (tenant is not null) body["tenant"] = tenant;
        change?.Invoke(body);
        return client.PostJsonAsync($"{Root}/reserve", body);
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> SettleAsync(this HttpClient client, string id, decimal cost, long tokens = 100) =>
        client.PostJsonAsync($"{Root}/settle", new JsonObject { ["requestId"] = id, ["actual"] = new JsonObject { ["tokens"] = tokens, ["cost"] = $"{cost}" } });

    public static async Task<(HttpStatusCode Status, JsonElement Body)> PostJsonAsync(this HttpClient client, string path, JsonNode body)
    {
        using var response = await client.PostAsync(path, Json.Body(body.ToJsonString()));
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>How the one limit stands that is about a user.</summary>
    public static async Task<JsonElement> StandingAsync(this HttpClient client, string tenant, Guid limit, string user = "u") =>
        (await client.GetJsonAsync($"{Root}/effective?tenant={tenant}&user={user}&model=gpt-5&provider=openai&session=s")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("limit").GetProperty("id").GetGuid() == limit);

    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();
}
