using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Budgets;

/// <summary>Sets a budget. What was spent before it in the present period counts.</summary>
public sealed class CreateBudget
{
    /// <summary>Per tenant: each is summed twice a minute.</summary>
    public const int Most = 200;

    private readonly Contexts _contexts;
    private readonly BudgetChanges _changes;
    private readonly TimeProvider _time;

    internal CreateBudget(Contexts contexts, BudgetChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidBudget"/>, <see cref="BlockingNeedsAWindow"/>, <see cref="UnknownTenant"/>, <see cref="Notify.UnknownChannel"/> or <see cref="TooManyBudgets"/>.</summary>
    public async Task<Result<BudgetRow>> ExecuteAsync(BudgetDraft draft, Caller caller, CancellationToken cancellationToken)
    {
        var (now, tenant) = (_time.GetUtcNow(), draft.Scope.Tenant);
        if (!BudgetChanges.May(caller, tenant)) return caller.Refuse("budgets.create");
        var normal = draft.Normalise();
        if (!normal.Ok) return normal.Error;

        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (!await db.Set<Tenant>().AnyAsync(row => row.TenantId == tenant, cancellationToken)) return new UnknownTenant(tenant);
        if (await _changes.CheckChannelsAsync(db, normal.Value, cancellationToken) is { } foreign) return foreign;
        if (await db.Set<Budget>().CountAsync(row => row.TenantId == tenant, cancellationToken) >= Most) return new TooManyBudgets(Most);
        var budget = new Budget { TenantId = tenant, BudgetId = Guid.CreateVersion7(now), Thresholds = [], Channels = [], CreatedAt = now, CreatedBy = caller.Name, ChangedAt = now, ChangedBy = caller.Name };
        budget.Take(normal.Value);
        db.Add(budget);
        return await _changes.CommitAsync(db, "budgets.create", null, BudgetRow.Of(budget), caller, cancellationToken);
    }
}
