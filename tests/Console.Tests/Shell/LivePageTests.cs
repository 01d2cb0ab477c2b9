using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using AgentConsole.Tests.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components.Rendering;

namespace AgentConsole.Tests.Shell;

public sealed class LivePageTests : PagesContext
{
    private TaskCompletionSource<string> next = new();
    private readonly List<string> pulled = [];

    [Fact]
    public async Task Signal_OnItsTopic_PullsAgain()
    {
        next.SetResult("one");
        var page = Show("/probe");

        next = Done("two");
        await Feed.SignalAsync(Topics.AllUsage);

        Assert.Contains("two", page.Markup);
    }

    [Fact]
    public async Task Signal_WhilePaused_WaitsForTheResume()
    {
        next.SetResult("one");
        var page = Show("/probe");
        Live.Toggle();

        next = Done("two");
        await Feed.SignalAsync(Topics.AllUsage);
        Assert.Contains("one", page.Markup);

        await page.InvokeAsync(Live.Toggle);
        page.WaitForAssertion(() => Assert.Contains("two", page.Markup));
    }

    [Fact]
    public async Task Pull_Fails_KeepsTheDataAndNamesATrace()
    {
        next.SetResult("one");
        var page = Show("/probe");

        next = new();
        next.SetException(new InvalidOperationException("secret"));
        await Feed.SignalAsync(Topics.AllUsage);

        Assert.Matches("^one [0-9a-f]{32}$", page.Markup);
        Assert.True(Live.Stale);
    }

    [Fact]
    public void Url_ChangesWhileAPullRuns_ShowsOnlyTheNew()
    {
        var slow = next;
        var page = Show("/probe?range=24h");

        next = Done("new");
        Navigate(page, "/probe?range=7d");
        slow.SetResult("old");

        page.WaitForAssertion(() => Assert.Equal("new ", page.Markup));
        Assert.Equal(["/probe?range=24h", "/probe?range=7d"], pulled);
    }

    [Fact]
    public async Task Signal_WhileANewUrlIsRead_PullsAgainAfterIt()
    {
        var first = next;
        var page = Show("/probe");
        await Feed.SignalAsync(Topics.AllUsage);
        Assert.Single(pulled);

        next = Done("with the change");
        first.SetResult("older");

        page.WaitForAssertion(() => Assert.Equal("with the change ", page.Markup));
        Assert.Equal(2, pulled.Count);
    }

    [Fact]
    public void Frame_MovesToAnotherPage_PullsNothing()
    {
        next.SetResult("one");
        var page = Show("/probe");

        Navigate(page, "/elsewhere");

        Assert.Equal(["/probe"], pulled);
    }

    [Fact]
    public void Tenant_Chosen_ListensToItsTopic()
    {
        next.SetResult("one");
        var page = Show("/probe");

        next = Done("two");
        Navigate(page, "/probe?tenant=acme");

        Assert.Equal(1, Feed.Listeners);
    }

    [Fact]
    public async Task Reach_OfTwoTenants_ListensToThoseAndNoOther()
    {
        next.SetResult("one");
        var page = Show("/probe", Reach.Of("acme", "globex"));
        Assert.Equal(2, Feed.Listeners);

        next = Done("two");
        await Feed.SignalAsync(Topics.AllUsage);
        await Feed.SignalAsync(Topics.Usage("initech"));
        Assert.Contains("one", page.Markup);
        await Feed.SignalAsync(Topics.Usage("globex"));
        Assert.Contains("two", page.Markup);
    }

    [Fact]
    public async Task Dispose_Page_StopsListening()
    {
        next.SetResult("one");
        Show("/probe");

        await DisposeComponentsAsync();

        Assert.Equal(0, Feed.Listeners);
    }

    private static TaskCompletionSource<string> Done(string text)
    {
        var done = new TaskCompletionSource<string>();
        done.SetResult(text);
        return done;
    }

    private IRenderedComponent<Probe> Show(string url, Reach? reach = null) => Render<Probe>(parameters => parameters
        .AddCascadingValue(AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), [], reach ?? Reach.Platform))
        .Add(page => page.Pull, asked =>
        {
            pulled.Add(asked.ToString());
            return next.Task;
        }));

    private static void Navigate(IRenderedComponent<Probe> page, string url) =>
        page.InvokeAsync(() => page.Instance.MoveAsync(AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), [], Reach.Platform))).GetAwaiter().GetResult();

    private sealed class Probe : LivePage<string>
    {
        [Microsoft.AspNetCore.Components.Parameter] public required Func<PageUrl, Task<string>> Pull { get; set; }

        /// <summary>What the cascade does when the frame changes.</summary>
        public Task MoveAsync(AgentConsole.Shell.Frame frame)
        {
            Frame = frame;
            var pulling = OnParametersSetAsync();
            StateHasChanged();
            return pulling;
        }

        protected override bool Owns(PageUrl url) => url.Path == "/probe";

        protected override Task<string> PullAsync(CancellationToken cancellationToken) => Pull(Url);

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, $"{Data} {FailedTrace}");
    }
}
