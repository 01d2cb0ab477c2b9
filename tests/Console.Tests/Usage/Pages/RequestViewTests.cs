using AgentConsole.Pricing;
using AgentConsole.Shell;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class RequestViewTests : PagesContext
{
    [Fact]
    public void Receipt_PricedRequest_ShowsLinesThatSumToTheTotal()
    {
        var view = Show(Priced());

        Assert.Equal(["$0.000009", "$0.0039648", "$0.00009375", "$0.0018"], view.FindAll(".receipt tbody td:last-child").Select(static cell => cell.TextContent));
        Assert.Equal("$0.00586755", view.Find(".receipt tr.total td:last-child").TextContent);
    }

    [Fact]
    public void Sentence_PricedRequest_NamesTheDearestFirst() =>
        Assert.StartsWith("$0.0059: 13,216 cache read tokens at $0.30/M, 120 output tokens at $15.00/M", Show(Priced()).Find(".sentence").TextContent);

    [Fact]
    public void Receipt_ReportedDiffers_ShowsTheDrift()
    {
        var view = Show(Priced(reported: 0.0060m));

        Assert.Equal("+$0.00013245", view.Find(".receipt tfoot tr.warning td:last-child").TextContent);
    }

    [Fact]
    public void Receipt_UnknownModel_IsADashNotZero()
    {
        var view = Show(Event("acme-ai", "secret-x1", null));

        Assert.Equal(Format.Unknown, view.Find(".receipt tr.total td:last-child").TextContent);
        Assert.Contains("no price is known", view.Find(".sentence").TextContent);
    }

    [Fact]
    public void Attempts_FailuresBefore_EndWithTheOneThatAnswered()
    {
        var chain = Show(Priced()).FindAll(".chain li");

        Assert.Equal(2, chain.Count);
        Assert.Contains("level 1, HTTP 429, rate limited, 95 ms", chain[0].TextContent);
        Assert.Contains("success", chain[1].TextContent);
    }

    [Fact]
    public void Hops_Stages_AreAWaterfall()
    {
        var bars = Show(Priced()).FindAll(".hop span");

        Assert.Equal(["margin-left: 0%; width: 25%", "margin-left: 25%; width: 75%"], bars.Select(static bar => bar.GetAttribute("style")));
    }

    [Fact]
    public void Facts_Names_ArePlainText()
    {
        var view = Show(Event("anthropic", "<script>alert(1)</script>", null));

        Assert.Empty(view.FindAll("script"));
    }

    private static UsageEvent Priced(decimal? reported = null) => Event("anthropic", "claude-sonnet-4-5", reported);

    private static UsageEvent Event(string provider, string model, decimal? reported)
    {
        var usage = new UsageEvent
        {
            TenantId = "acme", Source = "native", Id = "evt-1", OccurredAt = SampleUsage.Now, ReceivedAt = SampleUsage.Now, Provider = provider, Model = model,
            Status = UsageStatus.Success, HttpStatus = 200, User = "u-17", LatencyMs = 1840, CostReported = reported,
            Tokens = new() { Input = 3, CacheRead = 13216, CacheWrite5m = 25, Output = 120 },
            Attempts = """[{"provider":"openai","model":"gpt-5","level":1,"status":"failure","httpStatus":429,"reason":"rate_limited","latencyMs":95}]""",
            Hops = """[{"name":"planner","startMs":100,"durationMs":300},{"name":"router","startMs":0,"durationMs":100}]""",
        };
        if (PriceBook.Seed.Price(usage.ToConsumption()) is var (cost, priceId))
            (usage.Cost, usage.PriceId) = (cost, priceId);
        return usage;
    }

    private IRenderedComponent<RequestView> Show(UsageEvent usage) => Render<RequestView>(parameters => parameters
        .Add(view => view.Detail, new RequestDetail(usage, PriceBook.Seed.Explain(usage.ToConsumption(), usage.PriceId)))
        .Add(view => view.Event, usage)
        .Add(view => view.Zone, TimeZoneInfo.Utc)
        .Add(view => view.Url, PageUrl.Parse("/requests/acme/evt-1")));
}
