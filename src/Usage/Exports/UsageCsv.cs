using System.Globalization;
using AgentConsole.Platform.Http;

namespace AgentConsole.Usage.Exports;

/// <summary>A breakdown as CSV: what it is of, its rows, and their total last.</summary>
internal static class UsageCsv
{
    public static async Task WriteAsync(Stream stream, Breakdown breakdown, IReadOnlyList<CorrectedDay> corrected, CancellationToken cancellationToken)
    {
        var query = breakdown.Query;
        await using var csv = new CsvStream(stream);
        foreach (var line in ExportHeader.Of(query.From, query.To, query.Zone, query.Filter)) csv.Comment(line);
        csv.Comment($"grain: {query.Grain.Name()}; money: USD; complete to: {breakdown.Freshness.CompleteTo:O}; rejected: {breakdown.Freshness.Rejected}; unpriced: {breakdown.Freshness.Unpriced}");
        if (breakdown.Freshness.RequestsKeptFrom is { } kept) csv.Comment($"read from requests, which are no longer kept from before {kept:O}");
        if (corrected.Count > 0)
            csv.Comment(string.Create(CultureInfo.InvariantCulture, $"re-priced since first shown: {corrected.Sum(static day => day.Requests)} requests, {corrected.Sum(static day => day.Difference):+0.############;-0.############;0} USD, last {corrected.Max(static day => day.CorrectedAt):O}"));
        await WriteHeaderAsync(csv, query, cancellationToken);
        foreach (var row in breakdown.Rows)
        {
            csv.Figure(row.Bucket?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) ?? "");
            foreach (var value in row.Group) csv.Text(value ?? "");
            await WriteMeasuresAsync(csv, row.Measures, query.FromEvents, cancellationToken);
        }
        csv.Figure("total");
        foreach (var _ in query.GroupBy) csv.Figure("");
        await WriteMeasuresAsync(csv, breakdown.Total, query.FromEvents, cancellationToken);
    }

    private static async Task WriteHeaderAsync(CsvStream csv, BreakdownQuery query, CancellationToken cancellationToken)
    {
        string[] columns =
        [
            "bucket", .. query.GroupBy.Select(static facet => facet.Name), "requests", "failures", "attempts",
            .. TokenCounts.Buckets.Select(static bucket => bucket.Name()), "totalTokens", "cost", "unpricedRequests", "latencyP50Ms", "latencyP95Ms", "latencyP99Ms",
            .. EventColumns(query.FromEvents),
        ];
        foreach (var column in columns) csv.Figure(column);
        await csv.EndRowAsync(cancellationToken);
    }

    /// <summary>Only those that were asked for.</summary>
    private static IEnumerable<string> EventColumns(EventMeasures asked)
    {
        if (asked.HasFlag(EventMeasures.CacheSavings)) yield return "cacheSavings";
        if (asked.HasFlag(EventMeasures.TimeToFirstToken)) foreach (var name in new[] { "ttftP50Ms", "ttftP95Ms", "ttftP99Ms" }) yield return name;
        if (asked.HasFlag(EventMeasures.TokensPerSecond)) yield return "tokensPerSecond";
    }

    private static void WriteEvents(CsvStream csv, EventFigures figures, EventMeasures asked)
    {
        if (asked.HasFlag(EventMeasures.CacheSavings)) csv.Figure(figures.CacheSavings);
        if (asked.HasFlag(EventMeasures.TimeToFirstToken))
            foreach (var percentile in new[] { figures.TtftMs?.P50, figures.TtftMs?.P95, figures.TtftMs?.P99 }) csv.Figure(percentile?.ToString(CultureInfo.InvariantCulture) ?? "");
        if (asked.HasFlag(EventMeasures.TokensPerSecond)) csv.Figure(figures.TokensPerSecond?.ToString("0.###", CultureInfo.InvariantCulture) ?? "");
    }

    private static readonly EventFigures NoFigures = new(0, 0, null, null);

    private static Task WriteMeasuresAsync(CsvStream csv, Measures sums, EventMeasures asked, CancellationToken cancellationToken)
    {
        csv.Figure(sums.Requests);
        csv.Figure(sums.Failures);
        csv.Figure(sums.Attempts);
        foreach (var bucket in TokenCounts.Buckets) csv.Figure(sums.Tokens[bucket]);
        csv.Figure(sums.Tokens.Total);
        csv.Figure(sums.CostKnown ? sums.Cost : null);
        csv.Figure(sums.UnpricedRequests);
        foreach (var percentile in new[] { sums.LatencyMs?.P50, sums.LatencyMs?.P95, sums.LatencyMs?.P99 })
            csv.Figure(percentile?.ToString(CultureInfo.InvariantCulture) ?? "");
        WriteEvents(csv, sums.Events ?? NoFigures, asked);
        return csv.EndRowAsync(cancellationToken);
    }
}

internal static class ExportHeader
{
    /// <summary>The range, zone and filters, a line each.</summary>
    public static IEnumerable<string> Of(DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone, UsageFilter filter)
    {
        yield return $"from: {TimeZoneInfo.ConvertTime(from, zone):O}; to (not included): {TimeZoneInfo.ConvertTime(to, zone):O}; time zone: {zone.Id}";
        foreach (var (facet, values) in filter.All)
            yield return $"{facet.Name}: {string.Join(", ", values.Select(static value => value ?? "(none)"))}";
    }
}
