using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>Where senders' numbers contradict each other: how often, at which model, and the requests behind it.</summary>
public sealed partial class ConflictsPage
{
    [Inject] private MoneyQueries Money { get; set; } = null!;
    [Inject] private UsageQueries Queries { get; set; } = null!;

    private string? Code => Url.Text("conflict");

    protected override bool Owns(PageUrl url) => url.Path == Links.Conflicts;

    protected override async Task<ConflictList> PullAsync(CancellationToken cancellationToken)
    {
        var (range, reach, code) = (Frame.Range(Clock.GetUtcNow()), Frame.Reach, Code);
        var all = await Money.ListConflictsAsync(reach, range.From, range.To, cancellationToken);
        var any = all.Count > 0 || await Queries.HasEventsAsync(reach, cancellationToken);
        return new(all, [.. all.Where(row => code is null || row.Code == code)], any);
    }

    private string Requests(ConflictCount row) =>
        Url.To(Links.Requests).With("conflict", row.Code).With("provider", row.Provider).With("model", row.Model).ToString();
}

/// <summary>What the conflicts page shows.</summary>
public sealed record ConflictList(IReadOnlyList<ConflictCount> All, IReadOnlyList<ConflictCount> Shown, bool HasEvents)
{
    /// <summary>Most frequent first.</summary>
    public IEnumerable<(string Code, long Requests)> Codes =>
        All.GroupBy(static row => row.Code).Select(static group => (group.Key, group.Sum(static row => row.Requests))).OrderByDescending(static pair => pair.Item2);
}
