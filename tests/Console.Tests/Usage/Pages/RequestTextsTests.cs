using AgentConsole.Access;
using AgentConsole.Tests.Access.Pages;
using AgentConsole.Tests.Testing;
using AgentConsole.Tests.Usage.Contents;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;

namespace AgentConsole.Tests.Usage.Pages;

public sealed class RequestTextsTests(SharedApp shared) : AccessPagesContext(shared), IClassFixture<SharedApp>
{
    private const string Hostile = "<script>alert(1)</script> **bold** [link](javascript:alert(1))";

    [Theory]
    [InlineData(Role.TenantViewer)]
    [InlineData(Role.Support)]
    public async Task Texts_ForWhoMayNotReadThem_AreNotOnThePage(Role role)
    {
        await SendAsync();
        Become(role, role.IsStaff() ? null : Tenant);
        Assert.Equal("", Show().Markup.Trim());
    }

    [Fact]
    public async Task Texts_ForAnAdmin_AreFoldedUntilOpened_AndPlainText()
    {
        await SendAsync();
        Become(Role.TenantAdmin, Tenant);
        var texts = Show();
        Assert.DoesNotContain("alert", texts.Markup, StringComparison.Ordinal);
        Assert.Equal(("false", 0L), (texts.Find("button").GetAttribute("aria-expanded"), await ReadsAsync()));

        await texts.Find("button").ClickAsync(new());
        Assert.Equal("true", texts.Find("button").GetAttribute("aria-expanded"));
        Assert.Equal(["system", "user", "assistant"], texts.FindAll(".role").Select(static role => role.TextContent));
        Assert.Equal(["Be brief.", Hostile, """{"q":1}"""], texts.FindAll("pre").Select(static text => text.TextContent));
        Assert.Equal("calls find", texts.Find(".part").TextContent);
        Assert.Empty(texts.FindAll("script, pre a, pre strong, pre *"));
        Assert.Equal($"system:\nBe brief.\n\nuser:\n{Hostile}", texts.Find(".texts-side [data-copy]").GetAttribute("data-copy"));
        Assert.Equal(1, await ReadsAsync());

        await texts.Find("button").ClickAsync(new());
        Assert.DoesNotContain("alert", texts.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_Cut_SaySo()
    {
        await SendAsync(new string('x', 200_000));
        Become(Role.Operator);
        var texts = Show();
        await texts.Find("button").ClickAsync(new());
        Assert.Contains("Cut at 64 KB of 195 KB", texts.Find(".warning").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_ThatAreNotThere_SayWhy()
    {
        await Shared.Client.SendUsageAsync(Json.Event("evt-1", Tenant));
        Become(Role.TenantAdmin, Tenant);
        var texts = Show();
        await texts.Find("button").ClickAsync(new());
        Assert.Contains("turned off when it came in", texts.Find("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await ReadsAsync());
    }

    /// <summary>What is open is taken off the page, and what is asked for after that is refused.</summary>
    [Fact]
    public async Task Texts_WhenTheRightIsTakenAway_AreGone()
    {
        await SendAsync();
        Become(Role.TenantAdmin, Tenant);
        var texts = Show();
        await texts.Find("button").ClickAsync(new());
        Become(Role.TenantViewer, Tenant);
        texts.Render(parameters => parameters.Add(static texts => texts.Zone, TimeZoneInfo.Local));
        Assert.Equal("", texts.Markup.Trim());
    }

    [Fact]
    public async Task Texts_OfTheNextRequest_AreFoldedAgain()
    {
        await SendAsync();
        Become(Role.TenantAdmin, Tenant);
        var texts = Show();
        await texts.Find("button").ClickAsync(new());
        texts.Render(parameters => parameters.Add(static texts => texts.Event, Event("evt-2")));
        Assert.Equal("false", texts.Find("button").GetAttribute("aria-expanded"));
        Assert.Empty(texts.FindAll("pre"));
    }

    private async Task SendAsync(string said = Hostile)
    {
        await Shared.App.KeepTextsAsync(Tenant, keeps: true);
        await Shared.Client.SendUsageAsync(Json.Event("evt-1", Tenant, item =>
        {
            item["input"] = System.Text.Json.JsonSerializer.SerializeToNode(new[] { new { role = "system", content = "Be brief." }, new { role = "user", content = said } });
            item["output"] = System.Text.Json.Nodes.JsonNode.Parse("""{"choices":[{"message":{"role":"assistant","tool_calls":[{"function":{"name":"find","arguments":"{\"q\":1}"}}]}}]}""");
        }));
    }

    private UsageEvent Event(string id) => new() { TenantId = Tenant, Source = UsageSources.Native, Id = id, OccurredAt = ConsoleApp.Now, Provider = "anthropic", Model = "claude-sonnet-4-5" };

    private IRenderedComponent<RequestTexts> Show() => Render<RequestTexts>(parameters => parameters.Add(static texts => texts.Event, Event("evt-1")).Add(static texts => texts.Zone, TimeZoneInfo.Utc));

    private Task<long> ReadsAsync() => Shared.App.CountAsync($"audit_entries WHERE tenant_id = '{Tenant}' AND action = 'contents.read' AND actor = 'member:ada'");
}
