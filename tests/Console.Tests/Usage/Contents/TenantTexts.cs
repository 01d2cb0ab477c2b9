using System.Net;
using System.Text.Json;
using AgentConsole.Access;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Usage.Contents;

/// <summary>A tenant with texts, as the tests speak of it.</summary>
internal static class TenantTexts
{
    /// <summary>Turns them on or off, and how long they are kept.</summary>
    public static async Task KeepTextsAsync(this ConsoleApp app, string tenant, bool keeps, int? days = null)
    {
        await app.ExecuteAsync($"INSERT INTO tenants (tenant_id, name, time_zone, created_at) VALUES ('{tenant}', '{tenant}', 'UTC', '2026-01-01Z') ON CONFLICT DO NOTHING");
        var saved = await app.Get<SaveTenant>().ExecuteAsync(tenant, new(tenant, "UTC", KeepsContents: keeps, ContentDays: days), Caller.System, CancellationToken.None);
        Assert.True(saved.Ok, saved.Error?.Message);
    }

    /// <summary>One side as the API gives it, message by message.</summary>
    public static async Task<string> TextsAsync(this HttpClient client, string tenant, string id, string side)
    {
        var content = await client.GetJsonAsync(Path(tenant, id));
        return content.GetProperty(side) is { ValueKind: JsonValueKind.Object } told
            ? string.Join(" | ", told.GetProperty("messages").EnumerateArray().Select(static message =>
                $"{message.GetProperty("role").GetString()}: {string.Join(" + ", message.GetProperty("parts").EnumerateArray().Select(static part => $"{(part.GetProperty("name").GetString() is { } name ? $"{name} " : "")}{part.GetProperty("text").GetString()}"))}"))
            : "";
    }

    /// <summary>Why there are none.</summary>
    public static async Task<string> NoTextsAsync(this HttpClient client, string tenant, string id)
    {
        using var response = await client.GetAsync(Path(tenant, id));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        return await Json.ProblemAsync(response, 404);
    }

    public static string Path(string tenant, string id) => $"/api/v1/requests/{tenant}/{Uri.EscapeDataString(id)}/content";
}
