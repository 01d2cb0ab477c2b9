namespace AgentConsole.Usage;

/// <summary>A question about usage: the half-open range [From, To), cut into buckets of <paramref name="Grain"/> in <paramref name="Zone"/>, grouped and filtered.</summary>
public sealed record BreakdownQuery(
    DateTimeOffset From,
    DateTimeOffset To,
    TimeZoneInfo Zone,
    Grain Grain,
    IReadOnlyList<Dimension> GroupBy,
    UsageFilter Filter)
{
    /// <summary>Latency percentiles cost as much as all the sums together: a chart of costs does without.</summary>
    public bool Percentiles { get; init; } = true;
}

/// <summary>Rows sum to <paramref name="Total"/>, in every measure but the percentiles.</summary>
public sealed record Breakdown(BreakdownQuery Query, Freshness Freshness, IReadOnlyList<BreakdownRow> Rows, Measures Total);

/// <param name="Bucket">Start of the bucket with the zone's offset; null when the grain is total.</param>
/// <param name="Group">One value for each dimension of the query's GroupBy, in that order; null means the events have none.</param>
public sealed record BreakdownRow(DateTimeOffset? Bucket, IReadOnlyList<string?> Group, Measures Measures);

/// <param name="Cost">USD of the priced requests; see <see cref="CostKnown"/>.</param>
public sealed record Measures(
    long Requests,
    long Failures,
    long Attempts,
    TokenCounts Tokens,
    decimal Cost,
    long UnpricedRequests,
    LatencyPercentiles? LatencyMs)
{
    public static readonly Measures Zero = new(0, 0, 0, default, 0, 0, null);

    /// <summary>False when no request of these has a price: the cost is then unknown, not zero.</summary>
    public bool CostKnown => Requests == 0 || UnpricedRequests < Requests;
}

/// <summary>Milliseconds, from a histogram whose bins are at most 5 % off.</summary>
public sealed record LatencyPercentiles(double P50, double P95, double P99);

/// <param name="CompleteTo">Every event acknowledged before this is counted.</param>
/// <param name="Rejected">Items refused in the range, see <c>/requests?tab=rejected</c>.</param>
public sealed record Freshness(DateTimeOffset CompleteTo, long Rejected, long Unpriced);
