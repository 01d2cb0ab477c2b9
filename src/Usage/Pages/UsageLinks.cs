using System.Globalization;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Http.Extensions;

namespace AgentConsole.Usage.Pages;

/// <summary>Links between the usage pages that keep what is being looked at.</summary>
public static class UsageLinks
{
    private static readonly string[] OwnState = ["sort", "cursor", "tab", "groupBy", "grain", "measure", "chart", "compare", TailPage.PausedParameter, MoversCard.Parameter, UsageTile.LookParameter, RequestColumns.Parameter, .. OpenRequest.Parameters];

    /// <summary>The same range and filters on another page.</summary>
    public static PageUrl Same(PageUrl url, string path) => url.Carry(path).Without([.. OwnState, .. OfRequests(url)]);

    /// <summary>A list's filters on the page of requests, those that only requests have too.</summary>
    public static PageUrl InRequests(PageUrl url) => url.Carry(Links.Requests).Without([.. OpenRequest.Parameters, TailPage.PausedParameter, "cursor", "tab"]);

    /// <summary>What is filtered by, whatever else an address says: the same for the same filters.</summary>
    public static string FilterKey(PageUrl url) => string.Join('&', url.Parameters
        .Where(static parameter => Dimensions.Parse(parameter.Name) is not null || RequestFilter.Knows(parameter.Name))
        .Distinct().OrderBy(static parameter => parameter.Name, StringComparer.Ordinal).ThenBy(static parameter => parameter.Value, StringComparer.Ordinal)
        .Select(static parameter => $"{Uri.EscapeDataString(parameter.Name)}={Uri.EscapeDataString(parameter.Value)}"));

    /// <summary>The requests behind a group, or behind a bar when the bucket's range is given. A null value is "not set".</summary>
    public static PageUrl Requests(PageUrl url, Dimension dimension, string? value) =>
        Same(url, Links.Requests).With(dimension.Name(), value ?? "");

    /// <summary>The page of what a row of a breakdown is about, where there is one: a user's or a key's, of one tenant; null else.</summary>
    public static PageUrl? Subject(PageUrl url, string? tenant, Dimension dimension, string? value) => (dimension, tenant, value) switch
    {
        (Dimension.User, { } of, { } user) => User(url, of, user),
        (Dimension.Key, { } of, { } key) => Key(url, of, key),
        _ => null,
    };

    /// <summary>A user's page, in the tenant's own zone unless the URL names one.</summary>
    public static PageUrl User(PageUrl url, string tenant, string user) => Within(url, tenant, Links.User(tenant, user));

    /// <summary>The page of a virtual key, likewise.</summary>
    public static PageUrl Key(PageUrl url, string tenant, string key) => Within(url, tenant, Links.VirtualKey(tenant, key));

    /// <summary>A session's page, likewise.</summary>
    public static PageUrl Session(PageUrl url, string tenant, string session) => Within(url, tenant, Links.Session(tenant, session));

    private static PageUrl Within(PageUrl url, string tenant, string path) => url.To(path).With("tenant", tenant);

    /// <summary>What a tenant's user, key and so on did: of the last 30 days, or of the 30 before it was last seen.</summary>
    public static PageUrl Found(string tenant, Dimension dimension, string value, DateTimeOffset lastDay, DateTimeOffset now)
    {
        var page = Subject(PageUrl.Parse("/"), tenant, dimension, value) ?? PageUrl.Parse(Links.Requests).With("tenant", tenant).With(dimension.Name(), value);
        return lastDay > now.AddDays(-29) ? page.With("range", "30d") : Between(page, lastDay.AddDays(-29), lastDay.AddDays(1));
    }

    public static PageUrl Between(PageUrl url, DateTimeOffset from, DateTimeOffset to) =>
        url.Without("range").With("from", Format.Iso(from)).With("to", Format.Iso(to));

    /// <summary>A file of exactly what the explorer shows: with time where it shows time, with what only events know where it shows that.</summary>
    /// <param name="file">usage.csv or focus.csv.</param>
    public static string Export(ExplorerView view, string file)
    {
        var cut = view.Ask().Cut;
        var query = new QueryBuilder
        {
            { "from", cut.From.ToString("O", CultureInfo.InvariantCulture) },
            { "to", cut.To.ToString("O", CultureInfo.InvariantCulture) },
            { "tz", cut.Zone.Id },
            { "grain", view.Chart == ExplorerChart.HeatMap ? Grain.Hour.Name() : view.IsOverTime ? view.Grain.Name() : Grain.Total.Name() },
        };
        if (view.Chart != ExplorerChart.HeatMap) query.Add("groupBy", view.GroupByName);
        if (EventMeasureName(cut.FromEvents) is { } measure) query.Add("measures", measure);
        AddFilter(query, view.Filter);
        return $"/export/{file}{query}";
    }

    /// <summary>The requests that the explorer shows; a filter by a tag is one of requests, too.</summary>
    public static PageUrl Requests(PageUrl url, ExplorerView view) =>
        view.Filter.Tags.Aggregate(Same(url, Links.Requests), static (link, tag) => link.With(Facet.OfTag(tag.Key).Name, tag.Value.Select(static value => value ?? "")));

    /// <summary>The requests behind a group of the explorer. Null values are "not set".</summary>
    public static PageUrl Requests(PageUrl url, ExplorerView view, IReadOnlyList<string?> group) => Only(Requests(url, view), view, group);

    /// <summary>The same, of this group alone.</summary>
    public static PageUrl Only(PageUrl url, ExplorerView view, IReadOnlyList<string?> group)
    {
        for (var index = 0; index < group.Count; index++) url = url.With(view.GroupBy[index].Name, group[index] ?? "");
        return url;
    }

    private static string? EventMeasureName(EventMeasures measures) => measures switch
    {
        EventMeasures.CacheSavings => "cacheSavings",
        EventMeasures.TimeToFirstToken => "ttftMs",
        EventMeasures.TokensPerSecond => "tokensPerSecond",
        _ => null,
    };

    private static void AddFilter(QueryBuilder query, UsageFilter filter)
    {
        foreach (var (facet, values) in filter.All)
            foreach (var value in values)
                query.Add(facet.Name, value ?? "");
    }

    public static bool HasFilter(PageUrl url) => OfRequests(url).Any() || Dimensions.All.Any(dimension => dimension != Dimension.Tenant && url[dimension.Name()] is not null);

    public static PageUrl WithoutFilters(PageUrl url) =>
        url.Without([.. Dimensions.All.Where(static dimension => dimension != Dimension.Tenant).Select(static dimension => dimension.Name()), .. OfRequests(url), "cursor"]);

    /// <summary>The parameters of a URL that only requests can be asked by.</summary>
    private static IEnumerable<string> OfRequests(PageUrl url) => url.Parameters.Select(static parameter => parameter.Name).Where(RequestFilter.Knows);
}
