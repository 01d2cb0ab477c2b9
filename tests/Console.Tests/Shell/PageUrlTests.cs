using AgentConsole.Shell;

namespace AgentConsole.Tests.Shell;

public sealed class PageUrlTests
{
    [Theory]
    [InlineData("", "/")]
    [InlineData("usage", "/usage")]
    [InlineData("/usage?range=7d#top", "/usage?range=7d")]
    [InlineData("requests?model=a&model=b&user=", "/requests?model=a&model=b&user=")]
    [InlineData("requests?model=ft:gpt%2Fx%20y", "/requests?model=ft:gpt%2Fx%20y")]
    public void Parse_Anything_WritesTheSame(string text, string expected) => Assert.Equal(expected, PageUrl.Parse(text).ToString());

    [Fact]
    public void Indexer_EmptyValue_IsNotAbsent()
    {
        var url = PageUrl.Parse("/requests?user=");

        Assert.Equal("", url["user"]);
        Assert.Null(url["model"]);
        Assert.Null(url.Text("user"));
    }

    [Fact]
    public void With_SeveralValues_ReplacesAll() =>
        Assert.Equal("/u?x=1&model=b&model=c", PageUrl.Parse("/u?model=a&x=1").With("model", "b", "c").ToString());

    [Fact]
    public void WithoutValue_OneOfSeveral_KeepsTheOthers() =>
        Assert.Equal("/u?model=a", PageUrl.Parse("/u?model=a&model=b").WithoutValue("model", "b").ToString());

    [Fact]
    public void To_OtherPage_KeepsOnlyTheFrame() =>
        Assert.Equal("/requests?tenant=acme&range=24h&tz=UTC", PageUrl.Parse("/usage?tenant=acme&range=24h&tz=UTC&model=x&sort=-cost").To(Links.Requests).ToString());

    [Fact]
    public void Equals_SameParameters_IsTrue()
    {
        Assert.Equal(PageUrl.Parse("/u?a=1"), PageUrl.Parse("u?a=1"));
        Assert.NotEqual(PageUrl.Parse("/u?a=1"), PageUrl.Parse("/u?a="));
    }
}
