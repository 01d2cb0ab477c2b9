using AgentConsole.Access.Keys;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Ends a key, by its id, for good and at once; a key that has ended stays ended, and nothing is written again.</summary>
public sealed class RevokeKey
{
    private readonly Contexts _contexts;
    private readonly AccessChanges _changes;
    private readonly TimeProvider _time;

    internal RevokeKey(Contexts contexts, AccessChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="UnknownKey"/>.</summary>
    public async Task<Result<KeyRow>> ExecuteAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageKeys), cancellationToken);
        if (await KeyQueries.FindAsync(db, id, now, cancellationToken) is not { } before) return new UnknownKey(id);
        var changed = await db.Set<ApiKey>()
            .Where(key => key.TenantId == before.StoredTenant && key.KeyId == before.Id && key.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now).SetProperty(key => key.RevokedBy, caller.Name), cancellationToken);
        if (changed == 0) return before;
        var after = before with { RevokedAt = now, RevokedBy = caller.Name, State = KeyState.Revoked };
        await _changes.CommitAsync(db, new(before.Tenant ?? "", caller.Actor, "keys.revoke", before.Prefix, before.ToJson(), after.ToJson()), cancellationToken);
        return after;
    }
}
