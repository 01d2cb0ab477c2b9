using System.Globalization;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>How the whole platform serves, and takes in; for those who run it.</summary>
public sealed partial class HealthCard
{
    [Inject] private SharedBreakdowns Breakdowns { get; set; } = null!;
    [Inject] private IngestionQueries Pulse { get; set; } = null!;

    private PageUrl Explained => UsageLinks.Same(Url, Links.Usage).With("groupBy", "provider").With("measure", "failureRate");

    protected override async Task<FleetHealth> PullAsync(CancellationToken cancellationToken)
    {
        var period = await Breakdowns.ReadPeriodAsync(Frame.Reach, Frame.Range(Clock.GetUtcNow()), UsageView.ReadFilter(Url), [Dimension.Provider, Dimension.Status], ChangedAt, cancellationToken);
        return FleetHealth.Of(period, await Pulse.ReadAsync(cancellationToken));
    }

    private PageUrl Requests(string? status, string? provider = null)
    {
        var url = UsageLinks.Same(Url, Links.Requests);
        if (provider is not null) url = url.With("provider", provider);
        return status is null ? url : url.With("status", status);
    }

    private Change? Moved(long now, long before, bool lowerIsBetter)
    {
        if (Data is not { Period.Comparison.IsKnown: true } health) return null;
        return Change.Between(
            (decimal?)health.Now.Share(now), (decimal?)health.Before.Share(before), static size => $"{(size * 100).ToString("0.##", CultureInfo.InvariantCulture)} pp", health.Period.Range.PreviousWords, lowerIsBetter);
    }

    private TimeSpan Since(DateTimeOffset at) => Clock.GetUtcNow() is var now && now > at ? now - at : TimeSpan.Zero;
}
