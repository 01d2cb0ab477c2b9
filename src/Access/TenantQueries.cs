using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

public sealed class TenantQueries(IDbContextFactory<ConsoleDb> contexts)
{
    public const int MaxListed = 1000;

    /// <summary>Every tenant, by name; at most 1000.</summary>
    public async Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Set<Tenant>().AsNoTracking().OrderBy(tenant => tenant.Name).Take(MaxListed).ToListAsync(cancellationToken);
    }

    public async Task<Tenant?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Set<Tenant>().AsNoTracking().SingleOrDefaultAsync(tenant => tenant.TenantId == id, cancellationToken);
    }
}
