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
    [Inject] private SharedBreakdowns Breakdowns { get; set; } = null!;
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
        var period = await Breakdowns.ReadPeriodAsync(reach, range, filter, [], ChangedAt, cancellationToken);
        var days = await Breakdowns.ReadAsync(reach, new(range.From, range.To, range.Zone, Grain.Day, [], filter) { Percentiles = false }, ChangedAt, cancellationToken);
        var costs = days.Rows.ToDictionary(static row => row.Bucket!.Value.UtcTicks, static row => (double)row.Measures.Cost);
        return new(period, [.. TimeBuckets.Between(range.From, range.End, range.Zone, Grain.Day).Select(day => costs.GetValueOrDefault(day.UtcTicks))], await Forecasts.ReadAsync(reach, range.Zone, filter, await Breakdowns.FindFirstUseAsync(reach, cancellationToken), cancellationToken));
    }
}
