using System.Globalization;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Http.Extensions;

namespace AgentConsole.Usage.Pages;

/// <summary>Links between the usage pages that keep what is being looked at.</summary>
public static class UsageLinks
{
    private static readonly string[] OwnState = ["sort", "cursor", "tab", "groupBy", "grain", "measure", "chart", "compare", .. RequestFlaws.Parameters];

    /// <summary>The same range and filters on another page.</summary>
    public static PageUrl Same(PageUrl url, string path) => url.Carry(path).Without(OwnState);

    /// <summary>The requests behind a group, or behind a bar when the bucket's range is given. A null value is "not set".</summary>
    public static PageUrl Requests(PageUrl url, Dimension dimension, string? value) =>
        Same(url, Links.Requests).With(dimension.Name(), value ?? "");

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

    /// <summary>The requests behind a group of the explorer. Null values are "not set".</summary>
    public static PageUrl Requests(PageUrl url, ExplorerView view, IReadOnlyList<string?> group) => Only(Same(url, Links.Requests), view, group);

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

    public static bool HasFilter(PageUrl url) => url.Parameters.Any(static parameter => Facet.TagKey(parameter.Name) is not null) || RequestFlaws.Parameters.Any(name => url[name] is not null) || Dimensions.All.Any(dimension => dimension != Dimension.Tenant && url[dimension.Name()] is not null);

    public static PageUrl WithoutFilters(PageUrl url) =>
        url.Without([.. url.Parameters.Select(static parameter => parameter.Name).Where(static name => Facet.TagKey(name) is not null), .. Dimensions.All.Where(static dimension => dimension != Dimension.Tenant).Select(static dimension => dimension.Name()), .. RequestFlaws.Parameters, "cursor"]);
}
