using System.Globalization;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Http.Extensions;

namespace AgentConsole.Usage.Pages;

/// <summary>Links between the usage pages that keep what is being looked at.</summary>
public static class UsageLinks
{
    private static readonly string[] OwnState = ["sort", "cursor", "tab", "groupBy", "grain", .. RequestFlaws.Parameters];

    /// <summary>The same range and filters on another page.</summary>
    public static PageUrl Same(PageUrl url, string path) => url.Carry(path).Without(OwnState);

    /// <summary>The requests behind a group, or behind a bar when the bucket's range is given. A null value is "not set".</summary>
    public static PageUrl Requests(PageUrl url, Dimension dimension, string? value) =>
        Same(url, Links.Requests).With(dimension.Name(), value ?? "");

    /// <summary>What a tenant's user, key and so on did: of the last 30 days, or of the 30 before it was last seen.</summary>
    public static PageUrl Found(string tenant, Dimension dimension, string value, DateTimeOffset lastDay, DateTimeOffset now)
    {
        var page = PageUrl.Parse(Links.Requests).With("tenant", tenant).With(dimension.Name(), value);
        return lastDay > now.AddDays(-29) ? page.With("range", "30d") : Between(page, lastDay.AddDays(-29), lastDay.AddDays(1));
    }

    /// <summary>A session has no page yet: its newest request stands for it.</summary>
    public static string FoundSession(string tenant, string newestRequest) => Links.Request(tenant, newestRequest);

    public static PageUrl Between(PageUrl url, DateTimeOffset from, DateTimeOffset to) =>
        url.Without("range").With("from", Format.Iso(from)).With("to", Format.Iso(to));

    /// <summary>A file of exactly what a view shows.</summary>
    /// <param name="file">usage.csv or focus.csv.</param>
    public static string Export(UsageView view, string file)
    {
        var query = new QueryBuilder
        {
            { "from", view.Range.From.ToString("O", CultureInfo.InvariantCulture) },
            { "to", view.Range.To.ToString("O", CultureInfo.InvariantCulture) },
            { "tz", view.Range.Zone.Id },
            { "grain", view.Grain.Name() },
            { "groupBy", view.GroupBy.Name() },
        };
        foreach (var (dimension, values) in view.Filter.Values)
            foreach (var value in values)
                query.Add(dimension.Name(), value ?? "");
        return $"/export/{file}{query}";
    }

    public static bool HasFilter(PageUrl url) => RequestFlaws.Parameters.Any(name => url[name] is not null) || Dimensions.All.Any(dimension => dimension != Dimension.Tenant && url[dimension.Name()] is not null);

    public static PageUrl WithoutFilters(PageUrl url) =>
        url.Without([.. Dimensions.All.Where(static dimension => dimension != Dimension.Tenant).Select(static dimension => dimension.Name()), .. RequestFlaws.Parameters, "cursor"]);
}
