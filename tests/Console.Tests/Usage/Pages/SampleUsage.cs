using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Usage.Pages;
using AgentConsole.Usage;

namespace AgentConsole.Tests.Usage.Pages;

/// <summary>A handful of events that answer any breakdown, as the store would.</summary>
internal sealed class SampleUsage
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 20, 0, TimeSpan.Zero);

    private readonly List<(DateTimeOffset At, string? User, string Model, decimal? Cost, bool Failed, TokenCounts Tokens)> events = [];

    /// <summary>Every question that was asked.</summary>
    public List<BreakdownQuery> Asked { get; } = [];

    public TimeProvider Clock { get; } = new Testing.ManualTime(Now);

    public SampleUsage Add(double hoursAgo, string? user, string model, decimal? cost, bool failed = false, int tokens = 100)
    {
        events.Add((Now.AddHours(-hoursAgo), user, model, cost, failed, new TokenCounts { Input = tokens, CacheRead = tokens, Output = 10 }));
        return this;
    }

    public UsageBoardReader Reader() => new(
        (query, _) => Task.FromResult(Answer(query)),
        (query, _) => Task.FromResult(Answer(query)),
        _ => Task.FromResult(events.Count > 0),
        _ => Task.FromResult(events.Count > 0 ? events.Min(static one => one.At) : (DateTimeOffset?)null));

    public static UsageView View(string url) =>
        UsageView.Read(AgentConsole.Shell.Frame.Read(PageUrl.Parse(url), [], Reach.Platform), Now, Dimension.Model);

    public Task<UsageBoard> BoardAsync(string url) => Reader().ReadAsync(View(url), CancellationToken.None);

    private Breakdown Answer(BreakdownQuery query)
    {
        Asked.Add(query);
        var chosen = events.Where(one => one.At >= query.From && one.At < query.To && Fits(query.Filter, one.User, one.Model)).ToList();
        var rows = chosen
            .GroupBy(one => (Bucket: query.Grain == Grain.Total ? (DateTimeOffset?)null : TimeBuckets.Floor(one.At, query.Zone, query.Grain), Group: Value(query, one.User, one.Model)))
            .Select(group => new BreakdownRow(group.Key.Bucket, query.GroupBy.Count == 0 ? [] : [group.Key.Group], Sum(group)))
            .ToList();
        return new(query, new(Now, 0, 0), rows, Sum(chosen));
    }

    private static bool Fits(UsageFilter filter, string? user, string model) =>
        (filter[Dimension.User] is not { Count: > 0 } users || users.Contains(user)) && (filter[Dimension.Model] is not { Count: > 0 } models || models.Contains(model));

    private static string? Value(BreakdownQuery query, string? user, string model) =>
        query.GroupBy.Count == 0 ? null : query.GroupBy[0] == Dimension.User ? user : model;

    private static Measures Sum(IEnumerable<(DateTimeOffset At, string? User, string Model, decimal? Cost, bool Failed, TokenCounts Tokens)> chosen)
    {
        var all = chosen.ToList();
        return new(all.Count, all.Count(static one => one.Failed), all.Count, all.Aggregate(default(TokenCounts), static (sum, one) => sum + one.Tokens),
            all.Sum(static one => one.Cost ?? 0), all.Count(static one => one.Cost is null), all.Count == 0 ? null : new(400, 900, 1500));
    }
}
