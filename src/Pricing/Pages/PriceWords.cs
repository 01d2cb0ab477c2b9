using AgentConsole.Shell;
using AgentConsole.Usage;

namespace AgentConsole.Pricing.Pages;

/// <summary>How the prices pages say things.</summary>
public static class PriceWords
{
    /// <summary>The buckets every model has; the rest are under "more".</summary>
    public static readonly TokenBucket[] Common = [TokenBucket.Input, TokenBucket.Output, TokenBucket.CacheRead, TokenBucket.CacheWrite5m];

    public static string Label(TokenBucket bucket) => bucket switch
    {
        TokenBucket.CacheRead => "Cache read",
        TokenBucket.CacheWrite5m => "Cache write",
        TokenBucket.CacheWrite1h => "Cache write, 1 h",
        TokenBucket.AudioInput => "Audio in",
        TokenBucket.AudioOutput => "Audio out",
        TokenBucket.ImageInput => "Image in",
        TokenBucket.ImageOutput => "Image out",
        TokenBucket.VideoInput => "Video in",
        TokenBucket.AudioCacheRead => "Audio cache read",
        _ => bucket.ToString(),
    };

    /// <summary>USD per million tokens as published; a dash when there is none of its own.</summary>
    public static string PerMillion(PriceRow row, TokenBucket bucket) => row.PerMillion[bucket] is { } price ? Format.MoneyExact(price) : Format.Unknown;

    /// <summary>Every published price in a line.</summary>
    public static string Prices(PriceRow? row) => row is null
        ? Format.Unknown
        : string.Join(" · ", [.. row.PerMillion.Published.Select(static pair => $"{Label(pair.Key)} {Format.MoneyExact(pair.Value)}"),
            .. row.PerRequest is { } fee ? [$"request {Format.MoneyExact(fee)}"] : Array.Empty<string>()]);

    public static string Validity(PriceRow row) => (row.ValidFrom, row.ValidTo) switch
    {
        (null, null) => "always",
        ({ } from, null) => $"from {Day(from)}",
        (null, { } to) => $"until {Day(to)}",
        ({ } from, { } to) => $"{Day(from)} – {Day(to)}",
    };

    /// <summary>When it holds, beside its dates.</summary>
    public static string Conditions(PriceRow row) => string.Join(", ", new[]
    {
        row.Tier == PriceRow.StandardTier ? null : row.Tier,
        row.MinInputTokens == 0 ? null : $"from {Format.CountCompact(row.MinInputTokens)} tokens in",
        row.Window is { } hours ? $"{hours.From:HH\\:mm}–{hours.To:HH\\:mm} UTC" : null,
        row.Discount == 0 ? null : $"{Format.Percent((double)row.Discount)} off",
        row.Margin == 0 ? null : $"{Format.Percent((double)row.Margin)} margin",
    }.OfType<string>());

    public static string State(RepriceState state) => state switch
    {
        RepriceState.Waiting => "waiting",
        RepriceState.Running => "running",
        RepriceState.Done => "done",
        RepriceState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Tone(RepriceState state) => state switch
    {
        RepriceState.Done => "ok",
        RepriceState.Failed => "critical",
        _ => "unknown",
    };

    /// <summary>Unknown, not zero, where all that costs something has no price.</summary>
    public static string Cost(decimal usd, long unpriced) => usd == 0 && unpriced > 0 ? Format.Unknown : Format.Money(usd);

    /// <summary>With its sign: what is added or taken away.</summary>
    public static string Signed(decimal usd) => usd > 0 ? "+" + Format.Money(usd) : Format.Money(usd);

    private static string Day(DateTimeOffset at) => at.UtcDateTime.TimeOfDay == TimeSpan.Zero ? Format.Date(at, TimeZoneInfo.Utc) : Format.DateTime(at, TimeZoneInfo.Utc) + " UTC";
}
