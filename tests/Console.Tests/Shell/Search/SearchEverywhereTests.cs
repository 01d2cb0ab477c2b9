using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using AgentConsole.Tests.Usage.Pages;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentConsole.Tests.Shell.Search;

/// <summary>What the search box does with what its sources tell, and with those that tell nothing.</summary>
public sealed class SearchEverywhereTests : PagesContext
{
    private const string Policy = "may";

    private static readonly Frame Page = Frame.Read(PageUrl.Parse("/usage?range=30d&tenant=acme"), [], Reach.Platform);

    [Fact]
    public async Task Source_Late_IsNamed_AndTheOthersAreShown()
    {
        var answer = await Search([Source("Slow", static async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return [];
        }), Source("Broken", static (_, _) => throw new InvalidOperationException()), Source("Users", static (ask, _) => Hits(ask.Text))], TimeSpan.FromSeconds(3)).ExecuteAsync("u-1", Page, default);
        Assert.Equal([("Slow", true), ("Broken", false)], answer.Missing.Select(static miss => (miss.Label, miss.IsLate)));
        Assert.Equal("u-1", Assert.Single(Assert.Single(answer.Groups).Hits).Title);
    }

    /// <summary>What is late is told to stop: it does not go on in the store.</summary>
    [Fact]
    public async Task Source_Late_IsCancelled()
    {
        var stopped = new TaskCompletionSource();
        var source = Source("Slow", async (_, cancellation) =>
        {
            await using var registration = cancellation.Register(stopped.SetResult);
            await Task.Delay(Timeout.Infinite, cancellation);
            return [];
        });
        await Search([source], TimeSpan.FromSeconds(2)).ExecuteAsync("u-1", Page, default);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Source_BeyondTheVisitor_IsNotAsked()
    {
        var search = Search([new TestSource("Secrets", "other", static (_, _) => throw new InvalidOperationException("asked"))]);
        Assert.Empty((await search.ExecuteAsync("x", Page, default)).Missing);
    }

    [Fact]
    public async Task Ask_IsWithinTheVisitorsReach_AndOfTheTenantLookedAt()
    {
        SearchAsk? asked = null;
        await Search([Source("Users", (ask, _) =>
        {
            asked = ask;
            return Hits();
        })]).ExecuteAsync("  u\t-1 ", Page, default);
        Assert.Equal(("u-1", Reach.Of("acme", "globex"), "acme"), (asked!.Text, asked.Reach, asked.Tenant));
    }

    [Fact]
    public async Task Group_WithWhatWasTypedExactly_IsFirst()
    {
        var answer = await Search([Source("Users", static (_, _) => Hits("req-10")), Source("Requests", static (_, _) => Hits("req-1", "req-11"))]).ExecuteAsync("REQ-1", Page, default);
        Assert.Equal(["Requests", "Users"], answer.Groups.Select(static group => group.Label));
    }

    [Theory]
    [InlineData("", "Overview Usage")]
    [InlineData("us", "Usage")]
    [InlineData("age", "")]
    public async Task Page_IsFoundByTheBeginningOfAWord_AndKeepsTenantAndRange(string text, string found)
    {
        var pages = (await Search([]).ExecuteAsync(text, Page, default)).Groups.SingleOrDefault(static group => group.Label == "Pages")?.Hits ?? [];
        Assert.Equal(found, string.Join(' ', pages.Select(static page => page.Title)));
        Assert.All(pages, static page => Assert.EndsWith("?range=30d&tenant=acme", page.Href, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bright colour", "Switch theme to light")]
    [InlineData("forbidden", "")]
    public async Task Action_IsFoundByItsWords_IfTheVisitorMay(string text, string found) =>
        Assert.Equal(found, string.Join(' ', (await Search([]).ExecuteAsync(text, Page, default)).Groups.SelectMany(static group => group.Hits).Select(static hit => hit.Title)));

    [Fact]
    public void Box_Typed_ListsOptions_MarksWhatMatched_AndSaysWhatIsMissing()
    {
        Services.AddSingleton(Search([Source("Users", static (ask, _) => Task.FromResult<IReadOnlyList<SearchHit>>(ask.Text == "u-1" ? [new("u-17", "/requests?user=u-17", "acme", "last seen today")] : [])), Source("Broken", static (_, _) => throw new InvalidOperationException())]));
        Services.AddSingleton<IVisitor>(new Visitor());
        var box = Render<SearchBox>(static parameters => parameters.Add(static box => box.Frame, Page));
        var field = box.Find("[role=combobox]");
        Assert.Equal(box.Find("[role=listbox]").Id, field.GetAttribute("aria-controls"));
        Assert.Equal("Search", box.Find("dialog").GetAttribute("aria-label"));

        Assert.Empty(box.FindAll("[role=option]"));
        field.Focus();
        box.WaitForAssertion(() => Assert.Equal(3, box.FindAll("[role=option]").Count));

        field.Input("u-1");

        box.WaitForAssertion(() => Assert.Equal("u-1", box.Find("[role=listbox]").GetAttribute("data-for")));
        var option = box.FindAll("[role=option]")[0];
        Assert.Equal(("/requests?user=u-17", "u-1"), (option.GetAttribute("href"), option.QuerySelector("mark")!.TextContent));
        Assert.Contains("acme", option.TextContent, StringComparison.Ordinal);
        Assert.Contains("Could not search broken (failed)", box.Find(".search-missing").TextContent, StringComparison.Ordinal);
        Assert.Equal("1 found", box.Find("[role=status]").TextContent);
        Assert.Equal(box.FindAll("[id]").Select(static element => element.Id).Distinct().Count(), box.FindAll("[id]").Count);
    }

    [Theory]
    [InlineData("/usage", "/usage?range=7d&tenant=acme")]
    [InlineData("/usage?range=24h&model=gpt-5", "/usage?range=24h&model=gpt-5&tenant=acme")]
    [InlineData("/usage?from=2026-11-01&to=2026-11-03&tenant=globex", "/usage?from=2026-11-01&to=2026-11-03&tenant=globex")]
    public void CopyLink_SaysWhatGoesWithoutSaying(string url, string link)
    {
        var frame = Frame.Read(PageUrl.Parse(url), [], url.Contains("globex", StringComparison.Ordinal) ? Reach.Platform : Reach.Of("acme"));
        Assert.Equal(link, Render<CopyLink>(parameters => parameters.Add(static copy => copy.Frame, frame)).Find("button").GetAttribute("data-copy-link"));
    }

    [Fact]
    public void Shortcut_IsOfOnePage() => Assert.Equal(Shortcuts.All.Count, Shortcuts.All.Distinct().Count());

    private static Task<IReadOnlyList<SearchHit>> Hits(params string[] titles) => Task.FromResult<IReadOnlyList<SearchHit>>([.. titles.Select(static title => new SearchHit(title, $"/{title}"))]);

    private static TestSource Source(string label, Func<SearchAsk, CancellationToken, Task<IReadOnlyList<SearchHit>>> find) => new(label, Policy, find);

    private static SearchEverywhere Search(ISearchSource[] sources, TimeSpan? ceiling = null) => new(
        sources,
        [new(NavGroup.Spend, 2, "Usage", "/usage", "usage", Policy), new(NavGroup.Spend, 1, "Overview", "/", "overview", Policy), new(NavGroup.Admin, 1, "Forbidden usage", "/no", "usage", "other")],
        [new(1, "Switch theme to light", "colour bright", "light", null, Presses: "theme-light"), new(2, "Do the forbidden", "", "light", "other", Presses: "no")],
        new Visitor(), new() { Ceiling = ceiling ?? TimeSpan.FromSeconds(30) }, TimeProvider.System, NullLogger<SearchEverywhere>.Instance);

    private sealed class TestSource(string label, string policy, Func<SearchAsk, CancellationToken, Task<IReadOnlyList<SearchHit>>> find) : ISearchSource
    {
        public SearchKind Kind { get; } = new(1, label, "usage", "ids");

        public string Policy => policy;

        public Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken) => find(ask, cancellationToken);
    }

    private sealed class Visitor : IVisitor
    {
        public ValueTask<Reach> ReachAsync(string? policy) => ValueTask.FromResult(policy == Policy ? Reach.Of("acme", "globex") : Reach.None);

        public IDisposable Follow(Action changed) => throw new NotSupportedException();
    }
}
