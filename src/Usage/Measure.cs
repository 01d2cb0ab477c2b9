namespace AgentConsole.Usage;

/// <summary>What can be shown of usage. The kinds of tokens are in the order of <see cref="TokenBucket"/>.</summary>
public enum Measure
{
    Cost, CostPerRequest, Requests, Failures, FailureRate, Attempts, Tokens,
    Input, CacheRead, CacheWrite5m, CacheWrite1h, Output, Reasoning, AudioInput, AudioOutput, ImageInput, ImageOutput, VideoInput, AudioCacheRead,
    CacheHitRate, CacheSavings, LatencyP50, LatencyP95, LatencyP99, TtftP50, TtftP95, TtftP99, TokensPerSecond,
}

public enum MeasureUnit { Count, Usd, Tokens, Share, Milliseconds, TokensPerSecond }

/// <summary>What each measure is made of.</summary>
public static class MeasureTerms
{
    public static readonly IReadOnlyList<Measure> All = Enum.GetValues<Measure>();

    private static readonly string[] Names = [.. All.Select(static measure => char.ToLowerInvariant(measure.ToString()[0]) + measure.ToString()[1..])];

    /// <summary>The name in the public API and in page URLs.</summary>
    public static string Name(this Measure measure) => Names[(int)measure];

    public static Measure? Parse(string? name) => Array.IndexOf(Names, name) is var index and >= 0 ? (Measure)index : null;

    /// <summary>Null when it is no kind of token.</summary>
    public static TokenBucket? Bucket(this Measure measure) => measure is >= Measure.Input and <= Measure.AudioCacheRead ? (TokenBucket)(measure - Measure.Input) : null;

    public static MeasureUnit Unit(this Measure measure) => measure switch
    {
        Measure.Cost or Measure.CostPerRequest or Measure.CacheSavings => MeasureUnit.Usd,
        Measure.Requests or Measure.Failures or Measure.Attempts => MeasureUnit.Count,
        Measure.FailureRate or Measure.CacheHitRate => MeasureUnit.Share,
        Measure.LatencyP50 or Measure.LatencyP95 or Measure.LatencyP99 or Measure.TtftP50 or Measure.TtftP95 or Measure.TtftP99 => MeasureUnit.Milliseconds,
        Measure.TokensPerSecond => MeasureUnit.TokensPerSecond,
        _ => MeasureUnit.Tokens,
    };

    /// <summary>Whether parts sum to the whole. Shares and percentiles do not: theirs are computed from what does.</summary>
    public static bool IsAdditive(this Measure measure) => measure.Unit() is MeasureUnit.Count or MeasureUnit.Tokens || measure is Measure.Cost or Measure.CacheSavings;

    /// <summary>Whether its parts can be drawn as areas: they add up and are never below zero.</summary>
    public static bool Stacks(this Measure measure) => measure.IsAdditive() && measure != Measure.CacheSavings;

    public static bool NeedsPercentiles(this Measure measure) => measure is Measure.LatencyP50 or Measure.LatencyP95 or Measure.LatencyP99;

    /// <summary>What of it only events know.</summary>
    public static EventMeasures FromEvents(this Measure measure) => measure switch
    {
        Measure.CacheSavings => EventMeasures.CacheSavings,
        Measure.TtftP50 or Measure.TtftP95 or Measure.TtftP99 => EventMeasures.TimeToFirstToken,
        Measure.TokensPerSecond => EventMeasures.TokensPerSecond,
        _ => EventMeasures.None,
    };

    /// <summary>Null where it is not known. Money is USD, shares are of 1, times are milliseconds.</summary>
    public static decimal? Of(this Measure measure, Measures of) => measure switch
    {
        Measure.Cost => of.CostKnown ? of.Cost : null,
        Measure.CostPerRequest => of.Requests > of.UnpricedRequests ? of.Cost / (of.Requests - of.UnpricedRequests) : null,
        Measure.Requests => of.Requests,
        Measure.Failures => of.Failures,
        Measure.FailureRate => of.Requests == 0 ? null : (decimal)of.Failures / of.Requests,
        Measure.Attempts => of.Attempts,
        Measure.Tokens => of.Tokens.Total,
        Measure.CacheHitRate => of.Tokens.InputTotal == 0 ? null : (decimal)(of.Tokens.CacheRead + of.Tokens.AudioCacheRead) / of.Tokens.InputTotal,
        Measure.CacheSavings => of.Events?.CacheSavings,
        Measure.LatencyP50 => (decimal?)of.LatencyMs?.P50,
        Measure.LatencyP95 => (decimal?)of.LatencyMs?.P95,
        Measure.LatencyP99 => (decimal?)of.LatencyMs?.P99,
        Measure.TtftP50 => (decimal?)of.Events?.TtftMs?.P50,
        Measure.TtftP95 => (decimal?)of.Events?.TtftMs?.P95,
        Measure.TtftP99 => (decimal?)of.Events?.TtftMs?.P99,
        Measure.TokensPerSecond => (decimal?)of.Events?.TokensPerSecond,
        _ => of.Tokens[measure.Bucket() ?? throw new ArgumentOutOfRangeException(nameof(measure))],
    };

    /// <summary>Its place among groups: by how much of it they have; by requests where it does not add up, so that a slow rarity does not lead.</summary>
    public static decimal Rank(this Measure measure, Measures of) => measure.IsAdditive() ? Math.Abs(measure.Of(of) ?? 0) : of.Requests;
}
