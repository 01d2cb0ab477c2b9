using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Access.Isolation;

/// <summary>The search box, asked by every kind of caller for what both tenants have, by its own name and by half of it.</summary>
[Collection(nameof(TwoTenants))]
public sealed class SearchFuzzTests(TwoTenants shared)
{
    /// <summary>What there is to find of the foreign tenant, and what would find everything if it were taken for a pattern.</summary>
    private static readonly string[] Texts =
    [
        "bravo", "BRAVO", "bravo-request-0", "bravo-request", "foreignmark", "foreignmark-user", "foreignmark-key", "foreignmark-session", "foreignmark-member@example.test", "foreignmark-member",
        "foreignmark company", "foreignmark-sender", "0000000000000000000000000000bbbb", "a", "b", "f", "ac_", "alpha", "plain", "plain-user", "e", "@", "%", "_", "*", "' OR 1=1--", "\\", "{}", "\uFFFF",
    ];

    private IEnumerable<ISearchSource> Sources => shared.App.Services.GetServices<ISearchSource>();

    public static TheoryData<string> Confined => [.. TestCaller.Confined.Select(static caller => caller.Name)];

    /// <summary>Each source by itself, with the reach that the box gives it.</summary>
    [Theory]
    [MemberData(nameof(Confined))]
    public async Task Source_AskedByWhoeverIsConfinedToOneTenant_FindsNothingOfAnother(string name)
    {
        var caller = TestCaller.All.Single(caller => caller.Name == name);
        foreach (var source in Sources)
            foreach (var text in Texts)
                foreach (var hit in await source.FindAsync(new(text, caller.Caller.ReachOf(AgentConsole.Access.Permissions.OfPolicy(source.Policy)!.Value), TwoTenants.Foreign, 50), CancellationToken.None))
                    Own(hit.Title, hit.Href, hit.Tenant, hit.Detail, $"{source.Kind.Label} for {text}");
    }

    /// <summary>The whole box, on pages of the own tenant and of the foreign one.</summary>
    [Theory]
    [MemberData(nameof(Confined))]
    public async Task Box_OfWhoeverIsConfinedToOneTenant_FindsNothingOfAnother(string name)
    {
        var caller = TestCaller.All.Single(caller => caller.Name == name);
        foreach (var query in new[] { "", "?tenant=bravo", "?tenant=alpha" })
            foreach (var text in Texts.Append(""))
            {
                var answer = await AskAsync(caller, text, $"/usage{query}");
                Assert.DoesNotContain(answer.Missing, static miss => !miss.IsLate);
                foreach (var hit in answer.Groups.SelectMany(static group => group.Hits)) Own(hit.Title, hit.Href ?? "", hit.Tenant, hit.Detail, $"{text} on {query}");
            }
    }

    /// <summary>The same questions of one who may see both: what is looked for above is there to be found.</summary>
    [Theory]
    [InlineData("Users", "foreignmark-user", "bravo")]
    [InlineData("Cases", "foreignmark-user", "bravo")]
    [InlineData("Virtual keys", "foreignmark-key", "bravo")]
    [InlineData("Sessions", "foreignmark-session", "bravo")]
    [InlineData("Requests", "bravo-request-0", "bravo")]
    [InlineData("Members", "foreignmark-member", "bravo")]
    [InlineData("API keys", "foreignmark-sender", "bravo")]
    [InlineData("Tenants", "bravo", "bravo")]
    [InlineData("Users", "plain-us", "alpha")]
    [InlineData("Requests", "alpha-req", "alpha")]
    public async Task Source_AskedByStaff_FindsWhatThereIs(string kind, string text, string tenant)
    {
        foreach (var caller in new[] { TestCaller.Operator, TestCaller.Support })
        {
            var source = Sources.Single(source => source.Kind.Label == kind);
            var hits = await source.FindAsync(new(text, caller.Caller.ReachOf(AgentConsole.Access.Permissions.OfPolicy(source.Policy)!.Value), null, 5), CancellationToken.None);
            Assert.Contains(hits, hit => hit.Tenant == tenant);
        }
    }

    /// <summary>Own things are found by those who may read them, whether they are its member or look as one.</summary>
    [Fact]
    public async Task Box_OfATenantsAdmin_FindsItsOwn()
    {
        foreach (var caller in new[] { TestCaller.Admin, TestCaller.Viewing })
            foreach (var (text, kind) in new[] { ("plain-user", "Users"), ("alpha-request-0", "Requests"), ("plain-session", "Sessions"), ("plain-member", "Members"), ("plain-sender", "API keys"), ("alpha", "Tenants") })
                await Testing.Eventually.TrueAsync(async () => (await AskAsync(caller, text, "/usage")).Groups.Any(group => group.Label == kind && group.Hits.Any(static hit => hit.Tenant == TwoTenants.Own)));
    }

    [Fact]
    public async Task Actions_AreThoseThatTheVisitorMayDo()
    {
        Assert.Equal(["Copy the link to this page", "Explain limits", "Your account"], await ActionsAsync(TestCaller.Viewer));
        Assert.Equal(["Copy the link to this page", "Explain limits", "Your account"], await ActionsAsync(TestCaller.Viewing));
        Assert.Equal(["Copy the link to this page", "Create an API key", "Set a limit", "Explain limits", "Stop a user, a key or a tenant", "Invite a member", "Your account"], await ActionsAsync(TestCaller.Admin));
        Assert.Equal(["Copy the link to this page", "Create an API key", "Set a limit", "Explain limits", "Stop a user, a key or a tenant", "View as a tenant…", "Your account"], await ActionsAsync(TestCaller.Support));
    }

    private async Task<IEnumerable<string>> ActionsAsync(TestCaller caller) =>
        (await AskAsync(caller, "", "/usage")).Groups.Single(static group => group.Label == "Actions").Hits.Select(static hit => hit.Title).Where(static title => !title.StartsWith("Switch", StringComparison.Ordinal) && !title.StartsWith("Show", StringComparison.Ordinal));

    private async Task<SearchAnswer> AskAsync(TestCaller caller, string text, string url)
    {
        await using var scope = shared.App.Services.CreateAsyncScope();
        ((IHostEnvironmentAuthenticationStateProvider)scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>()).SetAuthenticationState(Task.FromResult(new AuthenticationState(caller.Principal)));
        var frame = Frame.Read(PageUrl.Parse(url), [], caller.Caller.ReachOf(AgentConsole.Access.Permission.ReadUsage));
        return await scope.ServiceProvider.GetRequiredService<SearchEverywhere>().ExecuteAsync(text, frame, CancellationToken.None);
    }

    /// <summary>Ids of the foreign tenant bear its name; all else of it is marked.</summary>
    private static void Own(string title, string href, string? tenant, string? detail, string asked)
    {
        Assert.True(tenant is null or TwoTenants.Own, $"{asked}: {tenant}");
        // The page that is open may be named with its tenant; what is found may not lead to another's.
        var found = $"{title} {href.Replace("tenant=bravo", "", StringComparison.Ordinal)} {detail}";
        Assert.True(TwoTenants.Leak(found) is null && !found.Contains(TwoTenants.Foreign, StringComparison.OrdinalIgnoreCase), $"{asked}: {found}");
    }
}
