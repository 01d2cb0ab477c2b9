using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;

namespace AgentConsole.Limits;

/// <summary>Changes a limit; what was used stays counted. Its tenant it keeps.</summary>
public sealed class ChangeLimit
{
    private readonly Contexts _contexts;
    private readonly LimitChanges _changes;
    private readonly TimeProvider _time;

    internal ChangeLimit(Contexts contexts, LimitChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="UnknownLimit"/>, <see cref="InvalidLimit"/>, <see cref="NotAllowed"/>, <see cref="LimitOfABudget"/> or <see cref="LimitExists"/>.</summary>
    public async Task<Result<LimitRow>> ExecuteAsync(Guid id, LimitDraft draft, Caller caller, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageLimits), cancellationToken);
        if (await LimitQueries.FindAsync(db, id, cancellationToken) is not { } limit) return new UnknownLimit(id);
        if (!LimitChanges.May(caller, limit.TenantId)) return caller.Refuse("limits.change");
        if (await LimitQueries.IsOfABudgetAsync(db, limit, cancellationToken)) return new LimitOfABudget(id);
        var normal = draft.Normalise(now);
        if (!normal.Ok) return normal.Error;
        if (normal.Value.Scope.Tenant != limit.TenantId) return new InvalidLimit(["scope.tenant stays as it is: make another limit for another tenant."]);
        if (await CreateLimit.FindSameAsync(db, normal.Value, id, now, cancellationToken) is { } same) return new LimitExists(same);
        var before = LimitRow.Of(limit);
        limit.Take(normal.Value);
        if (before == LimitRow.Of(limit)) return before;
        (limit.ChangedAt, limit.ChangedBy) = (now, caller.Name);
        var after = LimitRow.Of(limit);
        await _changes.CommitAsync(db, limit.TenantId, "limits.change", before, after, caller, cancellationToken);
        return after;
    }
}
