using AgentConsole.Access.Keys;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Changes what is said about a tenant. Its days are cut in the new zone from the next read on; its texts are stored from the next requests on, or no more.</summary>
public sealed class SaveTenant
{
    private readonly Contexts _contexts;
    private readonly AccessChanges _changes;
    private readonly TimeProvider _time;

    internal SaveTenant(Contexts contexts, AccessChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownTenant"/>, <see cref="InvalidTenant"/> or <see cref="UnknownTimeZone"/>.</summary>
    public async Task<Result<Tenant>> ExecuteAsync(string id, TenantSettings settings, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.Can(Permission.ManageTenant, id)) return caller.Refuse("tenants.save");
        var said = settings.Normalise();
        if (!said.Ok) return said.Error;

        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageTenant), cancellationToken);
        // Locked: what is left out stays as it is at this moment, not as it was a moment ago.
        var tenant = await db.Set<Tenant>().FromSql($"SELECT * FROM tenants WHERE tenant_id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
        if (tenant is null) return new UnknownTenant(id);
        var before = TenantSettings.Of(tenant);
        var after = said.Value.Over(before);
        if (before == after) return tenant;
        var (since, now) = (tenant.ContentsSince, _time.GetUtcNow());
        after.ApplyTo(tenant, now);
        if (since is { } started && !tenant.KeepsContents) db.Add(new ContentPeriod { TenantId = id, StartedAt = started, EndedAt = now });
        await _changes.CommitAsync(db, new(id, caller.Actor, "tenants.save", id, before.ToJson(), after.ToJson()), cancellationToken);
        return tenant;
    }
}
