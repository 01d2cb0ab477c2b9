using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>Everything the overview and the usage page show, from as few reads as possible.</summary>
/// <param name="Groups">Grain total by the chosen dimension: tiles and table, so that rows sum to the tile.</param>
/// <param name="Previous">The same measures of the range before; see <see cref="Comparison"/>.</param>
/// <param name="FirstUse">When the data begins, of the tenants that are looked at; null before there is any.</param>
/// <param name="Over">The whole over time, without groups.</param>
/// <param name="Leading">The groups of <paramref name="Top"/> over time.</param>
/// <param name="Top">The dearest groups, which get a colour of their own.</param>
/// <param name="HasEvents">False until the first event ever: the page then says how to send one.</param>
public sealed record UsageBoard(
    UsageView View,
    Breakdown Groups,
    Measures Previous,
    DateTimeOffset? FirstUse,
    Breakdown Over,
    Breakdown Leading,
    IReadOnlyList<string?> Top,
    bool HasEvents)
{
    public Measures Total => Groups.Total;

    /// <summary>Whether <see cref="Previous"/> is all that there was: of a time before the first event nothing is known, and part of a period is no period.</summary>
    public Comparison Comparison => Comparison.Of(View.Range, FirstUse, Previous);
}

/// <summary>Whether a range can be compared with the one before.</summary>
/// <param name="Reason">Why not; null when it can.</param>
public sealed record Comparison(string? Reason)
{
    /// <summary>Ranges of days begin at midnight, and the first event of a first day comes later.</summary>
    private static readonly TimeSpan ByTheDay = TimeSpan.FromDays(2);

    public bool IsKnown => Reason is null;

    public static Comparison Of(TimeRange range, DateTimeOffset? firstUse, Measures previous) => Of(range, range.Previous(), range.PreviousWords, firstUse, previous);

    /// <param name="words">What <paramref name="before"/> is called.</param>
    public static Comparison Of(TimeRange range, TimeRange before, string words, DateTimeOffset? firstUse, Measures previous)
    {
        if (firstUse is not { } first) return new($"Nothing is known of {words}");
        var local = TimeZoneInfo.ConvertTime(first, range.Zone);
        var begins = range.Length >= ByTheDay ? TimeRange.Midnight(DateOnly.FromDateTime(local.DateTime), range.Zone) : first;
        if (begins > before.From)
            return new($"The data begins on {Format.Date(first, range.Zone)}: {(begins >= before.To ? "nothing" : "only a part")} is known of {words}, which began on {Format.Date(before.From, range.Zone)}");
        return new(previous.Requests == 0 ? $"There was no request in {words}" : null);
    }
}

/// <summary>Asks for a board. The range before hardly changes.</summary>
/// <param name="breakdown">Answers a breakdown.</param>
/// <param name="past">Answers one of a time that is over.</param>
/// <param name="hasEvents">Whether there is any event within reach.</param>
/// <param name="firstUse">When the data within reach begins.</param>
public sealed class UsageBoardReader(
    Func<BreakdownQuery, CancellationToken, Task<Breakdown>> breakdown,
    Func<BreakdownQuery, CancellationToken, Task<Breakdown>> past,
    Func<CancellationToken, Task<bool>> hasEvents,
    Func<CancellationToken, Task<DateTimeOffset?>> firstUse)
{
    /// <summary>Series with a colour of their own; everything beyond is "other".</summary>
    public const int TopCount = 7;

    public async Task<UsageBoard> ReadAsync(UsageView view, CancellationToken cancellationToken)
    {
        var groups = await breakdown(view.Ask(Grain.Total, view.GroupBy), cancellationToken);
        var top = Top(groups);
        var over = breakdown(view.Ask(view.Grain), cancellationToken);
        var leading = breakdown(Narrow(view, top, groups.Rows.Count), cancellationToken);
        await Task.WhenAll(over, leading);
        var range = view.Range.Previous();
        var before = await past(new(range.From, range.To, range.Zone, Grain.Total, [], view.Filter), cancellationToken);
        var any = groups.Total.Requests > 0 || await hasEvents(cancellationToken);
        return new(view, groups, before.Total, await firstUse(cancellationToken), await over, await leading, top, any);
    }

    /// <summary>By cost, then by requests, so that unpriced groups still have an order.</summary>
    private static IReadOnlyList<string?> Top(Breakdown groups) =>
        [.. groups.Rows
            .OrderByDescending(static row => row.Measures.Cost)
            .ThenByDescending(static row => row.Measures.Requests)
            .ThenBy(static row => row.Group[0], StringComparer.Ordinal)
            .Take(groups.Rows.Count == TopCount + 1 ? TopCount + 1 : TopCount)
            .Select(static row => row.Group[0])];

    /// <summary>Asks over time for the top groups only: a dimension may have thousands.</summary>
    private static BreakdownQuery Narrow(UsageView view, IReadOnlyList<string?> top, int groups)
    {
        var query = view.Ask(view.Grain, view.GroupBy) with { Percentiles = false };
        return groups <= top.Count ? query : query with { Filter = view.Filter.With(view.GroupBy, [.. top]) };
    }
}
