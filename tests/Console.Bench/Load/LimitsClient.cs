using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentConsole.Bench.Hosting;

namespace AgentConsole.Bench.Load;

/// <summary>Limits and decisions over HTTP.</summary>
internal sealed class LimitsClient : IDisposable
{
    private readonly HttpClient _http;

    public LimitsClient(Uri url, int connections)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, PooledConnectionLifetime = Timeout.InfiniteTimeSpan }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AppProcess.Key);
    }

    public async Task CreateTenantAsync(string tenant, CancellationToken cancellationToken)
    {
        using var made = await _http.PostAsJsonAsync("/api/v1/tenants", new { slug = tenant, name = tenant, timeZone = "Europe/Paris" }, cancellationToken);
        made.EnsureSuccessStatusCode();
    }

    /// <returns>The secret of a key of the tenant that may reserve.</returns>
    public async Task<string> CreateKeyAsync(string tenant, CancellationToken cancellationToken)
    {
        using var made = await _http.PostAsJsonAsync("/api/v1/keys", new { tenant, name = "gateway", scopes = new[] { "limits" } }, cancellationToken);
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("secret").GetString()!;
    }

    /// <param name="scope">JSON beside the tenant, such as <c>"user":"*"</c>.</param>
    public async Task CreateLimitAsync(string tenant, string scope, string measure, string max, string? window, CancellationToken cancellationToken)
    {
        var body = $$"""{"scope":{"tenant":"{{tenant}}"{{(scope.Length > 0 ? "," + scope : "")}}},"measure":"{{measure}}","max":"{{max}}",{{(window is null ? "" : $"\"window\":\"{window}\",")}}"action":"block"}""";
        using var made = await _http.PostAsync("/api/v1/limits", Json(body), cancellationToken);
        made.EnsureSuccessStatusCode();
    }

    public Task<HttpStatusCode> ReserveAsync(string tenant, string id, string user, decimal cost, int holdSeconds, CancellationToken cancellationToken) => PostAsync("reserve", Reservation(tenant, id, user, cost, holdSeconds), cancellationToken);

    public static string Reservation(string tenant, string id, string user, decimal cost, int holdSeconds) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"requestId":"{{id}}","tenant":"{{tenant}}","user":"{{user}}","key":"vk-1","team":"search","model":"gpt-5","provider":"openai","holdSeconds":{{holdSeconds}},"estimate":{"tokens":100,"cost":"{{cost}}"} }""");

    public Task<HttpStatusCode> SettleAsync(string id, decimal cost, CancellationToken cancellationToken) =>
        PostAsync("settle", string.Create(CultureInfo.InvariantCulture, $$"""{"requestId":"{{id}}","actual":{"tokens":100,"cost":"{{cost}}"} }"""), cancellationToken);

    public Task<HttpStatusCode> ExtendAsync(string id, int holdSeconds, CancellationToken cancellationToken) => PostAsync("extend", $$"""{"requestId":"{{id}}","holdSeconds":{{holdSeconds}}}""", cancellationToken);

    public Task<HttpStatusCode> ReleaseAsync(string id, CancellationToken cancellationToken) => PostAsync("release", $$"""{"requestId":"{{id}}"}""", cancellationToken);

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => _http.GetFromJsonAsync<JsonElement>($"/api/v1/limits/{path}", cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<HttpStatusCode> PostAsync(string path, string body, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync($"/api/v1/limits/{path}", Json(body), cancellationToken);
        await response.Content.CopyToAsync(Stream.Null, cancellationToken);
        return response.StatusCode;
    }

    private static ByteArrayContent Json(string body) => new(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new("application/json") } };
}
