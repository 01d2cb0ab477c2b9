using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Usage.Pages;

/// <summary>Asks for what the explorer shows. One per page and reach: the range before, the forecast and the beginning of the data hardly change and are asked for once a minute.</summary>
internal sealed class ExplorerReader(SharedExplorations explorations, SharedBreakdowns breakdowns, UsageQueries queries, Reach reach, TimeProvider clock)
{
    private static readonly TimeSpan AsideKept = TimeSpan.FromMinutes(1);

    private (string Key, DateTimeOffset At, Aside Value)? aside;

    private sealed record Aside(Result<Exploration>? Before, ExplorerForecast? Forecast, DateTimeOffset? FirstUse);

    public async Task<ExplorerData> ReadAsync(PageUrl url, ExplorerView view, DateTimeOffset? changedAt, bool afresh, IProgress<EventsRead>? progress, CancellationToken cancellationToken)
    {
        var query = view.Ask();
        // At the same time, unless one of them waits for a turn.
        var atOnce = query.ReadsEvents ? null : AsideAsync(url, view, cancellationToken);
        var read = await explorations.ReadAsync(reach, query, changedAt, progress, cancellationToken, afresh);
        if (!read.Ok) return ExplorerData.Refuse(url, view, read.Error);
        var beside = await (atOnce ?? AsideAsync(url, view, cancellationToken));
        var any = read.Value.Total.Requests > 0 || await queries.HasEventsAsync(reach, cancellationToken);
        var before = beside.Before is { Ok: true, Value: { } known } ? known : null;
        return new(url, view, read.Value, before, Compare(view, beside, before), beside.Forecast, beside.FirstUse, any, null);
    }

    private static Comparison Compare(ExplorerView view, Aside beside, Exploration? before)
    {
        if (view.Against() is not { } against) return new("Nothing is compared with");
        if (before is null) return new(beside.Before?.Error?.Message ?? "Not read");
        if (before.RequestsKeptFrom is not null) return new($"The requests of {against.Words} are no longer kept one by one");
        return Comparison.Of(view.Range, against.Range, against.Words, beside.FirstUse, before.Total);
    }

    private async Task<Aside> AsideAsync(PageUrl url, ExplorerView view, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var key = $"{view.Range.From:O} {view.Range.To:O} {url}";
        if (aside is { } kept && kept.Key == key && now - kept.At < AsideKept) return kept.Value;
        var before = view.Against() is { } against ? await explorations.ReadAsync(reach, view.Ask(against.Range), null, null, cancellationToken) : (Result<Exploration>?)null;
        var first = await queries.FindFirstUseAsync(reach, cancellationToken);
        var fresh = new Aside(before, view.Measure == Measure.Cost ? await ForecastAsync(view, first, now, cancellationToken) : null, first);
        aside = (key, now, fresh);
        return fresh;
    }

    /// <summary>Of the calendar month that goes on, with the same filters, whatever the range shows.</summary>
    private async Task<ExplorerForecast> ForecastAsync(ExplorerView view, DateTimeOffset? first, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var zone = view.Range.Zone;
        var today = Day(now, zone);
        var month = new DateOnly(today.Year, today.Month, 1);
        if (first is not { } began) return new(null, $"It needs {CostForecast.Days} full days.", month, 0);
        if (Day(began, zone) > today.AddDays(-CostForecast.Days)) return new(null, $"It needs {CostForecast.Days} full days; the data begins on {Format.Date(began, zone)}.", month, 0);
        var from = month < today.AddDays(-CostForecast.Days) ? month : today.AddDays(-CostForecast.Days);
        var query = new BreakdownQuery(TimeRange.Midnight(from, zone), TimeRange.Midnight(today.AddDays(1), zone), zone, Grain.Day, [], view.Filter) { Percentiles = false };
        if (BreakdownReader.ReadsEvents(query)) return new(null, "With these filters it would take reading every request of five weeks.", month, 0);
        var days = (await breakdowns.ReadAsync(reach, query, null, cancellationToken)).Rows.ToDictionary(row => Day(row.Bucket!.Value, zone), static row => row.Measures);
        if (days.Count > 0 && days.Values.All(static day => !day.CostKnown)) return new(null, "No request of the last four weeks has a price.", month, days.Values.Sum(static day => day.UnpricedRequests));
        var (begin, end) = (TimeRange.Midnight(today, zone), TimeRange.Midnight(today.AddDays(1), zone));
        var forecast = CostForecast.Of(
            [.. Enumerable.Range(0, CostForecast.Days).Select(day => Cost(today.AddDays(day - CostForecast.Days)))], today, (now - begin) / (end - begin),
            days.Where(day => day.Key >= month).Sum(static day => day.Value.Cost));
        return new(forecast, null, month, days.Values.Sum(static day => day.UnpricedRequests));

        decimal Cost(DateOnly day) => days.TryGetValue(day, out var known) ? known.Cost : 0;
    }

    private static DateOnly Day(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}
