using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using AgentConsole.Access;
using AgentConsole.Alerts;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>Every page there is, in its frame, as every kind of member sees it.</summary>
[Collection(nameof(TwoTenants))]
public sealed class PageFuzzTests(TwoTenants shared)
{
    private static readonly string[] Everywhere = ["", "tenant=bravo", "tenant=alpha&tenant=bravo", "groupBy=tenant", "groupBy=user&user=foreignmark-user", "user=foreignmark-user&tenant=alpha", "search=model", "conflict=any&unpriced=true", "open=bravo/bravo-request-0", "session=foreignmark-session&sort=cost", "minCost=0&tag.env=&sort=-latencyMs"];

    /// <summary>States behind a tab.</summary>
    private static readonly (string Page, string Query)[] Within = [("PricesPage", "tab=reprice&preview=true"), ("AlertsPage", "tab=channels&create=true"), ("AlertsPage", "tab=rules&create=true"), ("LimitsPage", "tab=stop&user=foreignmark-user")];

    private static readonly Type[] Pages = [.. typeof(Caller).Assembly.GetTypes().Where(static type => type.IsDefined(typeof(RouteAttribute)) && !type.IsDefined(typeof(ExcludeFromInteractiveRoutingAttribute)))];

    public static TheoryData<string> Callers => [.. new[] { TestCaller.Viewer, TestCaller.Admin, TestCaller.Viewing, TestCaller.WithoutRights, TestCaller.Nobody }.Select(static caller => caller.Name)];

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task Page_OfWhoeverIsConfinedToOneTenant_ShowsNothingOfAnother(string name)
    {
        // First those who may see all, so that whatever is kept of their answers is there to be shown by mistake.
        foreach (var page in Pages) await ShowAsync(TestCaller.Operator, page, "", TwoTenants.Foreign);
        var caller = TestCaller.All.Single(caller => caller.Name == name);
        foreach (var page in Pages)
        {
            var first = await FindNothingAsync(caller, page, "");
            var tabs = Regex.Matches(first, @"href=""[^""]*[?&;]tab=(?<tab>[a-z-]+)").Select(static link => $"tab={link.Groups["tab"].Value}").Distinct();
            var within = Within.Where(known => known.Page == page.Name).Select(static known => known.Query);
            foreach (var query in caller.Caller.Reach.IsNone ? Everywhere[1..2] : caller == TestCaller.Viewing ? [.. Everywhere[1..3], .. tabs] : [.. Everywhere[1..], .. tabs, .. within])
                await FindNothingAsync(caller, page, query);
        }
    }

    /// <summary>What the URL itself names may be shown.</summary>
    private async Task<string> FindNothingAsync(TestCaller caller, Type page, string query)
    {
        var markup = await ShowAsync(caller, page, query, TwoTenants.Foreign);
        if (TwoTenants.Leak(WithoutWhatWasNamed(markup)) is { } leak) Assert.Fail($"{page.Name}?{query}: {leak}");
        return markup;
    }

    /// <summary>The audit of all tenants begins with what the other tests were refused.</summary>
    [Fact]
    public async Task Page_OfAnOperator_ShowsBoth()
    {
        // What was planted at this very moment is not over yet, and so in no list of the past.
        shared.App.Time.Now += TimeSpan.FromSeconds(1);
        foreach (var page in Pages.Where(static page => page.Name is not ("PricesPage" or "ReconciliationPage" or "JobsPage")))
            Assert.True(TwoTenants.Leak(await ShowAsync(TestCaller.Operator, page, page.Name == "AuditPage" ? "tenant=bravo" : "groupBy=user", TwoTenants.Foreign)) is not null, page.Name);
    }

    [Theory]
    [InlineData("tenant=bravo", "There is no such page")]
    [InlineData("tenant=alpha&tenant=bravo", "There is no such page")]
    [InlineData("tenant=nobody-has-this", "There is no such page")]
    [InlineData("tenant=alpha", "plain-model")]
    [InlineData("", "plain-model")]
    public async Task Page_NamingATenantOutOfReach_IsNotThere(string query, string shown)
    {
        var page = Pages.Single(static page => page.Name == "UsagePage");
        var markup = await ShowAsync(TestCaller.Viewer, page, query, TwoTenants.Own);
        Assert.Contains(shown, markup, StringComparison.Ordinal);
        Assert.Equal(shown == "plain-model", markup.Contains("Filter", StringComparison.Ordinal));
        Assert.DoesNotMatch(@"href=""[^""]*tenant=(bravo|nobody)", Regex.Match(markup, "<nav id=\"rail\".*?</nav>", RegexOptions.Singleline).Value);
    }

    [Fact]
    public async Task Page_WithoutItsPermission_IsNotShown()
    {
        foreach (var caller in TestCaller.All.Where(static caller => !caller.Caller.CanSomewhere(Permission.ReadPrices)))
        {
            var markup = await ShowAsync(caller, Pages.Single(static page => page.Name == "PricesPage"), "", TwoTenants.Own);
            Assert.Contains("This page is not open to you", markup, StringComparison.Ordinal);
            Assert.DoesNotContain(">Prices<", markup, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Page_OverHttpWithoutItsPermission_IsRefused()
    {
        foreach (var (caller, path, status) in new[] { (TestCaller.Viewer, "/usage", 200), (TestCaller.Viewer, "/prices", 403), (TestCaller.WithoutRights, "/usage", 403), (TestCaller.Nobody, "/usage", 401), (TestCaller.Operator, "/prices", 200) })
        {
            using var client = TestSignIn.Client(shared.App, caller);
            client.DefaultRequestHeaders.Add("Accept", "text/html");
            using var response = await client.GetAsync(path);
            Assert.True(status == (int)response.StatusCode, $"{caller} {path}: {(int)response.StatusCode}");
        }
    }

    [Theory]
    [InlineData("/usage?tenant=bravo")]
    [InlineData("/usage?tenant=alpha&tenant=bravo")]
    [InlineData("/keys?tenant=nobody-has-this")]
    [InlineData("/tenants/bravo")]
    [InlineData("/tenants/nobody-has-this")]
    [InlineData("/requests/bravo/bravo-request-0")]
    public async Task Page_OverHttpNamingATenantOutOfReach_IsNotThere(string path)
    {
        foreach (var (caller, status) in new[] { (TestCaller.Admin, 404), (TestCaller.Operator, 200) })
        {
            using var client = TestSignIn.Client(shared.App, caller);
            client.DefaultRequestHeaders.Add("Accept", "text/html");
            using var response = await client.GetAsync(path);
            Assert.True(status == (int)response.StatusCode, $"{caller}: {(int)response.StatusCode}");
            using var own = await client.GetAsync(path.Replace("bravo", "alpha", StringComparison.Ordinal).Replace("nobody-has-this", "alpha", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        }
    }

    /// <summary>A page that opens something beside its list, by an id in the address: every foreign id there is, under the name it goes by.</summary>
    [Fact]
    public async Task ObjectLevelAuthorization_OnMembersAndWhateverElseAPageSelects_ShowsNothingOfAnotherTenant()
    {
        var ids = await shared.IdsAsync(TwoTenants.Foreign);
        var selected = string.Join('&', ids.Select(static id => $"{Regex.Replace(id.Column, "_id$", "")}={Uri.EscapeDataString(id.Id)}").Append("entry=bravo/1"));
        foreach (var known in new[] { "key", "member", "alert" }) Assert.Matches($"(^|&){known}=", selected);
        foreach (var page in Pages)
        {
            foreach (var caller in new[] { TestCaller.Viewer, TestCaller.Admin })
                if (TwoTenants.Leak((await ShowAsync(caller, page, selected, TwoTenants.Own)).Replace(Uri.EscapeDataString(selected), "", StringComparison.Ordinal)) is { } leak) Assert.Fail($"{caller} {page.Name}: {leak}");
            if (page.Name is "KeysPage" or "MembersPage") Assert.Matches("id=\"(key|member)-title\"", await ShowAsync(TestCaller.Operator, page, selected, TwoTenants.Own));
        }
    }

    [Fact]
    public async Task Switcher_OffersTheTenantsWithinReachOnly()
    {
        var page = Pages.Single(static page => page.Name == "ConflictsPage");
        Assert.DoesNotContain("All tenants", await ShowAsync(TestCaller.Viewer, page, "", TwoTenants.Own), StringComparison.Ordinal);
        Assert.Contains("All tenants", await ShowAsync(TestCaller.Support, page, "", TwoTenants.Own), StringComparison.Ordinal);
    }

    private static string WithoutWhatWasNamed(string markup) =>
        new[] { "foreignmark-user", "foreignmark-key", "foreignmark-session" }.Aggregate(markup, static (rest, named) => rest.Replace(named, "", StringComparison.Ordinal));

    /// <summary>What a page is opened for: a thing of the tenant, by the name it has there.</summary>
    private async Task<string> IdAsync(Type page, string tenant)
    {
        var mark = tenant == TwoTenants.Foreign ? "foreignmark" : "plain";
        if (page.Name == "DashboardPage") return await shared.App.ScalarAsync<string>($"SELECT dashboard_id::text FROM dashboards WHERE tenant_id = '{tenant}'");
        if (page.Name == "CasePage") return await shared.App.ScalarAsync<string>($"SELECT case_id::text FROM cases WHERE tenant_id = '{tenant}'");
        return page.Name switch { "TenantPage" => tenant, "SessionPage" => $"{mark}-session", "UserPage" => $"{mark}-user", "KeyPage" => $"{mark}-key", _ => $"{tenant}-request-0" };
    }

    private async Task<string> ShowAsync(TestCaller caller, Type page, string query, string tenant)
    {
        await using var scope = shared.App.Services.CreateAsyncScope();
        ((IHostEnvironmentAuthenticationStateProvider)scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>()).SetAuthenticationState(Task.FromResult(new AuthenticationState(caller.Principal)));
        await using var context = new BunitContext();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddRadzenComponents();
        // A list of services is not asked of the fallback.
        foreach (var tab in scope.ServiceProvider.GetServices<AlertTab>()) context.Services.AddSingleton(tab);
        context.Services.AddFallbackServiceProvider(scope.ServiceProvider);
        var values = new Dictionary<string, object?> { ["Tenant"] = tenant, ["Id"] = await IdAsync(page, tenant) };
        var template = page.GetCustomAttribute<RouteAttribute>()!.Template;
        foreach (var name in values.Keys.Where(name => !template.Contains($"{{{name}}}", StringComparison.OrdinalIgnoreCase))) values.Remove(name);
        var path = Regex.Replace(template, @"\{(\w+)\}", match => values.Single(value => value.Key.Equals(match.Groups[1].Value, StringComparison.OrdinalIgnoreCase)).Value!.ToString()!);
        context.Services.GetRequiredService<NavigationManager>().NavigateTo($"{path}?range=24h&{query}");
        var route = new Microsoft.AspNetCore.Components.RouteData(page, values);
        var shown = context.Render<CascadingValue<Microsoft.AspNetCore.Components.RouteData>>(parameters => parameters
            .Add(static cascade => cascade.Value, route)
            .AddChildContent<RouteView>(view => view.Add(static view => view.RouteData, route).Add(static view => view.DefaultLayout, typeof(MainLayout))));
        shown.WaitForAssertion(() => Assert.DoesNotContain("bone", shown.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        return shown.Markup;
    }
}
