namespace AgentConsole.Usage;

/// <summary>A question about usage: the half-open range [From, To), cut into buckets of <paramref name="Grain"/> in <paramref name="Zone"/>, grouped and filtered.</summary>
public sealed record BreakdownQuery(
    DateTimeOffset From,
    DateTimeOffset To,
    TimeZoneInfo Zone,
    Grain Grain,
    IReadOnlyList<Facet> GroupBy,
    UsageFilter Filter)
{
    /// <summary>Latency percentiles cost as much as all the sums together: a chart of costs does without.</summary>
    public bool Percentiles { get; init; } = true;

    /// <summary>What only events know: asked for, every request of the range is read, and no rollup.</summary>
    public EventMeasures FromEvents { get; init; }
}

/// <summary>Measures that no rollup keeps: few ask for them, and every event would carry them (docs/decisions/explorer.md).</summary>
[Flags]
public enum EventMeasures { None = 0, CacheSavings = 1, TimeToFirstToken = 2, TokensPerSecond = 4 }

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

    /// <summary>What was asked for of <see cref="EventMeasures"/>; null when nothing was.</summary>
    public EventFigures? Events { get; init; }

    /// <summary>False when no request of these has a price: the cost is then unknown, not zero.</summary>
    public bool CostKnown => Requests == 0 || UnpricedRequests < Requests;
}

/// <param name="CacheSavings">USD: what cached tokens would have cost as fresh ones, less what they cost; below zero where writing cost more than reading saved. Null when not asked for, or when nothing is priced.</param>
/// <param name="CacheSavingsUnknown">Requests with cached tokens whose prices are not known.</param>
/// <param name="TtftMs">Time to the first token; null when not asked for, or when no request told it.</param>
/// <param name="TokensPerSecond">Output tokens over the time from the first token to the end, of the requests that told how long they took; null when not asked for, or when none did.</param>
public sealed record EventFigures(decimal? CacheSavings, long CacheSavingsUnknown, LatencyPercentiles? TtftMs, double? TokensPerSecond);

/// <summary>Milliseconds, from a histogram whose bins are at most 5 % off.</summary>
public sealed record LatencyPercentiles(double P50, double P95, double P99);

/// <param name="CompleteTo">Every event acknowledged before this is counted.</param>
/// <param name="Rejected">Items refused in the range, see <c>/requests?tab=rejected</c>.</param>
public sealed record Freshness(DateTimeOffset CompleteTo, long Rejected, long Unpriced)
{
    /// <summary>Requests before this are no longer kept one by one, so they are not in an answer that is read from requests; null when none of the range is missing.</summary>
    public DateTimeOffset? RequestsKeptFrom { get; init; }
}
