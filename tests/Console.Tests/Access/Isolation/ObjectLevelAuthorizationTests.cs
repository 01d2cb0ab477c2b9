using System.Net;
using System.Text.RegularExpressions;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>Every endpoint that names a thing in its path, asked for every id that another tenant's rows have, whatever table they are of: a table that is new is attacked from its first row on.</summary>
[Collection(nameof(TwoTenants))]
public sealed class ObjectLevelAuthorizationTests(TwoTenants shared)
{
    private static readonly string[] Callers = ["full-key", "admin"];

    private static readonly string[] Bodies = ["{}", """{"name":"fuzzed","scopes":["read"],"timeZone":"UTC","graceMinutes":0,"max":"1","measure":"requests","window":"day","action":"block","scope":{"tenant":"bravo"}}"""];

    private IEnumerable<(string Pattern, string Method)> Endpoints =>
        from endpoint in shared.App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        where endpoint.RoutePattern.Parameters.Count > 0 && pattern.StartsWith("/api/", StringComparison.Ordinal)
        where endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is null
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select (pattern, method);

    /// <summary>Not even an answer tells that there is such a thing: it is the one that an id which nobody has gets.</summary>
    [Fact]
    public async Task ObjectLevelAuthorization_OnKeysLimitsRequestsAndWhateverElseHasAnId_AnswersAsIfThereWereNone()
    {
        Assert.Superset(new HashSet<string> { "key_id", "event_id", "member_id", "alert_id", "invitation_id", "run_id" }, (await shared.IdsAsync(TwoTenants.Foreign)).Select(static id => id.Column).ToHashSet());
        var (before, ids, wrong, asked) = (await shared.ContentsAsync(TwoTenants.Foreign), await shared.IdsAsync(TwoTenants.Foreign), new List<string>(), 0);
        foreach (var caller in Callers.Select(static name => TestCaller.Confined.Single(caller => caller.Name == name)))
        {
            using var client = TestSignIn.Client(shared.App, caller);
            foreach (var (pattern, method) in Endpoints)
                foreach (var tenant in pattern.Contains("{tenant}", StringComparison.Ordinal) ? [TwoTenants.Own, TwoTenants.Foreign] : new[] { TwoTenants.Foreign })
                    foreach (var id in Fits(pattern, ids))
                        foreach (var body in method == "GET" ? new string?[] { null } : Bodies)
                        {
                            var (status, answer) = await AskAsync(client, method, Fill(pattern, tenant, id), body);
                            var (_, none) = await AskAsync(client, method, Fill(pattern, tenant == TwoTenants.Own ? tenant : "nobody-has", Unlike(id)), body);
                            if (status < 400 || status >= 500 || answer != none) wrong.Add($"{caller} {method} {Fill(pattern, tenant, id)} {body}: {status} {answer} and not {none}");
                            asked++;
                        }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.True(asked > 100, $"{asked} requests are not many");
        Assert.Equal(before, await shared.ContentsAsync(TwoTenants.Foreign));
    }

    /// <summary>The same ids, asked by one who may: each kind of thing is there to be found. Jobs are the platform's alone, and no row's id names one.</summary>
    [Fact]
    public async Task ObjectLevelAuthorization_OnOnesOwn_FindsThem()
    {
        var ids = await shared.IdsAsync(TwoTenants.Own);
        using var client = TestSignIn.Client(shared.App, TestCaller.PlatformKey);
        foreach (var (pattern, _) in Endpoints.Where(static endpoint => endpoint.Method == "GET" && !endpoint.Pattern.StartsWith("/api/v1/jobs", StringComparison.Ordinal)))
        {
            var found = false;
            foreach (var id in Fits(pattern, ids)) found |= (await AskAsync(client, "GET", Fill(pattern, TwoTenants.Own, id), null)).Status == 200;
            Assert.True(found, $"{pattern}: {nameof(TwoTenants)} plants nothing that it could show");
        }
    }

    private static IEnumerable<string> Fits(string pattern, IReadOnlyList<(string Column, string Id)> ids) =>
        !Regex.IsMatch(Fill(pattern, "", "?"), @"\?") ? [""]
        : ids.Select(static id => id.Id).Where(id => !pattern.Contains(":guid}", StringComparison.Ordinal) || Guid.TryParseExact(id, "D", out _)).Distinct();

    private static string Fill(string pattern, string tenant, string id) =>
        Regex.Replace(pattern, @"\{(\w+)(:\w+)?\}", match => match.Groups[1].Value is "tenant" or "slug" ? tenant : id == "?" ? id : Uri.EscapeDataString(id));

    /// <summary>Of the same shape, and nobody's.</summary>
    private static string Unlike(string id) => Guid.TryParseExact(id, "D", out _) ? "00000000-0000-7000-8000-000000000001" : new string('z', id.Length);

    /// <summary>The answer without what was asked for, and without its trace.</summary>
    private static async Task<(int Status, string Answer)> AskAsync(HttpClient client, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : Json.Body(body) };
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        foreach (var part in path.Split('/').Where(static part => part.Length > 0).Select(Uri.UnescapeDataString).OrderByDescending(static part => part.Length)) text = text.Replace(part, "…", StringComparison.Ordinal);
        return ((int)response.StatusCode, $"{response.StatusCode} {Regex.Replace(text, "\"traceId\":\"[^\"]*\"", "")}");
    }
}
