using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>What the usage pages call things.</summary>
public static class UsageWords
{
    public static string Label(this Dimension dimension) => dimension switch
    {
        Dimension.PromptVersion => "Prompt version",
        _ => dimension.ToString(),
    };

    public static string Label(this Facet facet) => facet.Known?.Label() ?? facet.Tag!;

    public static string Missing(this Facet facet) => facet.Known?.Missing() ?? $"no {facet.Tag}";

    public static string Value(this Facet facet, string? value) => value ?? facet.Missing();

    /// <summary>Several facets in a sentence: <c>model and user</c>.</summary>
    public static string Words(this IReadOnlyList<Facet> facets) => string.Join(" and ", facets.Select(static facet => facet.Known is { } known ? known.Label().ToLowerInvariant() : facet.Tag));

    public static string Values(this IReadOnlyList<Facet> facets, IReadOnlyList<string?> group) => string.Join(" · ", facets.Zip(group, static (facet, value) => facet.Value(value)));

    public static string Label(this Measure measure) => measure switch
    {
        Measure.CostPerRequest => "Cost per request",
        Measure.FailureRate => "Failure rate",
        Measure.Tokens => "Tokens",
        Measure.CacheHitRate => "Cache hit rate",
        Measure.CacheSavings => "Cache savings",
        Measure.LatencyP50 => "p50 latency",
        Measure.LatencyP95 => "p95 latency",
        Measure.LatencyP99 => "p99 latency",
        Measure.TtftP50 => "p50 time to first token",
        Measure.TtftP95 => "p95 time to first token",
        Measure.TtftP99 => "p99 time to first token",
        Measure.TokensPerSecond => "Tokens per second",
        _ => measure.Bucket() is { } bucket ? $"{bucket.Label()} tokens" : measure.ToString(),
    };

    /// <summary>The question that a chart of a measure answers, without its question mark.</summary>
    /// <param name="group">What it is cut by: <c>model and user</c>.</param>
    public static string Question(this Measure measure, string group) => measure switch
    {
        Measure.Cost => $"What did each {group} cost",
        Measure.CostPerRequest => $"What does a request cost, by {group}",
        Measure.Requests => $"How many requests did each {group} have",
        Measure.Failures => $"How many requests failed, by {group}",
        Measure.FailureRate => $"What share of requests failed, by {group}",
        Measure.Attempts => $"How many attempts were made, by {group}",
        Measure.Tokens => $"How many tokens did each {group} use",
        Measure.CacheHitRate => $"What share of the input came from a cache, by {group}",
        Measure.CacheSavings => $"What did caching save, by {group}",
        Measure.LatencyP50 or Measure.LatencyP95 or Measure.LatencyP99 => $"How long do requests take ({measure.ToString()[^3..].ToLowerInvariant()}), by {group}",
        Measure.TtftP50 or Measure.TtftP95 or Measure.TtftP99 => $"How soon does the first token come ({measure.ToString()[^3..].ToLowerInvariant()}), by {group}",
        Measure.TokensPerSecond => $"How fast are answers written, by {group}",
        _ => $"How many {measure.Label().ToLowerInvariant()} did each {group} use",
    };

    /// <summary>As tables have it: to the last digit where there are few, to the cent where it is money.</summary>
    public static string Write(this Measure measure, decimal? value) => value is not { } known ? Format.Unknown : measure.Unit() switch
    {
        MeasureUnit.Usd => Format.Money(known),
        MeasureUnit.Share => Format.Percent((double)known),
        MeasureUnit.Milliseconds => Format.Milliseconds((double)known),
        MeasureUnit.TokensPerSecond => Format.TokensPerSecond((double)known),
        MeasureUnit.Count or MeasureUnit.Tokens => Format.Count((long)known),
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };

    /// <summary>As tiles have it: short, with the rest on hover.</summary>
    public static string WriteCompact(this Measure measure, decimal? value) =>
        value is { } known && measure.Unit() is MeasureUnit.Count or MeasureUnit.Tokens ? Format.CountCompact((long)known) : measure.Write(value);

    /// <summary>Every digit, or why there is none.</summary>
    public static string Exact(this Measure measure, Measures of) => measure.Of(of) is not { } known ? measure.WhyUnknown() : measure switch
    {
        Measure.Cost => Format.MoneyExact(known) + (of.UnpricedNote() is { } note ? ", " + note : ""),
        Measure.CacheSavings => Format.MoneyExact(decimal.Round(known, 12)) + (of.Events is { CacheSavingsUnknown: > 0 and var unknown } ? $", without {Format.Count(unknown)} unpriced" : ""),
        Measure.CostPerRequest => Format.MoneyExact(decimal.Round(known, 12)),
        _ when measure.Unit() == MeasureUnit.Milliseconds => $"{measure.Write(known)}; within 3 %",
        _ => measure.Write(known),
    };

    public static string WhyUnknown(this Measure measure) => measure switch
    {
        Measure.Cost or Measure.CostPerRequest or Measure.CacheSavings => "Unpriced: no price is known for this model at that time",
        Measure.LatencyP50 or Measure.LatencyP95 or Measure.LatencyP99 => "No request reported its latency",
        Measure.TtftP50 or Measure.TtftP95 or Measure.TtftP99 => "No request reported its time to the first token",
        Measure.TokensPerSecond => "No request reported how long its output took",
        Measure.CacheHitRate => "Nothing was read",
        _ => "There was no request",
    };

    /// <summary>Whether less is better; null where neither is.</summary>
    public static bool? LowerIsBetter(this Measure measure) => measure switch
    {
        Measure.Cost or Measure.CostPerRequest or Measure.Failures or Measure.FailureRate => true,
        Measure.CacheHitRate or Measure.CacheSavings or Measure.TokensPerSecond => false,
        _ => measure.Unit() == MeasureUnit.Milliseconds ? true : null,
    };

    /// <summary>What an event without the dimension is called.</summary>
    public static string Missing(this Dimension dimension) => $"no {dimension.Label().ToLowerInvariant()}";

    public static string Value(this Dimension dimension, string? value) => value ?? dimension.Missing();

    public static string Plural(this Dimension dimension) => dimension switch
    {
        Dimension.Status => "statuses",
        _ => dimension.Label().ToLowerInvariant() + "s",
    };

    public static string Label(this Grain grain) => grain switch
    {
        Grain.Total => "total",
        Grain.QuarterHour => "15 min",
        Grain.Hour => "hour",
        Grain.Day => "day",
        Grain.Week => "week",
        Grain.Month => "month",
        _ => throw new ArgumentOutOfRangeException(nameof(grain)),
    };

    public static string Label(this TokenBucket bucket) => bucket switch
    {
        TokenBucket.Input => "Input",
        TokenBucket.CacheRead => "Cache read",
        TokenBucket.CacheWrite5m => "Cache write (5 min)",
        TokenBucket.CacheWrite1h => "Cache write (1 h)",
        TokenBucket.Output => "Output",
        TokenBucket.Reasoning => "Reasoning",
        TokenBucket.AudioInput => "Audio input",
        TokenBucket.AudioOutput => "Audio output",
        TokenBucket.ImageInput => "Image input",
        TokenBucket.ImageOutput => "Image output",
        TokenBucket.VideoInput => "Video input",
        TokenBucket.AudioCacheRead => "Audio cache read",
        _ => throw new ArgumentOutOfRangeException(nameof(bucket)),
    };

    public static string Tone(this UsageStatus status) => status switch
    {
        UsageStatus.Success => "ok",
        UsageStatus.Failure => "critical",
        UsageStatus.Denied => "warning",
        UsageStatus.Cancelled => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    /// <summary>Null when nothing of it is priced.</summary>
    public static decimal? KnownCost(this Measures measures) => measures.CostKnown ? measures.Cost : null;

    /// <summary>Share of requests that failed; null without requests.</summary>
    public static double? FailureRate(this Measures measures) => measures.Requests == 0 ? null : (double)measures.Failures / measures.Requests;

    /// <summary>Share of what the models read that came from a cache; null when they read nothing.</summary>
    public static double? CacheHitRate(this Measures measures)
    {
        var read = measures.Tokens.InputTotal;
        return read == 0 ? null : (double)(measures.Tokens.CacheRead + measures.Tokens.AudioCacheRead) / read;
    }

    public static string Percent(double? share) => share is { } known ? Format.Percent(known) : Format.Unknown;

    public static string Milliseconds(double? milliseconds) => milliseconds is { } known ? Format.Milliseconds(known) : Format.Unknown;

    /// <summary>What a cost leaves out, if anything.</summary>
    public static string? UnpricedNote(this Measures measures) =>
        measures.UnpricedRequests == 0 ? null : $"without {Format.Count(measures.UnpricedRequests)} unpriced";
}
