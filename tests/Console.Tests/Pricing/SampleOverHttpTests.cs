using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Pricing;

/// <summary>The whole way: the catalogue imported through the API, each body sent as a native event, each cost read back.</summary>
public sealed class SampleOverHttpTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [SharedDataFact]
    public async Task Cost_OfEveryPricedBody_OverHttp_IsTheSamples()
    {
        await ImportAsync();
        List<UsagesSampleTests.Case> cases = [.. UsagesSampleTests.Priced()];
        foreach (var chunk in cases.Select(Event).Chunk(200)) Assert.Empty((await shared.Client.SendUsageAsync(Json.Array(chunk))).Rejected);

        var costs = await CostsAsync();

        Assert.Equal(cases.Count, costs.Count);
        for (var index = 0; index < cases.Count; index++)
        {
            var item = cases[index];
            if (UsagesSampleTests.NotInTheCatalogue.Contains(item.File)) continue;
            var ours = costs[$"e-{index}"] - await FeesAsync(item, index);
            Assert.True(Math.Abs((ours ?? -1) - item.Expected!.Value) <= 1e-9m, $"{item}, ours {ours}");
        }
    }

    private async Task ImportAsync()
    {
        var catalogue = await File.ReadAllBytesAsync(SharedData.PathOf("genai-prices/data.json"));
        using var first = await shared.Client.PostAsync("/api/v1/prices/import?format=genai-prices", Json.Body(catalogue));
        var (added, changed, unchanged, _) = Prices.Counts(await Json.ReadAsync(first));
        Assert.True(added > 1300);
        Assert.Equal((0, 0), (changed, unchanged));
        using var again = await shared.Client.PostAsync("/api/v1/prices/import?format=genai-prices", Json.Body(catalogue));
        Assert.Equal((0, 0, added), (0, 0, (await Json.ReadAsync(again)).GetProperty("unchanged").GetInt32()));
    }

    private static JsonObject Event(UsagesSampleTests.Case item, int index) => new()
    {
        ["id"] = $"e-{index}",
        ["tenant"] = "acme",
        ["occurredAt"] = "2026-08-15T12:00:00Z",
        ["provider"] = item.Provider,
        ["model"] = item.Model,
        ["rawUsage"] = JsonNode.Parse(item.Usage.GetRawText()),
        ["usageDialect"] = item.Dialect,
    };

    private async Task<Dictionary<string, decimal?>> CostsAsync()
    {
        var costs = new Dictionary<string, decimal?>();
        string? cursor = null;
        do
        {
            var page = await shared.Client.GetJsonAsync($"/api/v1/requests?tenant=acme&from=2026-08-01&to=2026-09-01&limit=1000{(cursor is null ? "" : $"&cursor={cursor}")}");
            foreach (var item in page.GetProperty("items").EnumerateArray())
                costs.Add(item.GetProperty("id").GetString()!, item.GetProperty("cost").GetString() is { } cost ? decimal.Parse(cost, CultureInfo.InvariantCulture) : null);
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return costs;
    }

    /// <summary>What providers bill beside tokens, which the sample leaves out: docs/decisions/sample-prices.md.</summary>
    private async Task<decimal> FeesAsync(UsagesSampleTests.Case item, int index)
    {
        if (!UsagesSampleTests.WithFees.Contains(item.File)) return 0;
        var receipt = (await shared.Client.GetJsonAsync($"/api/v1/requests/acme/e-{index}")).GetProperty("receipt");
        return receipt.GetProperty("fees").EnumerateArray().Sum(fee => decimal.Parse(fee.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture));
    }
}
