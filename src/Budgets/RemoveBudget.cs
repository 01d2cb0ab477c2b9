using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Budgets;

/// <summary>Takes a budget away, with what it blocks and the alerts it has open.</summary>
public sealed class RemoveBudget
{
    private readonly Contexts _contexts;
    private readonly BudgetChanges _changes;

    internal RemoveBudget(Contexts contexts, BudgetChanges changes) => (_contexts, _changes) = (contexts, changes);

    /// <summary>Fails with <see cref="NotAllowed"/> or <see cref="UnknownBudget"/>.</summary>
    public async Task<Result<BudgetRow>> ExecuteAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (await BudgetChanges.FindAsync(db, id, cancellationToken) is not { } budget) return new UnknownBudget(id);
        if (!BudgetChanges.May(caller, budget.TenantId)) return caller.Refuse("budgets.remove");
        var row = BudgetRow.Of(budget);
        db.Remove(budget);
        await db.Set<BudgetCrossing>().Where(crossing => crossing.TenantId == row.Tenant && crossing.BudgetId == id).ExecuteDeleteAsync(cancellationToken);
        await _changes.CloseAlertsAsync(db, row, cancellationToken);
        await _changes.CommitRemovalAsync(db, row, caller, cancellationToken);
        return row;
    }
}
