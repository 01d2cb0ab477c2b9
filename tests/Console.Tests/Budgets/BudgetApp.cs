using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Alerts;
using AgentConsole.Budgets;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Budgets;

/// <summary>An app in which a dollar is a million tokens; its job runs when the test says so.</summary>
public sealed class BudgetApp : IAsyncLifetime
{
    private const string Model = "dollar-1";

    private readonly PostgresFixture _postgres = new();
    private int _events;

    internal ConsoleApp App { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        App = await ConsoleApp.StartAsync(_postgres);
        Client = App.Client();
        await Client.AddPriceAsync(Prices.Row("openai", Model, "1", "1"), "?confirm=true");
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    internal async Task<string> TenantAsync(string zone = "UTC")
    {
        App.Time.Now = ConsoleApp.Now;
        // Others' budgets are not this test's.
        foreach (var table in new[] { "budgets", "budget_crossings", "alerts", "deliveries" }) await App.ExecuteAsync($"DELETE FROM {table}");
        var slug = $"t-{Guid.NewGuid():N}"[..16];
        using var response = await Client.PostAsync("/api/v1/tenants", Json.Body($$"""{"slug":"{{slug}}","name":"{{slug}} company","timeZone":"{{zone}}"}"""));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return slug;
    }

    internal static JsonObject Body(string tenant, Action<JsonObject>? change = null)
    {
        var body = new JsonObject { ["scope"] = new JsonObject { ["tenant"] = tenant }, ["amount"] = "100.00", ["period"] = "month", ["thresholds"] = new JsonArray(50, 80, 100), ["block"] = false, ["channels"] = new JsonArray() };
        change?.Invoke(body);
        return body;
    }

    internal Task<HttpResponseMessage> PostAsync(JsonObject body) => Client.PostAsync("/api/v1/budgets", Json.Body(body.ToJsonString()));

    /// <summary>A budget that must be made.</summary>
    internal async Task<JsonElement> CreateAsync(string tenant, Action<JsonObject>? change = null)
    {
        using var response = await PostAsync(Body(tenant, change));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    internal Task SpendAsync(string tenant, decimal usd, string? user = null, string? team = null, string at = "2026-11-20T17:30:00Z") => Client.SendUsageAsync(Spend(tenant, usd, user, team, at));

    /// <summary>The same at noon of each of the days before the clock's day.</summary>
    internal Task SpendEachDayAsync(string tenant, decimal usd, int days) => Client.SendUsageAsync(Json.Array(
        Enumerable.Range(1, days).Select(back => Spend(tenant, usd, null, null, ConsoleApp.Now.Date.AddDays(-back).AddHours(12).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)))));

    internal Task<int> EvaluateAsync() => App.Get<EvaluateBudgets>().ExecuteAsync(CancellationToken.None);

    internal async Task<IReadOnlyList<AlertRow>> OpenAsync(string tenant) => (await App.Get<AlertQueries>().ListOpenAsync(Reach.Of(tenant), 100, CancellationToken.None)).Items;

    private JsonObject Spend(string tenant, decimal usd, string? user, string? team, string at) => Json.Event($"spend-{Interlocked.Increment(ref _events)}", tenant, item =>
        (item["provider"], item["model"], item["user"], item["team"], item["occurredAt"], item["usage"]) = ("openai", Model, user, team, at, new JsonObject { ["input"] = (long)(usd * 1_000_000) }));
}
