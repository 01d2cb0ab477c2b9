using AgentConsole.Shell;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class FilterBarTests : PagesContext
{
    [Fact]
    public void Chips_EachFilter_IsRemovableAlone()
    {
        var bar = Show("/usage?model=a&model=b&user=", static (_, _) => Task.FromResult<IReadOnlyList<string>>([]));

        Assert.Equal(["/usage?model=b&user=", "/usage?model=a&user=", "/usage?model=a&model=b"], bar.FindAll(".chip-remove").Select(static link => link.GetAttribute("href")));
        Assert.Contains("no user", bar.Markup);
        Assert.Equal("/usage", bar.Find(".clear").GetAttribute("href"));
    }

    [Fact]
    public void Values_Opened_AddToTheUrl()
    {
        var bar = Show("/usage?model=a", static (dimension, _) => Task.FromResult<IReadOnlyList<string>>(dimension == Dimension.Model ? ["a", "gpt-5", "o3"] : []));

        bar.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        bar.Find("input[type=search]").Input("GPT");

        Assert.Equal("/usage?model=a&model=gpt-5", bar.Find(".filter-values a").GetAttribute("href"));
    }

    [Fact]
    public void Values_CannotBeRead_SaysSoAndOffersRetry()
    {
        var bar = Show("/usage", static (_, _) => throw new InvalidOperationException("secret"));

        bar.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);

        Assert.DoesNotContain("secret", bar.Markup);
        Assert.NotNull(bar.Find("[role=alert] button"));
    }

    private IRenderedComponent<FilterBar> Show(string url, Func<Dimension, int, Task<IReadOnlyList<string>>> values) =>
        Render<FilterBar>(parameters => parameters.Add(bar => bar.Url, PageUrl.Parse(url)).Add(bar => bar.ReadValues, values));
}
