using System.Collections.Concurrent;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Usage;

namespace AgentConsole.Budgets;

/// <summary>
/// Sums what budgets are about, as every page does: from rollups, and what they lack from events. A scope that no rollup knows (a team, or a user and a key) is summed from
/// events: of today each time, of the days before once an hour.
/// </summary>
public sealed class MeasureBudgets(UsageQueries usage, ExplorerQueries explorer)
{
    /// <summary>Of a budget of each, those with the most. The others have spent less.</summary>
    public const int MostSubjects = 100;

    private const int MostKept = 1000;
    private const string NoHistory = "It needs 28 full days.";
    private const string NoRollup = "With this scope it would take reading every request of four weeks.";
    private static readonly TimeSpan PastKept = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, Day[] Days)> _past = new(StringComparer.Ordinal);

    /// <summary>Fails with <see cref="TooMuchToRead"/> or <see cref="TooManyGroups"/>, where events are read.</summary>
    public async Task<Result<BudgetStanding>> ReadAsync(BudgetRow budget, TimeZoneInfo zone, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (span, today) = (BudgetCalendar.Around(now, budget.Period, zone), LocalDay(now, zone));
        var subjects = await SubjectsAsync(budget, span, zone, now, cancellationToken);
        if (!subjects.Ok) return subjects.Error;
        var shown = subjects.Value.Take(MostSubjects).ToList();
        var history = ReadsEvents(budget, span, zone) ? NoRollup : await HasHistoryAsync(budget, today, zone, cancellationToken) ? null : NoHistory;
        var from = history is null && today.AddDays(-CostForecast.Days) < span.First ? today.AddDays(-CostForecast.Days) : span.First;
        var days = await DaysAsync(budget, from, zone, now, shown, cancellationToken);
        if (!days.Ok) return days.Error;
        var bySubject = days.Value.ToLookup(static day => day.Subject, StringComparer.Ordinal);
        var standings = new List<SubjectStanding>();
        foreach (var subject in budget.Scope.EachOf is null || shown.Count == 0 ? [""] : shown)
        {
            var standing = Stand(budget, span, zone, now, subject, [.. bySubject[subject]], history);
            standings.Add(standing.Spent >= budget.Amount && standing.ExhaustedAt is { } day ? standing with { ExhaustedAt = await RefineAsync(budget, zone, now, subject, day, [.. bySubject[subject]], span, cancellationToken) } : standing);
        }
        return new BudgetStanding(span, now, [.. standings.OrderByDescending(static standing => standing.Spent)], Math.Max(0, subjects.Value.Length - shown.Count));
    }

    /// <summary>What was spent in a period that is over, by subject. Fails as <see cref="ReadAsync"/> does.</summary>
    public async Task<Result<SubjectStanding[]>> ReadPastAsync(BudgetRow budget, BudgetSpan span, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var read = await AskAsync(budget, Query(budget, span.From, span.To, zone, Grain.Total), cancellationToken);
        if (!read.Ok) return read.Error;
        return read.Value.Rows.Select(row => new SubjectStanding(Subject(budget, row), row.Measures.Cost, row.Measures.UnpricedRequests, null, null, null)).OrderByDescending(static row => row.Spent).Take(MostSubjects).ToArray();
    }

    /// <summary>The leading subject's past periods, the newest first; as far as usage goes back. Fails as <see cref="ReadAsync"/> does.</summary>
    public async Task<Result<PastPeriod[]>> ListPastAsync(BudgetRow budget, TimeZoneInfo zone, DateTimeOffset now, int periods, CancellationToken cancellationToken)
    {
        var first = await usage.FindFirstUseAsync(Reach.Of(budget.Tenant), cancellationToken);
        var past = new List<PastPeriod>();
        var span = BudgetCalendar.Around(now, budget.Period, zone);
        for (var back = 0; back < periods; back++)
        {
            span = BudgetCalendar.Before(span, budget.Period, zone);
            if (first is null || span.To <= first) break;
            var read = await ReadPastAsync(budget, span, zone, cancellationToken);
            if (!read.Ok) return read.Error;
            var spent = read.Value.Length == 0 ? 0 : read.Value[0].Spent;
            past.Add(new(span, spent, [.. budget.Thresholds.Where(threshold => spent >= budget.Amount * threshold / 100)]));
        }
        return past.ToArray();
    }

    /// <summary>Those with the most first; one without a name unless the budget is of each.</summary>
    private async Task<Result<string[]>> SubjectsAsync(BudgetRow budget, BudgetSpan span, TimeZoneInfo zone, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (budget.Scope.EachOf is null) return new[] { "" };
        var read = await AskAsync(budget, Query(budget, span.From, now, zone, Grain.Total), cancellationToken);
        if (!read.Ok) return read.Error;
        return read.Value.Rows.Where(static row => row.Group[0] is not null).OrderByDescending(static row => row.Measures.Cost).ThenBy(static row => row.Group[0], StringComparer.Ordinal).Select(static row => row.Group[0]!).ToArray();
    }

    private async Task<Result<Day[]>> DaysAsync(BudgetRow budget, DateOnly first, TimeZoneInfo zone, DateTimeOffset now, List<string> subjects, CancellationToken cancellationToken)
    {
        var (from, to) = (TimeRange.Midnight(first, zone), TimeRange.Midnight(LocalDay(now, zone).AddDays(1), zone));
        var query = Query(budget, from, to, zone, Grain.Day);
        if (budget.Scope.EachOf is { } each) query = query with { Filter = query.Filter.With(each, [.. subjects]) };
        if (budget.Scope.EachOf is not null && subjects.Count == 0) return Array.Empty<Day>();
        if (!Explored(query).ReadsEvents) return await SumAsync(budget, query, zone, cancellationToken);
        var today = TimeRange.Midnight(LocalDay(now, zone), zone);
        var past = await PastAsync(budget, query with { To = today }, zone, now, cancellationToken);
        if (!past.Ok) return past.Error;
        var rest = await SumAsync(budget, query with { From = today }, zone, cancellationToken);
        return rest.Ok ? past.Value.Concat(rest.Value).ToArray() : rest.Error;
    }

    private async Task<Result<Day[]>> PastAsync(BudgetRow budget, BreakdownQuery query, TimeZoneInfo zone, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (query.From >= query.To) return Array.Empty<Day>();
        var key = $"{budget.Tenant} {budget.Id} {budget.Revision} {query.From.UtcTicks} {query.To.UtcTicks}";
        if (_past.TryGetValue(key, out var kept) && now - kept.At < PastKept && now >= kept.At) return kept.Days;
        var read = await SumAsync(budget, query, zone, cancellationToken);
        if (!read.Ok) return read.Error;
        if (_past.Count >= MostKept) _past.Clear();
        _past[key] = (now, read.Value);
        return read.Value;
    }

    private async Task<Result<Day[]>> SumAsync(BudgetRow budget, BreakdownQuery query, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var read = await AskAsync(budget, query, cancellationToken);
        if (!read.Ok) return read.Error;
        return read.Value.Rows.Select(row => new Day(Subject(budget, row), LocalDay(row.Bucket!.Value, zone), row.Measures.Cost, row.Measures.UnpricedRequests)).ToArray();
    }

    private static SubjectStanding Stand(BudgetRow budget, BudgetSpan span, TimeZoneInfo zone, DateTimeOffset now, string subject, List<Day> days, string? noForecast)
    {
        var own = days.Where(day => day.Date >= span.First).OrderBy(static day => day.Date).ToList();
        var (spent, unpriced, today) = (own.Sum(static day => day.Cost), own.Sum(static day => day.Unpriced), LocalDay(now, zone));
        var usedUp = spent < budget.Amount ? null : UsedUp(own, budget.Amount) is { } on ? TimeRange.Midnight(on, zone) : (DateTimeOffset?)null;
        if (noForecast is not null) return new(subject, spent, unpriced, null, noForecast, usedUp);
        var costs = days.ToDictionary(static day => day.Date, static day => day.Cost);
        decimal[] weeks = [.. Enumerable.Range(0, CostForecast.Days).Select(index => costs.GetValueOrDefault(today.AddDays(index - CostForecast.Days)))];
        var (begin, end) = (TimeRange.Midnight(today, zone), TimeRange.Midnight(today.AddDays(1), zone));
        var passed = (now - begin) / (end - begin);
        var forecast = CostForecast.Of(weeks, today, span.Next, passed, spent);
        if (usedUp is null && CostForecast.Reaches(budget.Amount, weeks, today, span.Next, passed, spent) is var (day, share))
            usedUp = TimeRange.Midnight(day, zone) + ((TimeRange.Midnight(day.AddDays(1), zone) - TimeRange.Midnight(day, zone)) * Math.Min(1, share));
        return new(subject, spent, unpriced, forecast.Expected, null, usedUp);
    }

    /// <summary>The day on which the sum reached the amount.</summary>
    private static DateOnly? UsedUp(IEnumerable<Day> days, decimal amount)
    {
        var sum = 0m;
        foreach (var day in days)
            if ((sum += day.Cost) >= amount) return day.Date;
        return null;
    }

    /// <summary>Within the day on which it was used up: the end of the quarter of an hour in which it was.</summary>
    private async Task<DateTimeOffset> RefineAsync(BudgetRow budget, TimeZoneInfo zone, DateTimeOffset now, string subject, DateTimeOffset day, List<Day> days, BudgetSpan span, CancellationToken cancellationToken)
    {
        var date = LocalDay(day, zone);
        var sum = days.Where(one => one.Date >= span.First && one.Date < date).Sum(static one => one.Cost);
        var query = Query(budget, day, TimeRange.Midnight(date.AddDays(1), zone), zone, Grain.QuarterHour);
        if (budget.Scope.EachOf is { } each) query = query with { Filter = query.Filter.With(each, subject) };
        var read = await AskAsync(budget, query, cancellationToken);
        if (!read.Ok) return day;
        foreach (var row in read.Value.Rows)
            if ((sum += row.Measures.Cost) >= budget.Amount && row.Bucket!.Value.AddMinutes(15) is var end) return end < now ? end : now;
        return day;
    }

    private async Task<bool> HasHistoryAsync(BudgetRow budget, DateOnly today, TimeZoneInfo zone, CancellationToken cancellationToken) =>
        await usage.FindFirstUseAsync(Reach.Of(budget.Tenant), cancellationToken) is { } first && LocalDay(first, zone) <= today.AddDays(-CostForecast.Days);

    private async Task<Result<Breakdown>> AskAsync(BudgetRow budget, BreakdownQuery query, CancellationToken cancellationToken) =>
        Explored(query).ReadsEvents ? await explorer.BreakdownAsync(Reach.Of(budget.Tenant), query, cancellationToken) : await usage.BreakdownAsync(Reach.Of(budget.Tenant), query, cancellationToken);

    private static bool ReadsEvents(BudgetRow budget, BudgetSpan span, TimeZoneInfo zone) => Explored(Query(budget, span.From, span.To, zone, Grain.Day)).ReadsEvents;

    private static ExplorationQuery Explored(BreakdownQuery query) => ExplorationQuery.Of(query, Measure.Cost, ExplorationShape.Whole, 1);

    private static BreakdownQuery Query(BudgetRow budget, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone, Grain grain) =>
        new(from, to, zone, grain, budget.Scope.EachOf is { } each ? [each] : [], budget.Scope.Filter) { Percentiles = false };

    private static string Subject(BudgetRow budget, BreakdownRow row) => budget.Scope.EachOf is null ? "" : row.Group[0] ?? "";

    private static DateOnly LocalDay(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    private sealed record Day(string Subject, DateOnly Date, decimal Cost, long Unpriced);
}
