namespace AgentConsole.Usage;

public enum RequestSort { OccurredAt, Cost, LatencyMs }

/// <summary>One page of requests: newest, dearest or slowest first, or the other way round. Those whose cost or latency is unknown come last, either way.</summary>
/// <param name="Limit">1 to 1000.</param>
public sealed record RequestQuery(
    DateTimeOffset From,
    DateTimeOffset To,
    UsageFilter Filter,
    RequestSort Sort = RequestSort.OccurredAt,
    string? Cursor = null,
    int Limit = 100)
{
    /// <summary>What must hold besides the dimensions.</summary>
    public RequestFilter Where { get; init; } = RequestFilter.None;

    /// <summary>Oldest, cheapest or fastest first.</summary>
    public bool Ascending { get; init; }
}

/// <param name="NextCursor">Null on the last page.</param>
public sealed record RequestPage(IReadOnlyList<RequestRow> Items, string? NextCursor);

/// <summary>What all the requests of a question are together, on every page of them.</summary>
/// <param name="Cost">USD of the priced ones.</param>
public sealed record RequestTotal(long Requests, decimal Cost, long Unpriced)
{
    public static readonly RequestTotal Zero = new(0, 0, 0);

    /// <summary>False when no request of these has a price: the cost is then unknown, not zero.</summary>
    public bool CostKnown => Requests == 0 || Unpriced < Requests;

    public static RequestTotal Of(Measures measures) => new(measures.Requests, measures.Cost, measures.UnpricedRequests);

    public static RequestTotal operator +(RequestTotal a, RequestTotal b) => new(a.Requests + b.Requests, a.Cost + b.Cost, a.Unpriced + b.Unpriced);
}

/// <summary>A total that is being read, the newest part of the range first.</summary>
/// <param name="SoFar">Of the part of the range that has been read.</param>
/// <param name="Share">Of the range that has been read; 1 when all has.</param>
public sealed record RequestSum(RequestTotal SoFar, double Share)
{
    public bool IsComplete => Share >= 1;
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
    IReadOnlyList<string> Conflicts)
{
    public string? Error { get; init; }
    public string? Team { get; init; }
    public string? Agent { get; init; }
    public string? Tool { get; init; }
    public string? Operation { get; init; }
    public string? Prompt { get; init; }
    public string? PromptVersion { get; init; }
}
