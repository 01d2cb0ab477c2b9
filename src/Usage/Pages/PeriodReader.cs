using AgentConsole.Platform.Data;
using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>A range and the one before it, cut alike.</summary>
/// <param name="Comparison">Whether, and else why not, the two can be compared.</param>
public sealed record Period(TimeRange Range, Breakdown Now, Breakdown Before, Comparison Comparison);

/// <summary>Asks for a range and the one before it: what is over hardly changes.</summary>
internal static class PeriodReader
{
    /// <param name="changedAt">When the change came that the answer must include; null when there was none.</param>
    public static async Task<Period> ReadPeriodAsync(this SharedBreakdowns breakdowns, Reach reach, TimeRange range, UsageFilter filter, IReadOnlyList<Facet> groupBy, DateTimeOffset? changedAt, CancellationToken cancellationToken)
    {
        var now = await breakdowns.ReadAsync(reach, new(range.From, range.To, range.Zone, Grain.Total, groupBy, filter) { Percentiles = false }, changedAt, cancellationToken);
        var past = range.Previous();
        var before = await breakdowns.ReadPastAsync(reach, now.Query with { From = past.From, To = past.To }, cancellationToken);
        return new(range, now, before, Comparison.Of(range, await breakdowns.FindFirstUseAsync(reach, cancellationToken), before.Total));
    }
}
