using AgentConsole.Shell;
using AgentConsole.Tests.Testing;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>The pages of a session, a user and a virtual key.</summary>
public sealed class SessionPageTests(PostgresFixture postgres) : StoreContext(postgres)
{
    [Fact]
    public async Task Session_StoreIsSlow_IsASkeleton()
    {
        await using var held = await HoldAsync();

        Assert.NotEmpty(Page<SessionPage>("s-1").FindAll("[role=status] .bone"));
    }

    [Fact]
    public async Task Page_StoreIsAway_OffersRetryAndATrace()
    {
        await BreakAsync();
        foreach (var page in new Func<IRenderedComponent<IComponent>>[] { () => Page<SessionPage>("s-1"), () => Page<UserPage>("u-1"), () => Page<KeyPage>("vk-1") })
        {
            var shown = page();
            shown.WaitForAssertion(() => Assert.Contains("could not be read", shown.Find("[role=alert]").TextContent));
        }
    }

    [Fact]
    public async Task Page_OfWhatThereIsNot_SaysSo()
    {
        await SendAsync(Call(0));
        foreach (var (page, said) in new (Func<IRenderedComponent<IComponent>>, string)[] { (() => Page<SessionPage>("s-9"), "There is no such session"), (() => Page<UserPage>("u-9"), "There is no such user"), (() => Page<KeyPage>("vk-9"), "There is no such virtual key") })
        {
            var shown = page();
            shown.WaitForAssertion(() => Assert.Contains(said, shown.Find(".state h2").TextContent));
        }
    }

    [Fact]
    public async Task Page_StoreGoesAway_KeepsWhatIsThere()
    {
        await SendAsync(Call(0));
        var page = Page<SessionPage>("s-1");
        page.WaitForElement("tr.linked");

        await BreakAsync();
        await Feed.SignalAsync(Topics.Usage("acme"));

        page.WaitForElement(".stale");
        Assert.Single(page.FindAll("table.requests tr.linked"));
    }

    [Fact]
    public async Task Session_OfALoop_SaysWhatItRepeatedAndByWhichDefinition()
    {
        await SendAsync(Enumerable.Range(0, 40).Select(static index => Call(index, tool: "lookup_order")));
        var page = Page<SessionPage>("s-1");

        page.WaitForAssertion(() => Assert.Equal("$40.00 by 40 requests in 1 min 18 s, on m.", page.Find(".sentence").TextContent));
        Assert.Contains("40 of 40 requests repeat the same call of lookup_order, for $40.00.", page.Find("p.warning").TextContent);
        Assert.Contains("at least 10 requests of the session in a row with the same model, agent, operation and tool", page.Find(".card-note").TextContent);
        Assert.Contains("at most 60 s after the one before it, with input tokens within 10 % and output tokens within 50 % of it", page.Find(".card-note").TextContent);
        Assert.Equal("/requests?tenant=acme&from=2026-11-20T17:00:00Z&to=2026-11-20T17:01:19Z&session=s-1&model=m&tool=lookup_order".Split('?')[1].Split('&').Order(),
            page.Find("section[aria-labelledby=repeats-title] a[data-row]").GetAttribute("href")!.Split('?')[1].Split('&').Order());
        Assert.Equal("$40.00", page.Find("section[aria-labelledby=models-title] tr.total td").TextContent.Trim());
    }

    [Fact]
    public async Task Session_WithoutRepeats_IsInOrderAndTellsTheDefinitionAllTheSame()
    {
        await SendAsync(Enumerable.Range(0, 5).Select(static index => Call(index)));
        var page = Page<SessionPage>("s-1");

        page.WaitForAssertion(() => Assert.Equal(["c-0", "c-1", "c-2", "c-3", "c-4"], page.FindAll("table.requests a[data-row]").Select(static link => link.GetAttribute("href")!.Split("%2F")[1])));
        Assert.Contains("No", page.Find("section[aria-labelledby=repeats-title] .muted").TextContent);
        Assert.NotEmpty(page.FindAll(".card-note"));
        Assert.Equal(["/users/acme/u-1?tenant=acme", "/virtual-keys/acme/vk-1?tenant=acme"], page.FindAll(".name-links a").Select(static link => link.GetAttribute("href")));
    }

    [Fact]
    public async Task Session_FurtherRequest_IsShown()
    {
        await SendAsync(Call(0));
        var page = Page<SessionPage>("s-1");
        page.WaitForElement("table.requests tr.linked");

        await SendAsync(Call(1));
        await Feed.SignalAsync(Topics.Usage("acme"));

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("table.requests tr.linked").Count));
    }

    [Fact]
    public async Task User_OfTwoMonths_ComparesThemAndShowsTheLatest()
    {
        await SendAsync(Enumerable.Range(0, 20).Select(static index => Call(index)).Concat([Call(22, at: new(2026, 9, 3, 12, 0, 0, TimeSpan.Zero)), Call(20, at: new(2026, 10, 3, 12, 0, 0, TimeSpan.Zero)), Call(21, at: new(2026, 10, 28, 12, 0, 0, TimeSpan.Zero), failed: true)]));
        await RollUpAsync();
        var page = Page<UserPage>("u-1");

        page.WaitForAssertion(() => Assert.Equal("$20.00 this month so far, by 20 requests; $1.00 in the same days of last month. The last request was at 2026-11-20 17:00:38.", page.Find(".sentence").TextContent));
        Assert.Equal(["$20.00", "$2.00", "20", "0"], page.FindAll(".tile-value").Select(static value => value.TextContent));
        Assert.Contains("▲", page.Find(".tile-change").TextContent);
        Assert.Contains("+$19.00", page.Find(".tile-change").TextContent);
        Assert.Equal(15, page.FindAll("section[aria-labelledby=latest-title] tr.linked").Count);
        Assert.Equal("/requests/acme/c-19?tenant=acme", page.Find("section[aria-labelledby=latest-title] a[data-row]").GetAttribute("href"));
        Assert.Equal("/requests/acme/c-21?tenant=acme", Assert.Single(page.FindAll("section[aria-labelledby=failures-title] a[data-row]")).GetAttribute("href"));
    }

    /// <summary>Of a time before the data begins nothing is known: it is no month without cost.</summary>
    [Fact]
    public async Task User_WhoseDataBeginsThisMonth_IsComparedWithNothing()
    {
        await SendAsync(Enumerable.Range(0, 3).Select(static index => Call(index)));
        await RollUpAsync();
        var page = Page<UserPage>("u-1");

        page.WaitForAssertion(() => Assert.StartsWith("$3.00 this month so far, by 3 requests. The data begins on 2026-11-20: nothing is known of the same days of last month, which began on 2026-10-01.", page.Find(".sentence").TextContent));
        Assert.Equal(["—", "—known from 2026-11-20 on", "—", "—"], page.FindAll(".tile-change").Select(static change => string.Join(' ', change.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("— known", "—known", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Key_OfAnUnpricedModel_IsADashNotZero()
    {
        await SendAsync(Call(0, cost: null));
        var page = Page<KeyPage>("vk-1");

        page.WaitForAssertion(() => Assert.StartsWith("An unknown amount this month so far, by 1 request. ", page.Find(".sentence").TextContent));
        Assert.Equal(Format.Unknown, page.Find(".tile-value").TextContent);
        Assert.Contains("No request of this key has failed.", page.Markup);
        Assert.Equal("Virtual key vk-1", string.Join(' ', page.Find("h1").TextContent.Replace("Copied", "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    private static UsageEvent Call(int number, string? tool = null, decimal? cost = 1, DateTimeOffset? at = null, bool failed = false) => new()
    {
        TenantId = "acme", Source = UsageSources.Native, Id = $"c-{number}", OccurredAt = at ?? new DateTimeOffset(2026, 11, 20, 17, 0, 0, TimeSpan.Zero).AddSeconds(number * 2), Provider = "acme-ai", Model = "m",
        Status = failed ? UsageStatus.Failure : UsageStatus.Success, User = "u-1", Key = "vk-1", Session = "s-1", Tool = tool,
        Tokens = new TokenCounts { Input = 1000 + (tool is null ? number : 0), Output = 200 }, Cost = cost,
    };

    private IRenderedComponent<TPage> Page<TPage>(string id) where TPage : IComponent
    {
        var path = typeof(TPage).Name switch { nameof(SessionPage) => Links.Session("acme", id), nameof(UserPage) => Links.User("acme", id), _ => Links.VirtualKey("acme", id) };
        var frame = AgentConsole.Shell.Frame.Read(PageUrl.Parse($"{path}?tenant=acme"), [], AgentConsole.Platform.Data.Reach.Platform);
        return Render<TPage>(parameters =>
        {
            parameters.TryAdd("Tenant", "acme");
            parameters.TryAdd("Id", id);
            parameters.AddCascadingValue(frame);
        });
    }
}
