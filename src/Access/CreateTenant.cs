using AgentConsole.Access.Keys;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Creates a tenant that no usage has named yet.</summary>
public sealed class CreateTenant
{
    private readonly Contexts _contexts;
    private readonly AccessChanges _changes;
    private readonly TimeProvider _time;

    internal CreateTenant(Contexts contexts, AccessChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidTenantId"/>, <see cref="InvalidTenant"/>, <see cref="UnknownTimeZone"/> or <see cref="TenantTaken"/>.</summary>
    public async Task<Result<Tenant>> ExecuteAsync(string id, string name, string timeZone, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanOnPlatform(Permission.ManageTenants)) return caller.Refuse("tenants.create");
        if (!Tenant.IsValidId(id)) return new InvalidTenantId(id);
        var settings = new TenantSettings(name, timeZone).Normalise();
        if (!settings.Ok) return settings.Error;

        await using var db = await _contexts.BeginAsync(Reach.Platform, cancellationToken);
        var tenant = new Tenant { TenantId = id, Name = settings.Value.Name, TimeZone = settings.Value.TimeZone, CreatedAt = _time.GetUtcNow() };
        // Usage may name it at this very moment: whoever comes second waits here, and then finds it taken.
        var made = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO tenants (tenant_id, name, time_zone, created_at) VALUES ({tenant.TenantId}, {tenant.Name}, {tenant.TimeZone}, {tenant.CreatedAt}) ON CONFLICT DO NOTHING", cancellationToken);
        if (made == 0) return new TenantTaken(id);
        await _changes.CommitAsync(db, new(id, caller.Actor, "tenants.create", id, After: settings.Value.ToJson()), cancellationToken);
        return tenant;
    }
}
