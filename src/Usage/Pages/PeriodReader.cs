using AgentConsole.Platform.Data;
using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>A range and the one before it, cut alike.</summary>
/// <param name="Comparison">Whether, and else why not, the two can be compared.</param>
public sealed record Period(TimeRange Range, Breakdown Now, Breakdown Before, Comparison Comparison);

/// <summary>Asks for a range and the one before it. One per card: what is over hardly changes and is asked for once a minute.</summary>
internal sealed class PeriodReader(SharedBreakdowns breakdowns, UsageQueries queries, TimeProvider clock)
{
    private static readonly TimeSpan PastKept = TimeSpan.FromMinutes(1);

    private (string Key, DateTimeOffset At, Breakdown Before, DateTimeOffset? FirstUse)? past;

    /// <param name="changedAt">When the change came that the answer must include; null when there was none.</param>
    public async Task<Period> ReadAsync(Reach reach, TimeRange range, UsageFilter filter, IReadOnlyList<Facet> groupBy, DateTimeOffset? changedAt, CancellationToken cancellationToken)
    {
        var now = await breakdowns.ReadAsync(reach, new(range.From, range.To, range.Zone, Grain.Total, groupBy, filter) { Percentiles = false }, changedAt, cancellationToken);
        var (before, first) = await PastAsync(reach, now.Query, range.Previous(), cancellationToken);
        return new(range, now, before, Comparison.Of(range, first, before.Total));
    }

    private async Task<(Breakdown Before, DateTimeOffset? FirstUse)> PastAsync(Reach reach, BreakdownQuery query, TimeRange before, CancellationToken cancellationToken)
    {
        var asked = query with { From = before.From, To = before.To };
        var (key, at) = (SharedBreakdowns.Key(reach, asked with { To = asked.From }), clock.GetUtcNow());
        if (past is { } kept && kept.Key == key && at - kept.At < PastKept) return (kept.Before, kept.FirstUse);
        var read = await breakdowns.ReadAsync(reach, asked, null, cancellationToken);
        var first = await queries.FindFirstUseAsync(reach, cancellationToken);
        past = (key, at, read, first);
        return (read, first);
    }
}
