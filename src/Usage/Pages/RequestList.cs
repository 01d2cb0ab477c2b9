using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>Filters that are no dimension: requests whose numbers contradict each other, requests without a price.</summary>
public sealed record RequestFlaws(IReadOnlyList<string> Conflicts, bool Unpriced)
{
    public static readonly string[] Parameters = ["conflict", "unpriced"];

    /// <summary>What the requests are, after their number; empty when all are meant.</summary>
    public string Words => (Conflicts.Count > 0, Unpriced) switch
    {
        (true, true) => "without a price and with numbers that contradict each other",
        (true, false) => "with numbers that contradict each other",
        (false, true) => "without a price",
        (false, false) => "",
    };

    public bool None => Conflicts.Count == 0 && !Unpriced;

    public static RequestFlaws Read(PageUrl url) => new([.. url.All("conflict").Where(static code => code.Length > 0)], url["unpriced"] == "true");
}

/// <summary>What the requests page shows.</summary>
/// <param name="Total">Of every request that fits, not only of this page; null when it takes too long to read.</param>
/// <param name="Rejected">Items refused at the door; null unless their tab is open.</param>
public sealed record RequestList(TimeRange Range, RequestSort Sort, RequestPage Page, RequestTotal? Total, Freshness Freshness, IReadOnlyList<RejectedItem>? Rejected, bool HasEvents, RequestFlaws Flaws)
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
