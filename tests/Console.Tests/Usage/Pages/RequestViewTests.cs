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
    public void Attempts_SenderTellsNoTokens_SaysThatTheirCostIsNotKnown()
    {
        var view = Show(Priced());

        Assert.Equal([Format.Unknown, "$0.0059"], view.FindAll(".attempt-cost").Select(static cost => cost.TextContent));
        Assert.Equal("The failed try took 95 ms; what it cost is not known: the sender does not tell its tokens. It is not part of the request's cost.", view.Find(".chain-note").TextContent);
    }

    [Fact]
    public void Attempts_SenderTellsTokensOrCosts_ShowsWhatTheFailedOnesCost()
    {
        const string Tries = """
            [{"provider":"anthropic","model":"claude-sonnet-4-5","level":1,"status":"failure","httpStatus":529,"reason":"overloaded","latencyMs":900,"usage":{"input":100000}},
             {"provider":"openai","model":"gpt-5","level":2,"status":"failure","reason":"timeout","latencyMs":100,"costReported":"0.25"},
             {"provider":"openai","model":"gpt-5","level":3,"status":"failure","costReported":[]}]
            """;
        var view = Show(Priced(attempts: Tries));

        Assert.Equal(["$0.30", "$0.25", Format.Unknown, "$0.0059"], view.FindAll(".attempt-cost").Select(static cost => cost.TextContent));
        Assert.Equal("The 3 failed tries took 1.00 s and cost $0.55 as far as is known, which is not part of the request's cost.", view.Find(".chain-note").TextContent);
    }

    [Fact]
    public void Hops_Stages_AreAWaterfall()
    {
        var bars = Show(Priced()).FindAll(".waterfall rect");

        Assert.Equal([("0%", "25%"), ("25%", "75%")], bars.Select(static bar => (bar.GetAttribute("x"), bar.GetAttribute("width"))));
    }

    [Fact]
    public void Place_InASession_LeadsToTheOnesBesideIt()
    {
        var view = Show(Priced(), new(2, 3, new("evt-0", "native"), new("evt 2", "otlp")));

        Assert.Equal(["/requests/acme/evt-0", "/requests/acme/evt%202?source=otlp", "/sessions/acme/s-9?tenant=acme"], view.FindAll(".place a").Select(static link => link.GetAttribute("href")));
        Assert.Contains("2 of 3", view.Find(".place").TextContent);
    }

    [Fact]
    public void Facts_UserKeyAndSession_LeadToTheirPages()
    {
        var links = Show(Priced()).FindAll(".facts a").Select(static link => link.GetAttribute("href")).ToList();

        Assert.Equal(["/users/acme/u-17?tenant=acme", "/virtual-keys/acme/vk%2F3?tenant=acme", "/sessions/acme/s-9?tenant=acme", "/requests?tenant=acme&tag.env=prod"], links);
    }

    [Fact]
    public void Facts_Names_ArePlainText()
    {
        var view = Show(Event("anthropic", "<script>alert(1)</script>", null));

        Assert.Empty(view.FindAll("script"));
    }

    private const string OneFailed = """[{"provider":"openai","model":"gpt-5","level":1,"status":"failure","httpStatus":429,"reason":"rate_limited","latencyMs":95}]""";

    private static UsageEvent Priced(decimal? reported = null, string attempts = OneFailed) => Event("anthropic", "claude-sonnet-4-5", reported, attempts);

    private static UsageEvent Event(string provider, string model, decimal? reported, string attempts = OneFailed)
    {
        var usage = new UsageEvent
        {
            TenantId = "acme", Source = "native", Id = "evt-1", OccurredAt = SampleUsage.Now, ReceivedAt = SampleUsage.Now, Provider = provider, Model = model,
            Status = UsageStatus.Success, HttpStatus = 200, User = "u-17", LatencyMs = 1840, CostReported = reported,
            Tokens = new() { Input = 3, CacheRead = 13216, CacheWrite5m = 25, Output = 120 },
            Key = "vk/3", Session = "s-9", Tags = """{"env":"prod"}""", Attempts = attempts,
            Hops = """[{"name":"planner","startMs":100,"durationMs":300},{"name":"router","startMs":0,"durationMs":100}]""",
        };
        if (PriceBook.Seed.Price(usage.ToConsumption()) is var (cost, priceId))
            (usage.Cost, usage.PriceId) = (cost, priceId);
        return usage;
    }

    private IRenderedComponent<RequestView> Show(UsageEvent usage, SessionPlace? place = null) => Render<RequestView>(parameters => parameters
        .Add(view => view.Detail, RequestDetail.Of(usage, PriceBook.Seed) with { Place = place })
        .Add(view => view.Event, usage)
        .Add(view => view.Zone, TimeZoneInfo.Utc)
        .Add(view => view.Url, PageUrl.Parse("/requests/acme/evt-1")));
}
