using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>What the requests page shows.</summary>
/// <param name="Rejected">Items refused at the door; null unless their tab is open.</param>
/// <param name="Open">The request in the side panel; null when none is.</param>
public sealed record RequestList(TimeRange Range, RequestScroll Scroll, Freshness Freshness, IReadOnlyList<RejectedItem>? Rejected, bool HasEvents, RequestDetail? Open)
{
    public const string RejectedTab = "rejected";

    public RequestQuery Query => Scroll.Question;
}

/// <summary>The question that a URL of the requests page asks.</summary>
public static class RequestQueries
{
    public static RequestQuery Read(PageUrl url, UsageView view)
    {
        var (sort, ascending) = ReadSort(url["sort"]);
        return new(view.Range.From, view.Range.To, view.Filter, sort, url.Text("cursor"), RequestScroll.PageSize) { Where = RequestFilter.Read(url.Parameters).Filter, Ascending = ascending };
    }

    public static (RequestSort Sort, bool Ascending) ReadSort(string? name) => name?.TrimStart('-') switch
    {
        "cost" => (RequestSort.Cost, name[0] != '-'),
        "latencyMs" => (RequestSort.LatencyMs, name[0] != '-'),
        "occurredAt" => (RequestSort.OccurredAt, name[0] != '-'),
        _ => (RequestSort.OccurredAt, false),
    };

    /// <summary>As the URL says it.</summary>
    public static string SortName(this RequestQuery query) => (query.Ascending ? "" : "-") + query.Sort switch
    {
        RequestSort.OccurredAt => "occurredAt",
        RequestSort.Cost => "cost",
        RequestSort.LatencyMs => "latencyMs",
        _ => throw new ArgumentOutOfRangeException(nameof(query)),
    };

    public static string Order(this RequestQuery query) => (query.Sort, query.Ascending) switch
    {
        (RequestSort.OccurredAt, false) => "newest first",
        (RequestSort.OccurredAt, true) => "oldest first",
        (RequestSort.Cost, false) => "dearest first",
        (RequestSort.Cost, true) => "cheapest first",
        (RequestSort.LatencyMs, false) => "slowest first",
        (RequestSort.LatencyMs, true) => "fastest first",
        _ => throw new ArgumentOutOfRangeException(nameof(query)),
    };
}

/// <summary>The request that is open beside a list: <c>open=tenant/id</c>, and <c>via</c> where it did not come in by the native way.</summary>
public sealed record OpenRequest(string Tenant, string Id, string Source)
{
    public const string Parameter = "open";
    public const string SourceParameter = "via";

    public static readonly string[] Parameters = [Parameter, SourceParameter];

    public static OpenRequest Of(RequestRow row) => new(row.Tenant, row.Id, row.Source);

    /// <summary>Null when none is, or it cannot be read.</summary>
    public static OpenRequest? Read(PageUrl url) =>
        url.Text(Parameter) is { } text && text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && slash < text.Length - 1
            ? new(text[..slash], text[(slash + 1)..], url.Text(SourceParameter) ?? UsageSources.Native)
            : null;

    public PageUrl In(PageUrl url)
    {
        var open = url.Without(Parameters).With(Parameter, $"{Tenant}/{Id}");
        return Source == UsageSources.Native ? open : open.With(SourceParameter, Source);
    }

    /// <summary>Its own page.</summary>
    public PageUrl Page(PageUrl url)
    {
        var page = url.To(Shell.Links.Request(Tenant, Id));
        return Source == UsageSources.Native ? page : page.With("source", Source);
    }
}
