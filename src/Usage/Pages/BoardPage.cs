using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>A page that shows a board and follows it.</summary>
public abstract class BoardPage : LivePage<UsageBoard>
{
    private UsageBoardReader? reader;
    private Reach? read;

    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private SharedBreakdowns Shared { get; set; } = null!;

    protected virtual Dimension DefaultGroup => Dimension.Provider;

    protected override DateTimeOffset? CompleteTo(UsageBoard data) => data.Groups.Freshness.CompleteTo;

    protected override Task<UsageBoard> PullAsync(CancellationToken cancellationToken)
    {
        if (reader is null || read != Frame.Reach)
        {
            var reach = read = Frame.Reach;
            reader = new(
                (query, cancel) => Shared.ReadAsync(reach, query, ChangedAt, cancel), (query, cancel) => Shared.ReadPastAsync(reach, query, cancel),
                cancel => Queries.HasEventsAsync(reach, cancel), cancel => Shared.FindFirstUseAsync(reach, cancel));
        }
        return reader.ReadAsync(UsageView.Read(Frame, Clock.GetUtcNow(), DefaultGroup), cancellationToken);
    }
}
