using AgentConsole.Access;
using AgentConsole.Notify;
using AgentConsole.Platform;
using AgentConsole.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentConsole.Budgets.Pages;

/// <summary>Which budgets there are, how they stand, and what they would have said before; makes, changes and removes them.</summary>
public sealed partial class BudgetsPage
{
    private const int PageSize = 50;
    private const int PastPeriods = 6;

    [Inject] private CurrentCaller Caller { get; set; } = null!;
    [Inject] private BudgetQueries Budgets { get; set; } = null!;
    [Inject] private MeasureBudgets Measure { get; set; } = null!;
    [Inject] private ChannelQueries Channels { get; set; } = null!;
    [Inject] private ITenantChoices Choices { get; set; } = null!;

    private bool IsCreating => Url["tab"] == BudgetLinks.Create && Data is { MayCreate: true };

    /// <summary>Not to usage: each event would sum every budget anew. The page does so twice a minute anyway.</summary>
    protected override IReadOnlyList<string> ListensTo => [.. Topics.BudgetsOf(Frame.Reach), .. Topics.DeliveriesOf(Frame.Reach)];

    protected override bool Owns(PageUrl url) => url.Path == Links.Budgets;

    protected override async Task<BudgetsView> PullAsync(CancellationToken cancellationToken)
    {
        var (url, reach, caller, now) = (Url, Frame.Reach, await Caller.ReadAsync(), Clock.GetUtcNow());
        var page = await Budgets.ListAsync(reach, new(After: Guid.TryParse(url["cursor"], out var after) ? after : null, Limit: PageSize), cancellationToken);
        var standings = new List<Result<BudgetStanding>>();
        foreach (var item in page.Items) standings.Add(await Measure.ReadAsync(item.Budget, item.Zone, now, cancellationToken));
        var selected = Guid.TryParse(url["budget"], out var id) && await Budgets.FindAsync(reach, id, cancellationToken) is { } found ? await SelectAsync(found, now, cancellationToken) : null;
        IReadOnlyList<TenantChoice> places = url["tab"] == BudgetLinks.Create ? await Choices.ListAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken) : [];
        return new(page, standings, selected, places, await Channels.ListAsync(reach, cancellationToken), caller, now);
    }

    private async Task<BudgetSelection> SelectAsync(ZonedBudget found, DateTimeOffset now, CancellationToken cancellationToken) => new(
        found, await Measure.ReadAsync(found.Budget, found.Zone, now, cancellationToken), await Measure.ListPastAsync(found.Budget, found.Zone, now, PastPeriods, cancellationToken));
}
