using AgentConsole.Access;
using AgentConsole.Platform;

namespace AgentConsole.Budgets;

/// <param name="Past">The newest first, as far as usage goes back.</param>
public sealed record BudgetPreview(BudgetRow Budget, BudgetStanding Standing, IReadOnlyList<PastPeriod> Past);

/// <summary>What a budget would say now, and would have said of the periods before. Changes nothing.</summary>
public sealed class PreviewBudget(BudgetQueries budgets, MeasureBudgets measure, TimeProvider time)
{
    private const int Periods = 6;

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidBudget"/>, or as <see cref="MeasureBudgets.ReadAsync"/> does.</summary>
    public async Task<Result<BudgetPreview>> ExecuteAsync(BudgetDraft draft, Caller caller, CancellationToken cancellationToken)
    {
        if (!BudgetChanges.May(caller, draft.Scope.Tenant)) return caller.Refuse("budgets.preview");
        var normal = draft.Normalise();
        if (!normal.Ok) return normal.Error;
        var (now, said) = (time.GetUtcNow(), normal.Value);
        var zone = await budgets.FindZoneAsync(caller.ReachOf(Permission.ManageBudgets), said.Scope.Tenant, cancellationToken);
        // What is kept of sums is kept by this id: each draft has its own.
        var row = new BudgetRow(said.Scope.Tenant, Guid.CreateVersion7(now), said.Name, said.Scope, said.Amount, said.Period, said.Thresholds, said.Block, said.Channels, 0, null, null, now, caller.Name, now, caller.Name);
        var standing = await measure.ReadAsync(row, zone, now, cancellationToken);
        if (!standing.Ok) return standing.Error;
        var past = await measure.ListPastAsync(row, zone, now, Periods, cancellationToken);
        return past.Ok ? new BudgetPreview(row, standing.Value, past.Value) : past.Error;
    }
}
