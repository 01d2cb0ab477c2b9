using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentConsole.Tests.Testing;

/// <summary>API keys and tenants, made over HTTP.</summary>
internal static class Keys
{
    /// <summary>Creates one, which must succeed.</summary>
    public static async Task<MadeKey> CreateKeyAsync(this HttpClient client, string? tenant, string[] scopes, Action<JsonObject>? change = null)
    {
        using var response = await client.PostKeyAsync(tenant, scopes, change);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, $"{(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<MadeKey>(text, JsonSerializerOptions.Web)!;
    }

    /// <param name="tenant">Null leaves it out.</param>
    public static Task<HttpResponseMessage> PostKeyAsync(this HttpClient client, string? tenant, string[] scopes, Action<JsonObject>? change = null)
    {
        var body = new JsonObject { ["name"] = "a key", ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]) };
        if (tenant is not null) body["tenant"] = tenant;
        change?.Invoke(body);
        return client.PostAsync("/api/v1/keys", Json.Body(body.ToJsonString()));
    }

    /// <summary>Creates one, which must succeed; its id.</summary>
    public static async Task<string> CreateTenantAsync(this HttpClient client, string slug)
    {
        using var response = await client.PostAsync("/api/v1/tenants", Json.Body($$"""{"slug":"{{slug}}","name":"{{slug}} company","timeZone":"UTC"}"""));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return slug;
    }

    public static async Task<HttpStatusCode> StatusAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return response.StatusCode;
    }
}

internal sealed record MadeKey(string Id, string Prefix, string Secret, string Tenant, string[] Scopes, string[] AllowedAddresses, DateTimeOffset? GraceUntil);
