using AgentConsole.Access.Keys;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Changes what is said about a tenant. Its days are cut in the new zone from the next read on.</summary>
public sealed class SaveTenant
{
    private readonly Contexts _contexts;
    private readonly AccessChanges _changes;

    internal SaveTenant(Contexts contexts, AccessChanges changes) => (_contexts, _changes) = (contexts, changes);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownTenant"/>, <see cref="InvalidTenant"/> or <see cref="UnknownTimeZone"/>.</summary>
    public async Task<Result<Tenant>> ExecuteAsync(string id, TenantSettings settings, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.Can(Permission.ManageTenant, id)) return caller.Refuse("tenants.save");
        var after = settings.Normalise();
        if (!after.Ok) return after.Error;

        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageTenant), cancellationToken);
        var tenant = await db.Set<Tenant>().SingleOrDefaultAsync(existing => existing.TenantId == id, cancellationToken);
        if (tenant is null) return new UnknownTenant(id);
        var before = TenantSettings.Of(tenant);
        if (before == after.Value) return tenant;
        after.Value.ApplyTo(tenant);
        await _changes.CommitAsync(db, new(id, caller.Actor, "tenants.save", id, before.ToJson(), after.Value.ToJson()), cancellationToken);
        return tenant;
    }
}
