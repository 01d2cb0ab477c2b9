using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AgentConsole.Alerts;
using AgentConsole.Anomalies;
using AgentConsole.Platform.Data;
using AgentConsole.Tests.Testing;

namespace AgentConsole.Tests.Anomalies;

/// <summary>An app in which a dollar is a million tokens; its job looks when the test says so.</summary>
public sealed class AnomalyApp : IAsyncLifetime
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

    /// <summary>A tenant that has spent $2 an hour for 40 days, half of it by u-1 through k-1 and half by u-2 through k-2.</summary>
    internal async Task<string> TenantAsync()
    {
        App.Time.Now = ConsoleApp.Now;
        var slug = $"t-{Guid.NewGuid():N}"[..16];
        using var response = await Client.PostAsync("/api/v1/tenants", Json.Body($$"""{"slug":"{{slug}}","name":"{{slug}} company","timeZone":"UTC"}"""));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        await SendAsync([.. Enumerable.Range(1, 40 * 24).SelectMany(hour => new[] { Spend(slug, 1, "u-1", "k-1", ConsoleApp.Now.AddHours(-hour).AddMinutes(5)), Spend(slug, 1, "u-2", "k-2", ConsoleApp.Now.AddHours(-hour).AddMinutes(5)) })]);
        return slug;
    }

    /// <summary>So many calls of one tool from a time on, one every ten seconds.</summary>
    internal Task LoopAsync(string tenant, string user, decimal usd, int calls, DateTimeOffset from, string key = "k-1") => SendAsync(
        [.. Enumerable.Range(0, calls).Select(call => Spend(tenant, usd / calls, user, key, from.AddSeconds(10 * call), static item => (item["tool"], item["agent"], item["session"]) = ("lookup", "executor", "s-loop")))]);

    internal async Task SendAsync(params JsonNode[] events)
    {
        await Client.SendUsageAsync(Json.Array(events));
        await App.RollUpAsync();
    }

    internal Task<int> LookAsync() => App.Get<DetectAnomalies>().ExecuteAsync(isSettled: true, CancellationToken.None);

    internal async Task<IReadOnlyList<CaseRow>> CasesAsync(string tenant) => (await App.Get<CaseQueries>().ListAsync(Reach.Of(tenant), new(), CancellationToken.None)).Items;

    internal async Task<IReadOnlyList<AlertRow>> AlertsAsync(string tenant) => (await App.Get<AlertQueries>().ListOpenAsync(Reach.Of(tenant), 100, CancellationToken.None)).Items;

    /// <summary>A case of $120 in twenty minutes by u-1, found.</summary>
    internal async Task<CaseRow> CaseAsync(string? tenant = null)
    {
        tenant ??= await TenantAsync();
        await LoopAsync(tenant, "u-1", 120, 120, ConsoleApp.Now.AddMinutes(-40));
        await LookAsync();
        return Assert.Single(await CasesAsync(tenant));
    }

    internal JsonObject Spend(string tenant, decimal usd, string user, string key, DateTimeOffset at, Action<JsonObject>? change = null) => Json.Event($"spend-{Interlocked.Increment(ref _events)}", tenant, item =>
    {
        (item["provider"], item["model"], item["user"], item["key"], item["occurredAt"]) = ("openai", Model, user, key, at.ToString("O", CultureInfo.InvariantCulture));
        item["usage"] = new JsonObject { ["input"] = (long)(usd * 1_000_000) };
        change?.Invoke(item);
    });
}
