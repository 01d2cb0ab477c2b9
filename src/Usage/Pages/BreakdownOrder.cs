namespace AgentConsole.Usage.Pages;

/// <summary>The order of a breakdown's rows, by the <c>sort</c> of the URL.</summary>
public static class BreakdownOrder
{
    /// <param name="sort">name, cost, requests, failures, tokens, input, output, cacheHit or p95; a leading minus descends. Anything else is -cost.</param>
    public static IReadOnlyList<BreakdownRow> Sort(IReadOnlyList<BreakdownRow> rows, string sort)
    {
        var descending = sort.StartsWith('-');
        var name = sort.TrimStart('-');
        if (name == "name")
            return [.. descending ? rows.OrderByDescending(Name, StringComparer.OrdinalIgnoreCase) : rows.OrderBy(Name, StringComparer.OrdinalIgnoreCase)];
        var (measure, down) = Measure(name) is { } known ? (known, descending) : (Measure("cost")!, true);
        var ordered = down ? rows.OrderByDescending(row => measure(row.Measures)) : rows.OrderBy(row => measure(row.Measures));
        return [.. ordered.ThenByDescending(static row => row.Measures.Requests).ThenBy(Name, StringComparer.Ordinal)];
    }

    /// <summary>Percentiles do not add up, so the sum has none.</summary>
    public static Measures Sum(IEnumerable<BreakdownRow> rows) => rows.Aggregate(Measures.Zero, static (sum, row) => new(
        sum.Requests + row.Measures.Requests,
        sum.Failures + row.Measures.Failures,
        sum.Attempts + row.Measures.Attempts,
        sum.Tokens + row.Measures.Tokens,
        sum.Cost + row.Measures.Cost,
        sum.UnpricedRequests + row.Measures.UnpricedRequests,
        null));

    private static string Name(BreakdownRow row) => row.Group[0] ?? "";

    private static Func<Measures, double>? Measure(string name) => name switch
    {
        "cost" => static measures => measures.CostKnown ? (double)measures.Cost : -1,
        "requests" => static measures => measures.Requests,
        "failures" => static measures => measures.Failures,
        "tokens" => static measures => measures.Tokens.Total,
        "input" => static measures => measures.Tokens.InputTotal,
        "output" => static measures => measures.Tokens.OutputTotal,
        "cacheHit" => static measures => measures.CacheHitRate() ?? -1,
        "p95" => static measures => measures.LatencyMs?.P95 ?? -1,
        _ => null,
    };
}
