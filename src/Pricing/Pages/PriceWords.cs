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

    public static string Standing(PriceStanding standing) => standing.Kind switch
    {
        StandingKind.InForce => "in force",
        StandingKind.Earlier => "earlier",
        StandingKind.Later => "later",
        StandingKind.Shadowed => "shadowed",
        StandingKind.Replaced => "replaced",
        StandingKind.Unclear => Format.Unknown,
        _ => throw new ArgumentOutOfRangeException(nameof(standing)),
    };

    public static string Tone(PriceStanding standing) => standing.Kind switch
    {
        StandingKind.InForce => "ok",
        StandingKind.Shadowed => "warning",
        _ => "unknown",
    };

    /// <summary>What the standing means for requests.</summary>
    public static string Meaning(PriceStanding standing) => standing.Kind switch
    {
        StandingKind.InForce => "It prices requests now",
        StandingKind.Earlier => "It prices requests of its own time, which is over",
        StandingKind.Later => "It prices requests from its first day on",
        StandingKind.Shadowed => "It prices nothing: another row always comes before it",
        StandingKind.Replaced => "Another row took its place. It still explains what it priced",
        StandingKind.Unclear => "Its pattern does not tell which models to ask about",
        _ => throw new ArgumentOutOfRangeException(nameof(standing)),
    };

    /// <summary>Which row prices the model in the place of this one, and by which rule of the book; null when none does.</summary>
    public static string? InItsPlace(PriceRow row, PriceStanding standing) => standing is not { By: { } by, Name: { } name } ? null : standing.Kind switch
    {
        StandingKind.InForce => $"but not for {name}: {Other(row, by)} {Why(row, by, name)}",
        StandingKind.Earlier => $"now {Other(row, by)}",
        StandingKind.Later => $"until then {Other(row, by)}",
        _ => $"{Other(row, by)} {Why(row, by, name)}",
    };

    /// <summary>Another row, by what tells it from this one.</summary>
    private static string Other(PriceRow row, PriceRow by) => string.Join(", ", new[]
    {
        $"the {by.Origin.Name()} price",
        by.Model == row.Model ? null : by.Model,
        Conditions(by) is { Length: > 0 } conditions && conditions != Conditions(row) ? conditions : null,
        by.ValidFrom == row.ValidFrom && by.ValidTo == row.ValidTo ? null : Validity(by),
    }.OfType<string>());

    /// <summary>In the order in which the book compares.</summary>
    private static string Why(PriceRow row, PriceRow by, string name)
    {
        if (by.Tier != row.Tier) return $"prices {by.Tier}";
        if (row.Origin == PriceOrigin.Seed && by.Origin != PriceOrigin.Seed) return "comes before seed prices";
        if (by.Match.Closeness(name) != row.Match.Closeness(name)) return "names the model more closely";
        if (by.ValidFrom != row.ValidFrom) return "starts later";
        if (by.AddedAt != row.AddedAt) return "was added later";
        return by.Window is null ? "comes before it" : "holds at these hours";
    }

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
