using System.Globalization;

namespace AgentConsole.Usage.Api;

/// <summary>A breakdown in the shape of the public contract.</summary>
internal sealed record BreakdownJson(
    DateTimeOffset From, DateTimeOffset To, string Tz, string Grain, FreshnessJson Freshness, IReadOnlyList<BreakdownRowJson> Rows, MeasuresJson Total)
{
    public static BreakdownJson Of(Breakdown breakdown)
    {
        var query = breakdown.Query;
        return new(
            TimeZoneInfo.ConvertTime(query.From, query.Zone), TimeZoneInfo.ConvertTime(query.To, query.Zone), query.Zone.Id, query.Grain.Name(),
            new(breakdown.Freshness.CompleteTo, breakdown.Freshness.Rejected, breakdown.Freshness.Unpriced, breakdown.Freshness.RequestsKeptFrom),
            [.. breakdown.Rows.Select(row => BreakdownRowJson.Of(row, query.GroupBy))],
            MeasuresJson.Of(breakdown.Total));
    }
}

/// <param name="RequestsKeptFrom">What was read from requests lacks those before this, which are no longer kept; null when none of the range is missing.</param>
internal sealed record FreshnessJson(DateTimeOffset CompleteTo, long Rejected, long Unpriced, DateTimeOffset? RequestsKeptFrom);

/// <summary>A row's measures lie beside its bucket and group, not below them.</summary>
internal sealed record BreakdownRowJson(
    DateTimeOffset? Bucket, IReadOnlyDictionary<string, string?> Group,
    long Requests, long Failures, long Attempts, TokensJson Tokens, string? Cost, long UnpricedRequests, LatencyPercentiles? LatencyMs,
    string? CostPerRequest, double? CacheHitRate, string? CacheSavings, LatencyPercentiles? TtftMs, double? TokensPerSecond)
{
    public static BreakdownRowJson Of(BreakdownRow row, IReadOnlyList<Facet> groupBy)
    {
        var group = new Dictionary<string, string?>();
        for (var index = 0; index < groupBy.Count; index++) group[groupBy[index].Name] = row.Group[index];
        var sums = MeasuresJson.Of(row.Measures);
        return new(row.Bucket, group, sums.Requests, sums.Failures, sums.Attempts, sums.Tokens, sums.Cost, sums.UnpricedRequests, sums.LatencyMs,
            sums.CostPerRequest, sums.CacheHitRate, sums.CacheSavings, sums.TtftMs, sums.TokensPerSecond);
    }
}

/// <param name="Cost">Null when no request has a price: unknown, not zero.</param>
/// <param name="CostPerRequest">Of the priced requests.</param>
/// <param name="CacheHitRate">Of all input tokens, 0 to 1; null without any.</param>
/// <param name="CacheSavings">Null unless <c>measures</c> asks for it, as are the two after it; then null where it is not known.</param>
internal sealed record MeasuresJson(
    long Requests, long Failures, long Attempts, TokensJson Tokens, string? Cost, long UnpricedRequests, LatencyPercentiles? LatencyMs,
    string? CostPerRequest, double? CacheHitRate, string? CacheSavings, LatencyPercentiles? TtftMs, double? TokensPerSecond)
{
    public static MeasuresJson Of(Measures sums) => new(
        sums.Requests, sums.Failures, sums.Attempts, TokensJson.Of(sums.Tokens), sums.CostKnown ? JsonMoney.Of(sums.Cost) : null, sums.UnpricedRequests, sums.LatencyMs,
        JsonMoney.Of(Measure.CostPerRequest.Of(sums)), (double?)Measure.CacheHitRate.Of(sums), JsonMoney.Of(sums.Events?.CacheSavings), sums.Events?.TtftMs, sums.Events?.TokensPerSecond);
}

internal static class JsonMoney
{
    private const int Decimals = 12;

    /// <summary>A decimal string in USD without trailing zeros.</summary>
    public static string Of(decimal amount)
    {
        Span<char> text = stackalloc char[40];
        decimal.Round(amount, Decimals, MidpointRounding.AwayFromZero).TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        var written = text[..length];
        if (written.Contains('.')) written = written.TrimEnd('0').TrimEnd('.');
        return written is "-0" ? "0" : written.ToString();
    }

    public static string? Of(decimal? amount) => amount is { } known ? Of(known) : null;

    /// <summary>Every digit: for prices and exact products, which may have more than 12 decimals.</summary>
    public static string Exact(decimal amount) => amount.ToString("0.############################", CultureInfo.InvariantCulture);
}

/// <summary>Every bucket, and their total.</summary>
internal sealed record TokensJson(
    long Input, long CacheRead, long CacheWrite5m, long CacheWrite1h, long Output, long Reasoning,
    long AudioInput, long AudioOutput, long ImageInput, long ImageOutput, long VideoInput, long AudioCacheRead, long Total)
{
    public static TokensJson Of(in TokenCounts tokens) => new(
        tokens.Input, tokens.CacheRead, tokens.CacheWrite5m, tokens.CacheWrite1h, tokens.Output, tokens.Reasoning,
        tokens.AudioInput, tokens.AudioOutput, tokens.ImageInput, tokens.ImageOutput, tokens.VideoInput, tokens.AudioCacheRead, tokens.Total);
}
