using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;

namespace AgentConsole.Limits;

/// <summary>Takes a limit away, at once; the audit keeps what it was.</summary>
public sealed class RemoveLimit
{
    private readonly Contexts _contexts;
    private readonly LimitChanges _changes;

    internal RemoveLimit(Contexts contexts, LimitChanges changes) => (_contexts, _changes) = (contexts, changes);

    /// <summary>Fails with <see cref="UnknownLimit"/>, <see cref="NotAllowed"/> or <see cref="LimitOfABudget"/>.</summary>
    public async Task<Result<LimitRow>> ExecuteAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageLimits), cancellationToken);
        if (await LimitQueries.FindAsync(db, id, cancellationToken) is not { } limit) return new UnknownLimit(id);
        if (!LimitChanges.May(caller, limit.TenantId)) return caller.Refuse("limits.remove");
        if (await LimitQueries.IsOfABudgetAsync(db, limit, cancellationToken)) return new LimitOfABudget(id);
        var row = LimitRow.Of(limit);
        db.Remove(limit);
        await _changes.CommitAsync(db, limit.TenantId, row.Stops ? "limits.resume" : "limits.remove", row, null, caller, cancellationToken);
        return row;
    }
}
