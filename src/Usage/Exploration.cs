using AgentConsole.Usage.Rollups;

namespace AgentConsole.Usage;

/// <summary>How an exploration is laid out: one sum per group; per group and bucket of time; or groups, and the whole by hour of the week.</summary>
public enum ExplorationShape { Whole, OverTime, HourOfWeek }

/// <summary>A question of the explorer: one measure of a breakdown, of the leading groups and all others together.</summary>
/// <param name="Top">Groups that have a row over time of their own; the others are one, which is "other".</param>
public sealed record ExplorationQuery(BreakdownQuery Cut, Measure Measure, ExplorationShape Shape, int Top)
{
    /// <summary>A heat map of hours over more than this is more buckets than are answered.</summary>
    public static readonly TimeSpan LongestOfHours = TimeSpan.FromDays(400);

    /// <summary>Whether no rollup answers it, so that every request of the range is read.</summary>
    public bool ReadsEvents => BreakdownReader.ReadsEvents(Cut);

    public static ExplorationQuery Of(BreakdownQuery cut, Measure measure, ExplorationShape shape, int top) =>
        new(cut with { Percentiles = measure.NeedsPercentiles(), FromEvents = measure.FromEvents() }, measure, shape, top);
}

/// <summary>All of one snapshot, so that groups, buckets and pivot sum to <paramref name="Total"/>.</summary>
/// <param name="Groups">By how much of the measure they have, at most <see cref="ExplorerQueries.MostGroups"/>.</param>
/// <param name="Rest">What the groups beyond those have together; null when there are none.</param>
/// <param name="RestGroups">How many those are.</param>
/// <param name="Buckets">Starts, in the query's zone; of hours of the week there are 168, from Monday 0:00, and no starts.</param>
/// <param name="Over">The whole per bucket; null where there was no request.</param>
/// <param name="Series">The leading groups and then the others over time; empty in another shape.</param>
public sealed record Exploration(
    ExplorationQuery Query,
    DateTimeOffset CompleteTo,
    Measures Total,
    IReadOnlyList<GroupMeasures> Groups,
    Measures? Rest,
    int RestGroups,
    IReadOnlyList<DateTimeOffset> Buckets,
    IReadOnlyList<Measures?> Over,
    IReadOnlyList<SeriesMeasures> Series,
    Pivot? Pivot,
    TimeSpan Took)
{
    public const int HoursOfWeek = 168;

    /// <summary>Requests before this are no longer kept one by one, so they are not in what was read from requests; null when none of the range is missing.</summary>
    public DateTimeOffset? RequestsKeptFrom { get; init; }

    public int GroupCount => Groups.Count + RestGroups;
}

public sealed record GroupMeasures(IReadOnlyList<string?> Group, Measures Measures);

/// <param name="Group">Null for the others together.</param>
/// <param name="Folded">How many groups it is.</param>
/// <param name="Over">Per bucket; null where there was no request.</param>
public sealed record SeriesMeasures(IReadOnlyList<string?>? Group, int Folded, IReadOnlyList<Measures?> Over);

/// <summary>Two dimensions crossed; each line's and each column's sum is of everything in it.</summary>
/// <param name="Cells">By row, then by column; null where there was no request.</param>
public sealed record Pivot(IReadOnlyList<PivotHead> Rows, IReadOnlyList<PivotHead> Columns, IReadOnlyList<IReadOnlyList<Measures?>> Cells);

/// <param name="Value">Null means that the events have none.</param>
/// <param name="Folded">More than none: it is so many values together, which are "other".</param>
public sealed record PivotHead(string? Value, int Folded, Measures Measures);

/// <summary>How far a read of events is.</summary>
/// <param name="ReadTo">From <paramref name="From"/> up to here.</param>
public sealed record EventsRead(DateTimeOffset From, DateTimeOffset To, DateTimeOffset ReadTo);
