using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Usage.Contents;

/// <summary>Deletes the texts that their tenants keep no longer, in small transactions. Nobody has seen them since they expired; now they are gone.</summary>
internal sealed class ExpireContents(Contexts contexts, Database database, TimeProvider time)
{
    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        foreach (var tenant in await ListAsync(cancellationToken))
        {
            var through = time.GetUtcNow().AddDays(-tenant.ContentDays);
            if (tenant.ContentsDeletedAt > through) through = tenant.ContentsDeletedAt.Value;
            while (await DeleteContents.DeleteBatchAsync(database, Reach.Platform, tenant.TenantId, through, cancellationToken) == DeleteContents.BatchSize) { }
        }
    }

    private async Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(Reach.Platform, cancellationToken);
        return await db.Set<Tenant>().AsNoTracking().Where(tenant => db.Set<StoredContent>().Any(content => content.TenantId == tenant.TenantId)).ToListAsync(cancellationToken);
    }
}
