using AgentConsole.Shell;
using AgentConsole.Usage;
using AgentConsole.Usage.Pages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>Filters as a URL has them, as a form shows them, and as chips take them away.</summary>
public sealed class RequestFilterTests : PagesContext
{
    private const string Everything = "/requests?range=7d&minCost=0.01&maxCost=5&minLatencyMs=100&maxLatencyMs=9000&httpStatus=429&httpStatus=5xx&error=rate_limited&session=s-1&fallback=true&tag.env=prod&tag.env=&agent=planner";

    [Fact]
    public void Read_EveryParameter_IsInTheFilter()
    {
        var (filter, wrong) = RequestFilter.Read(PageUrl.Parse(Everything).Parameters);

        Assert.Null(wrong);
        Assert.Equal((0.01m, 5m, 100, 9000, true, false), (filter.MinCost, filter.MaxCost, filter.MinLatencyMs, filter.MaxLatencyMs, filter.Fallback, filter.Unpriced));
        Assert.Equal([new(429, 429), new(500, 599)], filter.HttpStatuses);
        Assert.Equal(["rate_limited"], filter.Errors);
        Assert.Equal(["s-1"], filter.Sessions);
        Assert.Equal(["prod", null], filter.Tags["env"]);
        Assert.False(filter.IsNone);
    }

    [Theory]
    [InlineData("/requests?minCost=-1", "minCost")]
    [InlineData("/requests?minCost=1,000", "minCost")]
    [InlineData("/requests?maxLatencyMs=-5", "maxLatencyMs")]
    [InlineData("/requests?httpStatus=teapot&minCost=1", "httpStatus")]
    public void Read_WhatCannotBeRead_IsNamedAndLeftOut(string url, string named)
    {
        var (filter, wrong) = RequestFilter.Read(PageUrl.Parse(url).Parameters);

        Assert.Contains(named, wrong, StringComparison.Ordinal);
        Assert.Equal(url.EndsWith("minCost=1", StringComparison.Ordinal) ? 1 : null, filter.MinCost);
    }

    [Fact]
    public void Read_NothingAsked_IsNone()
    {
        Assert.True(RequestFilter.Read(PageUrl.Parse("/requests?range=7d&model=gpt-5&tag.=x&minCost=").Parameters).Filter.IsNone);
    }

    [Fact]
    public void Form_Unchanged_KeepsTheUrl()
    {
        var url = PageUrl.Parse(Everything);
        var (after, wrong) = RequestFilterDraft.Read(url).Apply(url);

        Assert.Null(wrong);
        Assert.Equal(url.Parameters.OrderBy(static one => one.Name, StringComparer.Ordinal), after.Parameters.OrderBy(static one => one.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void Form_Filled_IsInTheUrlFromTheFirstRow()
    {
        var form = Show("/requests?range=7d&cursor=abc&conflict=total_mismatch");

        form.FindAll("input")[0].Change("0.5");
        form.FindAll("input")[4].Change("429, 5xx");
        form.FindAll("input")[7].Change("env=prod, team = a=b");
        form.FindAll("input[type=checkbox]")[0].Change(true);
        form.Find("form").Submit();

        Assert.EndsWith("/requests?range=7d&minCost=0.5&httpStatus=429&httpStatus=5xx&fallback=true&conflict=total_mismatch&tag.env=prod&tag.team=a%3Db", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "cheap", "minCost \"cheap\"")]
    [InlineData(7, "prod", "Write a tag as key=value")]
    public void Form_FilledWrongly_SaysWhatAndStays(int field, string text, string said)
    {
        var form = Show("/requests");
        var before = Services.GetRequiredService<NavigationManager>().Uri;

        form.FindAll("input")[field].Change(text);
        form.Find("form").Submit();

        Assert.Contains(said, form.Find("[role=alert]").TextContent);
        Assert.Equal(before, Services.GetRequiredService<NavigationManager>().Uri);
    }

    [Fact]
    public void Chips_EachFilter_IsRemovableAlone()
    {
        var form = Show("/requests?minCost=0.01&tag.env=prod&tag.env=&unpriced=true");

        Assert.Equal(["/requests?tag.env=prod&tag.env=&unpriced=true", "/requests?minCost=0.01&tag.env=&unpriced=true", "/requests?minCost=0.01&tag.env=prod&unpriced=true"],
            form.FindAll(".chip-remove").Select(static link => link.GetAttribute("href")));
        Assert.Equal(["Cost from $0.01", "Tag env prod", "Tag env none"], form.FindAll(".chip").Select(static chip => string.Join(' ', chip.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public void Links_ToOtherPages_LeaveTheFiltersOfRequestsBehind()
    {
        var url = PageUrl.Parse($"{Everything}&open=acme/x&cols=cost&sort=-cost");

        Assert.Equal("/usage?range=7d&agent=planner", UsageLinks.Same(url, "/usage").ToString());
        Assert.True(UsageLinks.HasFilter(PageUrl.Parse("/requests?tag.env=prod")));
        Assert.Equal("/requests?range=7d&open=acme/x&cols=cost&sort=-cost", Uri.UnescapeDataString(UsageLinks.WithoutFilters(url).ToString()));
    }

    [Fact]
    public void Columns_Toggled_AreInTheUrlUntilTheyAreTheUsualOnes()
    {
        var url = PageUrl.Parse("/requests");
        var with = RequestColumns.Toggle(url, severalTenants: false, RequestColumn.Session);

        Assert.Equal("/requests?cols=status,model,user,key,session,input,output,cost,latencyMs,tries", Uri.UnescapeDataString(with.ToString()));
        Assert.Contains(RequestColumn.Session, RequestColumns.Read(with, severalTenants: false));
        Assert.Equal(url, RequestColumns.Toggle(with, severalTenants: false, RequestColumn.Session));
        Assert.Contains(RequestColumn.Tenant, RequestColumns.Read(url, severalTenants: true));
        Assert.Empty(RequestColumns.Read(PageUrl.Parse("/requests?cols=none"), severalTenants: true));
    }

    [Theory]
    [InlineData("/requests?open=acme/a/b%3Fc", "acme", "a/b?c", "native")]
    [InlineData("/requests?open=acme/x&via=otlp", "acme", "x", "otlp")]
    public void Open_InAUrl_IsReadAndWrittenBack(string text, string tenant, string id, string source)
    {
        var open = OpenRequest.Read(PageUrl.Parse(text));

        Assert.Equal(new(tenant, id, source), open);
        Assert.Equal(open, OpenRequest.Read(open!.In(PageUrl.Parse("/requests?open=other/y&via=litellm"))));
    }

    [Theory]
    [InlineData("/requests")]
    [InlineData("/requests?open=acme")]
    [InlineData("/requests?open=/x")]
    [InlineData("/requests?open=acme/")]
    public void Open_ThatNamesNone_IsNone(string text) => Assert.Null(OpenRequest.Read(PageUrl.Parse(text)));

    private IRenderedComponent<RequestFilterForm> Show(string url)
    {
        var form = Render<RequestFilterForm>(parameters => parameters.Add(form => form.Url, PageUrl.Parse(url)));
        form.Find("details").TriggerEvent("onfocusin", new FocusEventArgs());
        return form;
    }
}
