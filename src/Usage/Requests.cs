namespace AgentConsole.Usage;

public enum RequestSort { OccurredAt, Cost, LatencyMs }

/// <summary>One page of requests, newest, dearest or slowest first.</summary>
/// <param name="Limit">1 to 1000.</param>
/// <param name="Conflicts">Only requests with one of these codes; <see cref="AnyConflict"/> means whichever.</param>
/// <param name="UnpricedOnly">Only requests without a price.</param>
public sealed record RequestQuery(
    DateTimeOffset From,
    DateTimeOffset To,
    UsageFilter Filter,
    RequestSort Sort = RequestSort.OccurredAt,
    string? Cursor = null,
    int Limit = 100,
    IReadOnlyList<string>? Conflicts = null,
    bool UnpricedOnly = false)
{
    public const string AnyConflict = "any";
}

/// <param name="NextCursor">Null on the last page.</param>
public sealed record RequestPage(IReadOnlyList<RequestRow> Items, string? NextCursor);

/// <summary>What all the requests of a question are together, on every page of them.</summary>
/// <param name="Cost">USD of the priced ones.</param>
public sealed record RequestTotal(long Requests, decimal Cost, long Unpriced)
{
    /// <summary>False when no request of these has a price: the cost is then unknown, not zero.</summary>
    public bool CostKnown => Requests == 0 || Unpriced < Requests;

    public static RequestTotal Of(Measures measures) => new(measures.Requests, measures.Cost, measures.UnpricedRequests);
}

public sealed record RequestRow(
    string Tenant,
    string Source,
    string Id,
    DateTimeOffset OccurredAt,
    string Provider,
    string Model,
    UsageStatus Status,
    int? HttpStatus,
    string? User,
    string? Key,
    string? Session,
    TokenCounts Tokens,
    decimal? Cost,
    decimal? CostReported,
    int? LatencyMs,
    int? TtftMs,
    int AttemptCount,
    IReadOnlyList<string> Conflicts);
