using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;

namespace AgentConsole.Budgets;

/// <summary>Changes a budget; its tenant it keeps. Of one whose scope, amount or period is another, what is crossed is told anew.</summary>
public sealed class ChangeBudget
{
    private readonly Contexts _contexts;
    private readonly BudgetChanges _changes;
    private readonly TimeProvider _time;

    internal ChangeBudget(Contexts contexts, BudgetChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownBudget"/>, <see cref="InvalidBudget"/>, <see cref="BlockingNeedsAWindow"/> or <see cref="Notify.UnknownChannel"/>.</summary>
    public async Task<Result<BudgetRow>> ExecuteAsync(Guid id, BudgetDraft draft, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (await BudgetChanges.FindAsync(db, id, cancellationToken) is not { } budget) return new UnknownBudget(id);
        if (!BudgetChanges.May(caller, budget.TenantId)) return caller.Refuse("budgets.change");
        var normal = draft.Normalise();
        if (!normal.Ok) return normal.Error;
        if (normal.Value.Scope.Tenant != budget.TenantId) return new InvalidBudget(["scope.tenant stays as it is: make another budget for another tenant."]);
        if (await _changes.CheckChannelsAsync(db, normal.Value, cancellationToken) is { } cannot) return cannot;
        var before = BudgetRow.Of(budget);
        budget.Take(normal.Value);
        (budget.ChangedAt, budget.ChangedBy) = (_time.GetUtcNow(), caller.Name);
        if (budget.Revision != before.Revision)
        {
            (budget.EvaluatedAt, budget.Problem) = (null, null);
            await _changes.CloseAlertsAsync(db, before, cancellationToken);
        }
        return await _changes.CommitAsync(db, "budgets.change", before, BudgetRow.Of(budget), caller, cancellationToken);
    }
}
