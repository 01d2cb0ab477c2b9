using System.Net;
using System.Text.RegularExpressions;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;

namespace AgentConsole.Tests.Rules;

/// <summary>Of the running app: nothing is open by oversight, nothing is served that the document does not list.</summary>
public sealed class EndpointTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly string[] Open = ["/openapi/{documentName}.json", "/health/live", "/health/ready"];

    /// <summary>Serves files of the source tree in a build that is not published; without a policy, so it is refused.</summary>
    private const string FilesOfABuild = "/{**path:file}";

    private IEnumerable<RouteEndpoint> Endpoints => shared.App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void Endpoint_SaysWhoMayUseIt()
    {
        var open = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null && endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null);
        Assert.Equal(Open.Order(), open.Select(endpoint => Pattern(endpoint)).Where(pattern => !pattern.StartsWith("/_", StringComparison.Ordinal)).Distinct().Order());
        var silent = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().All(data => data.Policy is null));
        Assert.Equal("", string.Join(' ', silent.Select(Pattern).Except([FilesOfABuild])));
    }

    [Fact]
    public async Task Document_ListsEveryEndpoint()
    {
        using var client = shared.App.Client(null);
        var document = await client.GetJsonAsync("/openapi/v1.json");
        var listed = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name.TrimEnd('/')}")).ToHashSet();
        var served = Endpoints.Where(endpoint => Pattern(endpoint).StartsWith("/api", StringComparison.Ordinal) || Pattern(endpoint).StartsWith("/v1", StringComparison.Ordinal) || Pattern(endpoint).StartsWith("/health", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {AsDocumented(Pattern(endpoint))}"));
        Assert.Empty(served.Except(listed));
    }

    /// <summary>Without the constraints of parameters and the slash of a group's own path.</summary>
    private static string AsDocumented(string pattern) => Regex.Replace(pattern, @"\{(\w+):\w+\}", "{$1}").TrimEnd('/');

    [Theory]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/usage")]
    public async Task Refusal_OfTheApi_IsAProblem(string path)
    {
        using var response = await shared.Client.GetAsync(path);
        // The files' fallback of a build that is not published answers to every GET, so that a wrong method is not found.
        Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotEqual("", (await Json.ReadAsync(response)).GetProperty("traceId").GetString());
    }

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
}
