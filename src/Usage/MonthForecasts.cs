using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Usage;

/// <param name="Forecast">Null when it cannot be said.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Month">The month that goes on.</param>
/// <param name="Unpriced">Requests that the costs leave out.</param>
public sealed record MonthForecast(CostForecast? Forecast, string? Reason, DateOnly Month, long Unpriced);

/// <summary>What the calendar month that goes on will have cost at its end, by the last four weeks. It hardly changes: one for all who ask the same within a minute.</summary>
public sealed class MonthForecasts(SharedBreakdowns breakdowns, TimeProvider time)
{
    private readonly SharedAnswers<MonthForecast> _answers = new(time, every: SharedAnswers<MonthForecast>.Seldom);

    /// <param name="first">When the data within reach begins; null before there is any.</param>
    public Task<MonthForecast> ReadAsync(Reach reach, TimeZoneInfo zone, UsageFilter filter, DateTimeOffset? first, CancellationToken cancellationToken) =>
        _answers.ReadAsync($"{first?.UtcTicks}|{SharedBreakdowns.Key(reach, new(default, default, zone, Grain.Day, [], filter))}", () => AskAsync(reach, zone, filter, first, CancellationToken.None), null, cancellationToken);

    private async Task<MonthForecast> AskAsync(Reach reach, TimeZoneInfo zone, UsageFilter filter, DateTimeOffset? first, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = Day(now, zone);
        var month = new DateOnly(today.Year, today.Month, 1);
        if (first is not { } began) return new(null, $"It needs {CostForecast.Days} full days.", month, 0);
        if (Day(began, zone) > today.AddDays(-CostForecast.Days)) return new(null, $"It needs {CostForecast.Days} full days; the data begins on {Format.Date(began, zone)}.", month, 0);
        var from = month < today.AddDays(-CostForecast.Days) ? month : today.AddDays(-CostForecast.Days);
        var query = new BreakdownQuery(TimeRange.Midnight(from, zone), TimeRange.Midnight(today.AddDays(1), zone), zone, Grain.Day, [], filter) { Percentiles = false };
        if (BreakdownReader.ReadsEvents(query)) return new(null, "With these filters it would take reading every request of five weeks.", month, 0);
        var days = (await breakdowns.ReadAsync(reach, query, null, cancellationToken)).Rows.ToDictionary(row => Day(row.Bucket!.Value, zone), static row => row.Measures);
        if (days.Count > 0 && days.Values.All(static day => !day.CostKnown)) return new(null, "No request of the last four weeks has a price.", month, days.Values.Sum(static day => day.UnpricedRequests));
        return new(Of(days, today, zone, now), null, month, days.Values.Sum(static day => day.UnpricedRequests));
    }

    private static CostForecast Of(Dictionary<DateOnly, Measures> days, DateOnly today, TimeZoneInfo zone, DateTimeOffset now)
    {
        var (begin, end) = (TimeRange.Midnight(today, zone), TimeRange.Midnight(today.AddDays(1), zone));
        var costs = Enumerable.Range(0, CostForecast.Days).Select(day => days.TryGetValue(today.AddDays(day - CostForecast.Days), out var known) ? known.Cost : 0);
        return CostForecast.Of([.. costs], today, (now - begin) / (end - begin), days.Where(day => (day.Key.Year, day.Key.Month) == (today.Year, today.Month)).Sum(static day => day.Value.Cost));
    }

    private static DateOnly Day(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}
