using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using AgentConsole.Access;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Rules;

/// <summary>Of the running app: nothing is open by oversight, nothing is served that the document does not list.</summary>
public sealed class EndpointTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly string[] Open =
    [
        "/openapi/{documentName}.json", "/health/live", "/health/ready", "/not-found", "/problem",
        "/sign-in", "/sign-in/code", "/sign-in/forgotten", "/sign-in/reset", "/sign-in/invitation", "/sign-in/passkey",
    ];

    /// <summary>Serves files of the source tree in a build that is not published; without a policy, so it is refused.</summary>
    private const string FilesOfABuild = "/{**path:file}";

    /// <summary>For whoever is signed in: what is one's own.</summary>
    private static readonly string[] WithoutPermission = ["/account", "/account/passkey", "/view-as/stop", FilesOfABuild];

    /// <summary>Anyone who reads may ask what a re-pricing would do; the handler asks for more before it does it.</summary>
    private static readonly string[] CheckedInTheHandler = ["/api/v1/prices/reprice"];

    /// <summary>Changes nothing: gives a passkey's question, which only the one who holds it can answer.</summary>
    private static readonly string[] AnsweredWithAChallenge = ["/sign-in/passkey", "/account/passkey"];

    private IEnumerable<RouteEndpoint> Endpoints => shared.App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void UnguardedAdminEndpoint_OrAnyOther_SaysWhoMayUseIt()
    {
        var open = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null && endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null);
        Assert.Equal(Open.Order(), open.Select(endpoint => Pattern(endpoint)).Where(pattern => !pattern.StartsWith("/_", StringComparison.Ordinal)).Distinct().Order());
        var silent = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().All(data => data.Policy is null));
        Assert.Equal("", string.Join(' ', silent.Select(Pattern).Except([FilesOfABuild])));
    }

    /// <summary>Being signed in is not enough: each asks for a permission, by <c>RequireAuthorization(Permission.X.Policy())</c> or, a page, by <c>[Needs]</c>.</summary>
    [Fact]
    public void UnguardedAdminEndpoint_OrAnyOther_AsksForAPermission()
    {
        var vague = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().All(data => Permissions.OfPolicy(data.Policy) is null));
        Assert.Equal(WithoutPermission.Order(), vague.Select(Pattern).Where(pattern => !pattern.StartsWith("/_", StringComparison.Ordinal)).Distinct().Order());
    }

    /// <summary>Whoever may only read changes nothing: what is not asked with GET asks for more than a right to look, here or in its handler.</summary>
    [Fact]
    public void UnguardedAdminEndpoint_ThatChangesSomething_ThereIsNone()
    {
        var writes = Endpoints.Where(endpoint => Pattern(endpoint).StartsWith("/api", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Any(method => method != "GET"));
        var open = writes.Where(endpoint => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => Permissions.OfPolicy(data.Policy)).All(asked => asked is null || (asked & Permissions.ReadOnly) == asked));
        Assert.Equal(CheckedInTheHandler, open.Select(Pattern).Distinct());
    }

    [Fact]
    public async Task UnguardedAdminEndpoint_WithoutAKey_ThereIsNone()
    {
        using var client = shared.App.Client(null);
        foreach (var endpoint in Endpoints.Where(endpoint => Pattern(endpoint).StartsWith("/api", StringComparison.Ordinal)))
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                using var request = new HttpRequestMessage(new(method), Regex.Replace(Pattern(endpoint), @"\{[^}]+\}", "00000000-0000-0000-0000-000000000000"));
                using var response = await client.SendAsync(request);
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {Pattern(endpoint)}: {response.StatusCode}");
            }
    }

    /// <summary>A form is sent with a browser's cookies, so it says that it was ours; a key is never sent by itself.</summary>
    [Fact]
    public void Form_EveryOne_IsGuardedAgainstForgery()
    {
        var unguarded = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Any(method => method is not ("GET" or "HEAD" or "OPTIONS")) == true)
            .Where(endpoint => !Pattern(endpoint).StartsWith("/api/", StringComparison.Ordinal) && !Pattern(endpoint).StartsWith("/v1/", StringComparison.Ordinal) && !Pattern(endpoint).StartsWith("/_", StringComparison.Ordinal))
            .Where(endpoint => endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Antiforgery.IAntiforgeryMetadata>()?.RequiresValidation != true);
        Assert.Equal(AnsweredWithAChallenge.Order(), unguarded.Select(Pattern).Distinct().Order());
        var forms = Repository.Files("src", ".razor").Where(file => Regex.IsMatch(file.Text, "<form[^>]*method=\"post\""));
        Assert.Empty(forms.Where(file => Regex.Count(file.Text, "<form[^>]*method=\"post\"") != Regex.Count(file.Text, "<AntiforgeryToken />")).Select(file => file.Path));
    }

    /// <summary>A job runs by its schedule, and by whoever may do what it does: nothing outside of Jobs knows the scheduler, and no address starts one unasked.</summary>
    [Fact]
    public void JobTrigger_WithoutPolicy_ThereIsNone()
    {
        var triggers = typeof(Caller).Assembly.GetTypes().Where(type => type.Namespace is not "AgentConsole.Jobs" && References.Of(type).Any(used => used.Name is "IScheduler" or "ISchedulerFactory" or "IQuartzClient"));
        Assert.Empty(triggers.Select(type => type.FullName));
        var jobs = Endpoints.Where(endpoint => Regex.IsMatch(Pattern(endpoint), "job|trigger|schedule", RegexOptions.IgnoreCase));
        Assert.DoesNotContain(jobs, endpoint => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().All(data => data.Policy != Permission.ManagePlatform.Policy() && data.Policy != Permission.ReadPlatform.Policy()));
    }

    [Fact]
    public void Page_ThatIsOpenedInACircuit_SaysWhatItNeeds_AndIsShownInTheFrameThatChecksIt()
    {
        var pages = typeof(Caller).Assembly.GetTypes().Where(type => type.IsDefined(typeof(RouteAttribute)) && !type.IsDefined(typeof(ExcludeFromInteractiveRoutingAttribute)));
        Assert.DoesNotContain(pages, page => !page.IsDefined(typeof(NeedsAttribute)) || (page.GetCustomAttribute<LayoutAttribute>() is { } layout && layout.LayoutType != typeof(MainLayout)));
    }

    [Fact]
    public void Navigation_EveryEntry_AsksForWhatItsPageAsks()
    {
        var asked = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null).ToDictionary(Pattern, endpoint => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy));
        foreach (var entry in shared.App.Services.GetServices<NavEntry>()) Assert.Contains(entry.Policy, asked[entry.Href]);
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
