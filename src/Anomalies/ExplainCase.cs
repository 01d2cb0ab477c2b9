using AgentConsole.Platform.Data;
using AgentConsole.Pricing;
using AgentConsole.Usage;

namespace AgentConsole.Anomalies;

/// <summary>Why a case's cost is another than expected, of what rollups know: exact, and there as long as they are.</summary>
/// <param name="By">By model, and of a tenant by user and key.</param>
public sealed record CaseExplanation(CaseRow Case, Explanation Why, IReadOnlyList<Contributions> By);

/// <summary>The cost of a case over time, from before it until after it, and what the weeks before cost then. USD.</summary>
/// <param name="Starts">Of the buckets.</param>
/// <param name="Highest">Of the weeks that are known; null without history.</param>
public sealed record CaseCurve(Grain Grain, IReadOnlyList<DateTimeOffset> Starts, IReadOnlyList<decimal> Cost, IReadOnlyList<decimal>? Expected, IReadOnlyList<decimal>? Highest, DateTimeOffset Now);

/// <summary>Explains cases. What is expected of anything is the mean of the same weeks, those that the case names, so that parts of it sum as the parts of the cost do.</summary>
public sealed class ExplainCase(SharedBreakdowns breakdowns, CurrentPrices prices, TimeProvider time)
{
    /// <summary>A kind of token is weighed by the price of so many of it.</summary>
    private const long WeighedTokens = 1000;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestInQuarters = TimeSpan.FromHours(6);

    public async Task<CaseExplanation> ReadAsync(Reach reach, CaseRow one, CancellationToken cancellationToken)
    {
        var (now, expected) = await ReadAsync(reach, one, [Dimension.Provider, Dimension.Model], cancellationToken);
        var by = new List<Contributions> { Contributions.Of(Dimension.Model, now, expected, group: 1) };
        foreach (var dimension in one.Subject.Of == CaseOf.Tenant ? new[] { Dimension.User, Dimension.Key } : [])
        {
            var (parts, usual) = await ReadAsync(reach, one, [dimension], cancellationToken);
            by.Add(Contributions.Of(dimension, parts, usual));
        }
        return new(one, Explanation.Of(MeanUse.Of([now]), MeanUse.Of(expected), (provider, model) => Weigh(one, provider, model)), by);
    }

    /// <summary>As much before the case as it is long, and after it as far as there is; by quarters of an hour where it is short.</summary>
    public async Task<CaseCurve> ReadCurveAsync(Reach reach, CaseRow one, CancellationToken cancellationToken)
    {
        var (length, now) = (one.To - one.From, time.GetUtcNow());
        var grain = length <= LongestInQuarters ? Grain.QuarterHour : Grain.Hour;
        var width = TimeSpan.FromMinutes(grain == Grain.Hour ? 60 : 15);
        var around = length < TimeSpan.FromHours(3) ? TimeSpan.FromHours(3) : length;
        var from = Floor(one.From - around, width);
        var to = Floor((one.To + around < now ? one.To + around : now) + width - TimeSpan.FromTicks(1), width);
        DateTimeOffset[] starts = [.. Enumerable.Range(0, (int)((to - from) / width)).Select(at => from + (at * width))];
        var weeks = new Dictionary<int, decimal[]>();
        foreach (var week in Enumerable.Range(0, one.KnownWeeks + 1))
        {
            var read = await breakdowns.ReadAsync(reach, new(from - (week * Week), to - (week * Week), TimeZoneInfo.Utc, grain, [], one.Subject.Filter) { Percentiles = false }, null, cancellationToken);
            var costs = read.Rows.ToDictionary(row => row.Bucket!.Value.ToUniversalTime() + (week * Week), static row => row.Measures.Cost);
            weeks[week] = [.. starts.Select(start => costs.GetValueOrDefault(start))];
        }
        return new(grain, starts, weeks[0], !one.HasHistory ? null : [.. starts.Select((_, at) => one.Weeks.Average(week => weeks[week][at]))],
            !one.HasHistory ? null : [.. starts.Select((_, at) => Enumerable.Range(1, one.KnownWeeks).Max(week => weeks[week][at]))], now);
    }

    private async Task<(Breakdown Now, IReadOnlyList<Breakdown> Expected)> ReadAsync(Reach reach, CaseRow one, IReadOnlyList<Facet> groupBy, CancellationToken cancellationToken)
    {
        var query = new BreakdownQuery(one.From, one.To, TimeZoneInfo.Utc, Grain.Total, groupBy, one.Subject.Filter) { Percentiles = false };
        var expected = new List<Breakdown>();
        foreach (var week in one.Weeks) expected.Add(await breakdowns.ReadAsync(reach, query with { From = one.From - (week * Week), To = one.To - (week * Week) }, null, cancellationToken));
        return (await breakdowns.ReadAsync(reach, query, null, cancellationToken), expected);
    }

    /// <summary>USD of a token of each kind; null when the list has no price of any.</summary>
    private decimal[]? Weigh(CaseRow one, string provider, string model)
    {
        decimal[] weights = [.. TokenCounts.Buckets.Select(bucket =>
            prices.Book.Price(new(one.Tenant, provider, model, one.From, new TokenCounts().With(bucket, WeighedTokens))) is { } price ? price.Cost / WeighedTokens : 0)];
        return weights.Sum() > 0 ? weights : null;
    }

    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan width) => new(at.UtcTicks - (at.UtcTicks % width.Ticks), TimeSpan.Zero);
}
