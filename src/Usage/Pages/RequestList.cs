using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>Filters that are no dimension: requests whose numbers contradict each other, requests without a price.</summary>
public sealed record RequestFlaws(IReadOnlyList<string> Conflicts, bool Unpriced)
{
    public static readonly string[] Parameters = ["conflict", "unpriced"];

    public bool None => Conflicts.Count == 0 && !Unpriced;

    public static RequestFlaws Read(PageUrl url) => new([.. url.All("conflict").Where(static code => code.Length > 0)], url["unpriced"] == "true");
}

/// <summary>What the requests page shows.</summary>
/// <param name="Summary">The whole range with the same filters, not only this page of it; it does not know <paramref name="Flaws"/>.</param>
/// <param name="Rejected">Items refused at the door; null unless their tab is open.</param>
public sealed record RequestList(TimeRange Range, RequestSort Sort, RequestPage Page, Breakdown Summary, IReadOnlyList<RejectedItem>? Rejected, bool HasEvents, RequestFlaws Flaws)
{
    public const int PageSize = 100;
    public const string RejectedTab = "rejected";

    public static RequestSort ReadSort(string? name) => name?.TrimStart('-') switch
    {
        "cost" => RequestSort.Cost,
        "latencyMs" => RequestSort.LatencyMs,
        _ => RequestSort.OccurredAt,
    };

    public static string Name(RequestSort sort) => sort switch
    {
        RequestSort.OccurredAt => "-occurredAt",
        RequestSort.Cost => "-cost",
        RequestSort.LatencyMs => "-latencyMs",
        _ => throw new ArgumentOutOfRangeException(nameof(sort)),
    };

    public string Order => Sort switch
    {
        RequestSort.OccurredAt => "newest first",
        RequestSort.Cost => "dearest first",
        RequestSort.LatencyMs => "slowest first",
        _ => throw new InvalidOperationException($"Unknown order {Sort}."),
    };
}
