using AgentConsole.Shell.Widgets;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Tests.Shell.Widgets;

public sealed class HtmlTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\" onmouseover=\"alert(1)")]
    [InlineData("' & — ü")]
    public void Of_Text_IsTextWhateverItSays(string text)
    {
        var markup = Html.Of($"<b title=\"{text}\">{text}</b>").Value;

        var parsed = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(markup).QuerySelector("b")!;
        Assert.Equal((text, text), (parsed.GetAttribute("title"), parsed.TextContent));
        Assert.Single(parsed.Attributes);
        Assert.Empty(parsed.Children);
    }

    [Fact]
    public void Of_Markup_IsPutInAsItIs() => Assert.Equal("<i><b>1</b></i>", Html.Of($"<i>{new MarkupString("<b>")}{1}{new MarkupString("</b>")}</i>").Value);

    [Fact]
    public void Attribute_OfNothing_IsNone() => Assert.Equal("", $"{Html.Attribute("title", null)}");
}
