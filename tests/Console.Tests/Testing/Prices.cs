using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentConsole.Tests.Testing;

/// <summary>The price API as the tests speak to it.</summary>
internal static class Prices
{
    /// <summary>A genai-prices catalogue of one provider; each model with its input and output price per million.</summary>
    public static JsonArray Catalogue(string provider, params (string Model, string Input, string Output)[] models) => new(new JsonObject
    {
        ["id"] = provider,
        ["models"] = new JsonArray([.. models.Select(model => new JsonObject
        {
            ["id"] = model.Model,
            ["match"] = new JsonObject { ["equals"] = model.Model },
            ["prices"] = new JsonObject { ["input_mtok"] = JsonNode.Parse(model.Input), ["output_mtok"] = JsonNode.Parse(model.Output) },
        })]),
    });

    public static JsonObject Row(string provider, string model, string input, string output, Action<JsonObject>? change = null)
    {
        var row = new JsonObject
        {
            ["provider"] = provider,
            ["model"] = model,
            ["perMillion"] = new JsonObject { ["input"] = input, ["output"] = output },
            ["source"] = "a test",
        };
        change?.Invoke(row);
        return row;
    }

    public static async Task<JsonElement> ImportAsync(this HttpClient client, JsonNode catalogue, string query = "")
    {
        using var response = await client.PostAsync($"/api/v1/prices/import?format=genai-prices{query}", Json.Body(catalogue.ToJsonString()));
        return await OkAsync(response);
    }

    public static async Task<JsonElement> AddPriceAsync(this HttpClient client, JsonNode row, string query = "")
    {
        using var response = await client.PostAsync($"/api/v1/prices{query}", Json.Body(row.ToJsonString()));
        return await OkAsync(response);
    }

    public static async Task<JsonElement> RepriceAsync(this HttpClient client, JsonObject scope, bool apply = false)
    {
        scope["from"] ??= "2026-01-01T00:00:00Z";
        scope["to"] ??= "2027-01-01T00:00:00Z";
        scope["apply"] = apply;
        using var response = await client.PostAsJsonAsync("/api/v1/prices/reprice", scope);
        return await OkAsync(response);
    }

    /// <summary>added, changed, unchanged and the number of rejected.</summary>
    public static (int, int, int, int) Counts(JsonElement import) =>
        (import.GetProperty("added").GetInt32(), import.GetProperty("changed").GetInt32(), import.GetProperty("unchanged").GetInt32(), import.GetProperty("rejected").GetArrayLength());

    private static async Task<JsonElement> OkAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
