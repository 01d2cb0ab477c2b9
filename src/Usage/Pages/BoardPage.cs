using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Usage.Pages;

/// <summary>What the overview and the usage page share: they show the same board at different depth.</summary>
public abstract class BoardPage : LivePage<UsageBoard>
{
    private UsageBoardReader? reader;

    [Inject] private UsageQueries Queries { get; set; } = null!;
    [Inject] private SharedBreakdowns Shared { get; set; } = null!;

    protected virtual Dimension DefaultGroup => Dimension.Provider;

    protected override DateTimeOffset? CompleteTo(UsageBoard data) => data.Groups.Freshness.CompleteTo;

    protected override Task<UsageBoard> PullAsync(CancellationToken cancellationToken)
    {
        reader ??= new((query, cancel) => Shared.ReadAsync(query, ChangedAt, cancel), Queries.HasEventsAsync, Clock);
        return reader.ReadAsync(UsageView.Read(Frame, Clock.GetUtcNow(), DefaultGroup), Frame.Tenant, cancellationToken);
    }

    protected Task<IReadOnlyList<string>> ReadValuesAsync(Dimension dimension, int limit) =>
        Queries.ListValuesAsync(dimension, Frame.Tenant, limit, CancellationToken.None);
}
