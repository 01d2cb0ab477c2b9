using System.Globalization;
using System.Text.Json.Nodes;
using AgentConsole.Tests.Testing;
using AgentConsole.Platform.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentConsole.Tests.Usage.Exports;

public sealed class ExportTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Range = "from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z";
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    [Fact]
    public async Task UsageCsv_SaysWhatTheApiSays_InZoneAndFilters()
    {
        await SendAsync();
        var json = await shared.Client.GetJsonAsync($"/api/v1/usage/breakdown?{Range}&tenant={_tenant}&tz=Asia/Kathmandu&grain=hour&groupBy=model,user");
        var (header, rows) = await ReadAsync($"/api/v1/export/usage.csv?{Range}&tenant={_tenant}&tz=Asia/Kathmandu&grain=hour&groupBy=model,user");
        Assert.Contains(header, line => line.Contains("time zone: Asia/Kathmandu", StringComparison.Ordinal));
        Assert.Contains(header, line => line.Contains($"tenant: {_tenant}", StringComparison.Ordinal));
        Assert.Equal(json.GetProperty("rows").GetArrayLength(), rows.Count - 1);
        Assert.Equal("total", rows[^1]["bucket"]);
        Assert.Equal(json.GetProperty("total").GetProperty("cost").GetString(), rows[^1]["cost"]);
        Assert.Equal(Money(rows[^1]["cost"]), rows.SkipLast(1).Where(static row => row["cost"].Length > 0).Sum(static row => Money(row["cost"])));
        Assert.Equal(json.GetProperty("rows")[0].GetProperty("bucket").GetString(), rows[0]["bucket"]);
    }

    [Theory]
    [InlineData("Pacific/Auckland", "day", "tag.env,model")]
    [InlineData("Asia/Kathmandu", "hour", "team")]
    [InlineData("America/New_York", "week", "user,key")]
    [InlineData("America/New_York", "total", "tag.env")]
    public async Task UsageCsv_WithWhatOnlyEventsKnow_SaysWhatTheApiSays(string zone, string grain, string groupBy)
    {
        await SendAsync();
        var question = $"{Range}&tenant={_tenant}&tz={zone}&grain={grain}&groupBy={groupBy}&measures=cacheSavings,ttftMs,tokensPerSecond&tag.env=prod&tag.env=";
        var json = await shared.Client.GetJsonAsync($"/api/v1/usage/breakdown?{question}");
        var (header, rows) = await ReadAsync($"/api/v1/export/usage.csv?{question}");
        Assert.Contains(header, static line => line.Contains("tag.env: prod, (none)", StringComparison.Ordinal));
        Assert.Equal(json.GetProperty("rows").EnumerateArray().Append(json.GetProperty("total")).Select(Figures), rows.Select(static row => (row["requests"], row["cost"], row["cacheSavings"], row["ttftP95Ms"])));
        Assert.Equal(Money(rows[^1]["cacheSavings"]), rows.SkipLast(1).Where(static row => row["cacheSavings"].Length > 0).Sum(static row => Money(row["cacheSavings"])));
        Assert.NotEqual("0", rows[^1]["cacheSavings"]);

        static (string, string, string, string) Figures(System.Text.Json.JsonElement row) => (
            row.GetProperty("requests").ToString(), row.GetProperty("cost").GetString() ?? "", row.GetProperty("cacheSavings").GetString() ?? "",
            row.GetProperty("ttftMs") is { ValueKind: System.Text.Json.JsonValueKind.Object } ttft ? ttft.GetProperty("p95").GetDouble().ToString(CultureInfo.InvariantCulture) : "");
    }

    [Fact]
    public async Task FocusCsv_CostsSumToTheLedger_WithFeesAndRoundingAsRowsOfTheirOwn()
    {
        await SendAsync();
        var (_, rows) = await ReadAsync($"/api/v1/export/focus.csv?{Range}&tenant={_tenant}");
        var total = (await shared.Client.GetJsonAsync($"/api/v1/usage/breakdown?{Range}&tenant={_tenant}")).GetProperty("total");
        Assert.Equal(Money(total.GetProperty("cost").GetString()!), rows.Where(static row => row["BilledCost"].Length > 0).Sum(static row => Money(row["BilledCost"])));
        Assert.Equal(total.GetProperty("tokens").GetProperty("total").GetInt64(),
            rows.Where(static row => row["ConsumedUnit"] == "tokens").Sum(static row => long.Parse(row["ConsumedQuantity"], CultureInfo.InvariantCulture)));
        Assert.All(rows, row => Assert.Equal("USD", row["BillingCurrency"]));
        var unpriced = Assert.Single(rows, static row => row["x_TokenBucket"] == "unpriced");
        Assert.Equal("", unpriced["BilledCost"]);
    }

    /// <summary>Whatever a sender may name, by every CSV that the app has: no cell begins as a formula does, unless it is a number.</summary>
    [Theory]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")")]
    [InlineData("+1+cmd|' /C calc'!A0")]
    [InlineData("-1+2")]
    [InlineData("@SUM(1)")]
    [InlineData("\t=1")]
    public async Task CsvFormulaInjection_InAnyColumnOfEveryExport_IsHarmless(string formula)
    {
        string[] named = ["user", "key", "team", "agent", "tool", "operation", "model"];
        await shared.Client.SendUsageAsync(Json.Event("f", _tenant, item =>
        {
            foreach (var name in named) item[name] = formula;
            item["prompt"] = new JsonObject { ["name"] = formula, ["version"] = formula };
        }));
        var files = shared.App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(static endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}")
            .Where(static path => path.StartsWith("/api/", StringComparison.Ordinal) && path.EndsWith(".csv", StringComparison.Ordinal)).ToArray();
        Assert.Contains("/api/v1/export/usage.csv", files);
        var harmless = 0;
        foreach (var file in files)
            foreach (var query in file.EndsWith("/usage.csv", StringComparison.Ordinal) ? named.Append("prompt").Append("promptVersion").Select(static name => $"groupBy={name}") : [""])
            {
                var (_, rows) = await ReadAsync($"{file}?from=2026-11-01&to=2026-12-01&tenant={_tenant}&{query}");
                var cells = rows.SelectMany(static row => row.Values).ToArray();
                Assert.DoesNotContain(cells, static cell => cell.Length > 0 && "=+-@\t\r".Contains(cell[0], StringComparison.Ordinal) && !decimal.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
                harmless += cells.Count(cell => cell == $"'{formula}");
            }
        Assert.True(harmless >= named.Length, $"{harmless} cells had it");
    }

    [Theory]
    [InlineData("+1", "'+1")]
    [InlineData("-2", "'-2")]
    [InlineData("@x", "'@x")]
    [InlineData("\tx", "'\tx")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public void Harmless_LeadingFormulaCharacter_GetsAnApostrophe(string text, string expected) => Assert.Equal(expected, CsvStream.Harmless(text));

    [Theory]
    [InlineData("/api/v1/export/usage.csv?from=nonsense", "from")]
    [InlineData("/api/v1/export/focus.csv?tz=Nowhere/Land", "tz")]
    public async Task Export_BadParameter_Is400NamingIt(string path, string name)
    {
        using var response = await shared.Client.GetAsync(path);
        Assert.Contains(name, await Json.ProblemAsync(response, 400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WithoutKey_Is401()
    {
        using var client = shared.App.Client(null);
        using var response = await client.GetAsync("/api/v1/export/usage.csv");
        await Json.ProblemAsync(response, 401);
    }

    /// <summary>Several models, a batch, a tool fee, an unpriced model, counts that round.</summary>
    private async Task SendAsync()
    {
        var random = new Random(7);
        var events = Enumerable.Range(0, 60).Select(index => Json.Event($"e-{index}", _tenant, item =>
        {
            item["occurredAt"] = $"2026-11-20T{index % 17:00}:{index % 60:00}:00Z";
            item["model"] = index % 3 == 0 ? "claude-haiku-4-5" : "claude-sonnet-4-5";
            item["user"] = index % 4 == 0 ? null : $"u-{index % 4}";
            item["batch"] = index % 5 == 0;
            item["ttftMs"] = index % 3 == 0 ? null : 100 + index;
            item["latencyMs"] = 900 + index;
            item["tags"] = index % 2 == 0 ? new JsonObject { ["env"] = index % 4 == 0 ? "prod" : "dev" } : null;
            item["usage"] = new JsonObject { ["input"] = random.Next(5000), ["cacheRead"] = random.Next(90_000), ["cacheWrite1h"] = random.Next(300), ["output"] = random.Next(2000) };
        })).Append(Json.Event("unknown", _tenant, static item => item["model"] = "no-such-model-1"))
           .Append(Json.Event("search", _tenant, static item =>
           {
               item["usage"] = null;
               item["rawUsage"] = JsonNode.Parse("""{"input_tokens":10,"output_tokens":5,"server_tool_use":{"web_search_requests":3}}""");
           }));
        var answer = await shared.Client.SendUsageAsync(Json.Array(events));
        Assert.Equal(62, answer.Accepted);
    }

    private async Task<(List<string> Header, List<Dictionary<string, string>> Rows)> ReadAsync(string path)
    {
        using var response = await shared.Client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        var lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var header = lines.TakeWhile(static line => line.StartsWith('#')).ToList();
        var columns = Cells(lines[header.Count]);
        return (header, [.. lines.Skip(header.Count + 1).Select(line => columns.Zip(Cells(line)).ToDictionary(static pair => pair.First, static pair => pair.Second))]);
    }

    /// <summary>RFC 4180, one line.</summary>
    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        for (var index = 0; index <= line.Length;)
        {
            if (index < line.Length && line[index] == '"')
            {
                var end = index + 1;
                while (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"')) end += line[end] == '"' ? 2 : 1;
                cells.Add(line[(index + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal));
                index = end + 2;
            }
            else
            {
                var end = line.IndexOf(',', index) is var comma and >= 0 ? comma : line.Length;
                cells.Add(line[index..end]);
                index = end + 1;
            }
        }
        return cells;
    }

    private static decimal Money(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
