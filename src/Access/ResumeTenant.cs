using AgentConsole.Access.Keys;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Ends a suspension. Of an active tenant it changes nothing.</summary>
public sealed class ResumeTenant
{
    private readonly Contexts _contexts;
    private readonly AccessChanges _changes;

    internal ResumeTenant(Contexts contexts, AccessChanges changes) => (_contexts, _changes) = (contexts, changes);

    /// <summary>Fails with <see cref="NotAllowed"/> or <see cref="UnknownTenant"/>.</summary>
    public async Task<Result<Tenant>> ExecuteAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanOnPlatform(Permission.ManageTenants)) return caller.Refuse("tenants.resume");
        await using var db = await _contexts.BeginAsync(Reach.Platform, cancellationToken);
        var tenant = await db.Set<Tenant>().FromSql($"SELECT * FROM tenants WHERE tenant_id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
        if (tenant is null) return new UnknownTenant(id);
        if (!tenant.IsSuspended) return tenant;
        tenant.SuspendedAt = null;
        await _changes.CommitAsync(db, new(id, caller.Actor, "tenants.resume", id, SuspendTenant.Status("suspended"), SuspendTenant.Status("active")), cancellationToken);
        return tenant;
    }
}
