using AgentConsole.Pricing;
using AgentConsole.Pricing.Pages;
using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Pricing.Pages;

public sealed class PriceFormTests(PostgresFixture postgres) : StoreContext(postgres)
{
    [Fact]
    public async Task Save_NewModel_IsInTheBookAndLeadsToTheRePricing()
    {
        var form = Show("/prices?tab=add&provider=acme-ai&model=house-1");
        Fill(form, "2", "8");

        await form.Find("form").SubmitAsync();

        form.WaitForAssertion(() => Assert.Contains("acme-ai/house-1 is in the book: Input $2.00 · Output $8.00", form.Find(".notice.ok").TextContent));
        Assert.Equal("/prices?tab=reprice&preview=true&provider=acme-ai&model=house-1", form.Find(".notice.ok a").GetAttribute("href"));
        Assert.Contains(Book.Rows, static row => row is { Provider: "acme-ai", Model: "house-1", Origin: PriceOrigin.Entered });
    }

    [Fact]
    public async Task Save_FromTheUnpricedQueue_GoesToThePreview()
    {
        var form = Show("/prices?tab=add&provider=acme-ai&model=house-1&then=reprice&range=30d");
        Fill(form, "2", "8");

        await form.Find("form").SubmitAsync();

        form.WaitForAssertion(() => Assert.EndsWith("/prices?range=30d&tab=reprice&preview=true&provider=acme-ai&model=house-1", Services.GetRequiredService<NavigationManager>().Uri));
    }

    [Theory]
    [InlineData("two", "8", "not an amount")]
    [InlineData("-1", "8", "between 0")]
    [InlineData("", "", "needs perMillion")]
    public async Task Save_NoPrice_SaysWhatIsWrongAndKeepsTheForm(string input, string output, string word)
    {
        var form = Show("/prices?tab=add&provider=acme-ai&model=house-1");
        Fill(form, input, output);

        await form.Find("form").SubmitAsync();

        form.WaitForAssertion(() => Assert.Contains(word, form.Find("[role=alert]").TextContent));
        Assert.Equal("house-1", form.FindAll("input")[1].GetAttribute("value"));
    }

    [Fact]
    public async Task Save_AHundredTimesOff_AsksFirstWithTheCostOfARequest()
    {
        var form = await WarnedAsync();

        Assert.Contains("A request of 1,000 input and 1,000 output tokens would cost $1.8 instead of $0.018.", form.Find("[role=alert]").TextContent);
        Assert.Empty(Entered());

        await form.Find(".notice.warning button").ClickAsync(new());

        form.WaitForElement(".notice.ok");
        Assert.Single(Entered());
    }

    [Fact]
    public async Task Confirm_PriceTypedSince_IsAskedAboutAnew()
    {
        var form = await WarnedAsync();
        Fill(form, "30000", "150000");

        await form.Find(".notice.warning button").ClickAsync(new());

        form.WaitForAssertion(() => Assert.Contains("would cost $180 instead of", form.Find("[role=alert]").TextContent));
        Assert.Empty(Entered());
    }

    [Fact]
    public async Task Save_StoreIsAway_SaysSoAndKeepsTheForm()
    {
        await BreakAsync();
        var form = Show("/prices?tab=add&provider=acme-ai&model=house-1");
        Fill(form, "2", "8");

        await form.Find("form").SubmitAsync();

        form.WaitForAssertion(() => Assert.Contains("did not confirm", form.Find("[role=alert]").TextContent));
        Assert.Equal("2", Price(form, 0).GetAttribute("value"));
    }

    private IEnumerable<PriceRow> Entered() => Book.Rows.Where(static row => row.Origin == PriceOrigin.Entered);

    private async Task<IRenderedComponent<PriceForm>> WarnedAsync()
    {
        var form = Show("/prices?tab=add&provider=anthropic&model=claude-sonnet-4-5");
        Fill(form, "300", "1500");
        await form.Find("form").SubmitAsync();
        form.WaitForElement(".notice.warning");
        return form;
    }

    private static void Fill(IRenderedComponent<PriceForm> form, string input, string output)
    {
        Price(form, 0).Change(input);
        Price(form, 1).Change(output);
    }

    private static AngleSharp.Dom.IElement Price(IRenderedComponent<PriceForm> form, int index) => form.FindAll("input[inputmode=decimal]")[index];

    private IRenderedComponent<PriceForm> Show(string url) => Render<PriceForm>(parameters => parameters.Add(form => form.Url, PageUrl.Parse(url)));
}
