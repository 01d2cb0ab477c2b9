using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Creates a tenant, or changes its name and time zone.</summary>
public sealed class SaveTenant(IDbContextFactory<ConsoleDb> contexts, TimeProvider time)
{
    public async Task<Result<Tenant>> ExecuteAsync(string id, string name, string timeZone, CancellationToken cancellationToken)
    {
        if (!Tenant.IsValidId(id)) return new InvalidTenantId(id);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _)) return new UnknownTimeZone(timeZone);

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var tenant = await db.Set<Tenant>().SingleOrDefaultAsync(existing => existing.TenantId == id, cancellationToken);
        if (tenant is null) db.Add(tenant = new Tenant { TenantId = id, Name = name, CreatedAt = time.GetUtcNow() });
        tenant.Name = name;
        tenant.TimeZone = timeZone;
        await db.SaveChangesAsync(cancellationToken);
        return tenant;
    }
}
