using AgentConsole.Shell;
using AgentConsole.Tests.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace AgentConsole.Tests.Shell;

public sealed class FormerFramesTests : PagesContext
{
    /// <summary>Red with a new version of the framework: see the remarks of <see cref="FormerFrames"/>.</summary>
    [Fact]
    public async Task Release_WithThisFramework_LetsGo()
    {
        var list = Render<Words>(static parameters => parameters.Add(words => words.Shown, ["one", "two"]));

        Assert.True(await list.InvokeAsync(() => FormerFrames.Release(list.Instance)));
    }

    [Fact]
    public async Task Render_AfterARelease_ChangesWhatChangedAndNoMore()
    {
        var list = Render<Words>(static parameters => parameters.Add(words => words.Shown, ["one", "two"]));
        for (var round = 0; round < 3; round++)
        {
            await list.InvokeAsync(() => FormerFrames.Release(list.Instance));
            list.Render(parameters => parameters.Add(words => words.Shown, ["one", $"two {round}", "three"]));
            list.MarkupMatches($"<p>one</p><p>two {round}</p><p>three</p>");
        }
        await list.InvokeAsync(() => FormerFrames.Release(list.Instance));
        list.Render(static parameters => parameters.Add(words => words.Shown, []));
        list.MarkupMatches("");
    }

    private sealed class Words : ComponentBase
    {
        [Parameter] public IReadOnlyList<string> Shown { get; set; } = [];

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            foreach (var word in Shown)
            {
                builder.OpenElement(0, "p");
                builder.AddContent(1, word);
                builder.CloseElement();
            }
        }
    }
}
