using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>A user or a virtual key of a tenant.</summary>
public sealed record Subject(string Tenant, Dimension Of, string Name)
{
    public UsageFilter Filter => UsageFilter.None.With(Dimension.Tenant, Tenant).With(Of, Name);
}

/// <summary>What the page of a subject shows.</summary>
/// <param name="Total">Of the range, by model; null when there is no such subject.</param>
/// <param name="Over">The same over time.</param>
/// <param name="Month">Of this month so far; then of the same days of the last one, and of all of that.</param>
/// <param name="FirstUse">When the data of the tenant begins: of a time before nothing is known.</param>
/// <param name="Latest">Newest first, whenever that was.</param>
/// <param name="Failures">Likewise, of those that failed.</param>
public sealed record SubjectUse(
    Subject Subject, UsageView? View, Breakdown? Total, Breakdown? Over, Measures Month, Measures SameDays, Measures LastMonth, TimeRange? MonthRange, DateTimeOffset? FirstUse,
    IReadOnlyList<RequestRow> Latest, IReadOnlyList<RequestRow> Failures)
{
    public static SubjectUse None(Subject subject) => new(subject, null, null, null, Measures.Zero, Measures.Zero, Measures.Zero, null, null, [], []);

    /// <summary>Whether this month can be compared with the same days of the last one.</summary>
    public Comparison Comparison => Comparison.Of(MonthRange!, FirstUse, SameDays);
}

/// <summary>Asks for the use of a subject: by the rollups of users and keys, but for the latest requests.</summary>
/// <param name="breakdown">Answers a breakdown.</param>
/// <param name="latest">The latest requests of a subject, of a status or of any.</param>
/// <param name="firstUse">When the data of a tenant begins.</param>
public sealed class SubjectReader(
    Func<BreakdownQuery, CancellationToken, Task<Breakdown>> breakdown, Func<Subject, UsageStatus?, CancellationToken, Task<IReadOnlyList<RequestRow>>> latest,
    Func<string, CancellationToken, Task<DateTimeOffset?>> firstUse, TimeProvider clock)
{
    public const int Latest = 15;

    /// <summary>What is over hardly changes.</summary>
    private static readonly TimeSpan PastKept = TimeSpan.FromMinutes(1);

    private (string Key, DateTimeOffset At, Measures SameDays, Measures LastMonth, DateTimeOffset? FirstUse)? past;

    public async Task<SubjectUse> ReadAsync(Subject subject, Frame frame, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var view = UsageView.Read(frame, now, Dimension.Model) with { Filter = subject.Filter, GroupBy = Dimension.Model };
        var month = TimeRange.Read(PageUrl.Parse("/?range=mtd"), frame.Zone, now);
        var requests = await latest(subject, null, cancellationToken);
        var total = await breakdown(view.Ask(Grain.Total, Dimension.Model), cancellationToken);
        var soFar = await SumAsync(subject, month.From, month.To, month.Zone, cancellationToken);
        if (requests.Count == 0 && total.Total.Requests == 0 && soFar.Requests == 0) return SubjectUse.None(subject);
        var over = await breakdown(view.Ask(view.Grain, Dimension.Model) with { Percentiles = false }, cancellationToken);
        var (sameDays, lastMonth, first) = await PastAsync(subject, month, now, cancellationToken);
        return new(subject, view, total, over, soFar, sameDays, lastMonth, month, first, requests, await latest(subject, UsageStatus.Failure, cancellationToken));
    }

    private async Task<(Measures SameDays, Measures LastMonth, DateTimeOffset? FirstUse)> PastAsync(Subject subject, TimeRange month, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = month.Previous();
        var key = $"{subject} {before.From:O}";
        if (past is { } known && known.Key == key && now - known.At < PastKept) return (known.SameDays, known.LastMonth, known.FirstUse);
        var sameDays = await SumAsync(subject, before.From, before.To, month.Zone, cancellationToken);
        var lastMonth = await SumAsync(subject, before.From, month.From, month.Zone, cancellationToken);
        var first = await firstUse(subject.Tenant, cancellationToken);
        past = (key, now, sameDays, lastMonth, first);
        return (sameDays, lastMonth, first);
    }

    private async Task<Measures> SumAsync(Subject subject, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone, CancellationToken cancellationToken) =>
        (await breakdown(new(from, to, zone, Grain.Total, [], subject.Filter) { Percentiles = false }, cancellationToken)).Total;
}
