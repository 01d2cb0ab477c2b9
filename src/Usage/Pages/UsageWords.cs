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
