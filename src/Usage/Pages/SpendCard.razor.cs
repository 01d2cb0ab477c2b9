using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>What a month has cost so far.</summary>
/// <param name="Days">USD of each day so far.</param>
public sealed record MonthSpend(Period Now, IReadOnlyList<double> Days, MonthForecast Forecast);

/// <summary>The spend of the calendar month that goes on, whatever range is looked at.</summary>
public sealed partial class SpendCard
{
    private static readonly TimeSpan ForecastKept = TimeSpan.FromMinutes(1);

    private PeriodReader? reader;
    private (PageUrl Url, DateTimeOffset At, MonthForecast Forecast)? expected;

    [Inject] private SharedBreakdowns Breakdowns { get; set; } = null!;
    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private MonthForecasts Forecasts { get; set; } = null!;

    private PageUrl Month => UsageLinks.Same(Url, Links.Usage).Without("from", "to").With("range", "mtd");

    private string Unpriced => UsageLinks.Same(Url, Links.Requests).Without("from", "to").With("range", "mtd").With("unpriced", "true").ToString();

    private Change? Change => Data is { Now.Comparison.IsKnown: true } spend
        ? AgentConsole.Shell.Change.Between(spend.Now.Now.Total.KnownCost(), spend.Now.Before.Total.KnownCost(), Format.Money, spend.Now.Range.PreviousWords, lowerIsBetter: true)
        : null;

    protected override async Task<MonthSpend> PullAsync(CancellationToken cancellationToken)
    {
        var (reach, range) = (Frame.Reach, TimeRange.Read(PageUrl.Parse("/?range=mtd"), Frame.Zone, Clock.GetUtcNow()));
        var filter = UsageView.ReadFilter(Url);
        reader ??= new(Breakdowns, Queries, Clock);
        var period = await reader.ReadAsync(reach, range, filter, [], ChangedAt, cancellationToken);
        var days = await Breakdowns.ReadAsync(reach, new(range.From, range.To, range.Zone, Grain.Day, [], filter) { Percentiles = false }, ChangedAt, cancellationToken);
        var costs = days.Rows.ToDictionary(static row => row.Bucket!.Value.UtcTicks, static row => (double)row.Measures.Cost);
        return new(period, [.. TimeBuckets.Between(range.From, range.End, range.Zone, Grain.Day).Select(day => costs.GetValueOrDefault(day.UtcTicks))], await ForecastAsync(reach, range.Zone, filter, cancellationToken));
    }

    /// <summary>It hardly changes, and is asked for once a minute.</summary>
    private async Task<MonthForecast> ForecastAsync(Reach reach, TimeZoneInfo zone, UsageFilter filter, CancellationToken cancellationToken)
    {
        if (expected is { } kept && kept.Url == Url && Clock.GetUtcNow() - kept.At < ForecastKept) return kept.Forecast;
        var forecast = await Forecasts.ReadAsync(reach, zone, filter, await Queries.FindFirstUseAsync(reach, cancellationToken), cancellationToken);
        expected = (Url, Clock.GetUtcNow(), forecast);
        return forecast;
    }
}
