using System.Text.Json.Nodes;
using AgentConsole.Access.Keys;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Takes nothing in for a tenant any more, until <see cref="ResumeTenant"/>; what there is stays readable. A second time changes nothing.</summary>
public sealed class SuspendTenant
{
    private readonly Contexts _contexts;
    private readonly AccessChanges _changes;
    private readonly TimeProvider _time;

    internal SuspendTenant(Contexts contexts, AccessChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/> or <see cref="UnknownTenant"/>.</summary>
    public async Task<Result<Tenant>> ExecuteAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanOnPlatform(Permission.ManageTenants)) return caller.Refuse("tenants.suspend");
        await using var db = await _contexts.BeginAsync(Reach.Platform, cancellationToken);
        var tenant = await db.Set<Tenant>().FromSql($"SELECT * FROM tenants WHERE tenant_id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
        if (tenant is null) return new UnknownTenant(id);
        if (tenant.IsSuspended) return tenant;
        tenant.SuspendedAt = _time.GetUtcNow();
        await _changes.CommitAsync(db, new(id, caller.Actor, "tenants.suspend", id, Status("active"), Status("suspended")), cancellationToken);
        return tenant;
    }

    internal static JsonNode Status(string status) => new JsonObject { ["status"] = status };
}
