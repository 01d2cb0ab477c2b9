using AgentConsole.Access.Keys;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Which tenants are asked for.</summary>
/// <param name="Search">A part of the name or the id.</param>
/// <param name="Cursor">The id of the last one on the page before.</param>
public sealed record TenantQuery(string? Search = null, bool? Suspended = null, string? Cursor = null, int Limit = 100);

/// <param name="Total">Tenants that fit, on all pages.</param>
public sealed record TenantListPage(IReadOnlyList<Tenant> Items, int Total, string? NextCursor);

public sealed class TenantQueries(Contexts contexts, TimeProvider time)
{
    public const int MaxListed = 1000;

    /// <summary>Every tenant within reach, by name; at most 1000.</summary>
    public async Task<IReadOnlyList<Tenant>> ListAsync(Reach reach, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<Tenant>().AsNoTracking().OrderBy(tenant => tenant.Name).Take(MaxListed).ToListAsync(cancellationToken);
    }

    /// <summary>By id.</summary>
    public async Task<TenantListPage> ListAsync(Reach reach, TenantQuery query, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var fitting = db.Set<Tenant>().AsNoTracking();
        if (query.Suspended is { } suspended) fitting = fitting.Where(tenant => (tenant.SuspendedAt != null) == suspended);
        if (query.Search is { } search) fitting = fitting.Where(tenant => tenant.Name.ToLower().Contains(search.ToLower()) || tenant.TenantId.ToLower().Contains(search.ToLower()));
        var total = await fitting.CountAsync(cancellationToken);
        if (query.Cursor is { } cursor) fitting = fitting.Where(tenant => string.Compare(tenant.TenantId, cursor) > 0);
        var tenants = await fitting.OrderBy(static tenant => tenant.TenantId).Take(query.Limit + 1).ToListAsync(cancellationToken);
        return new([.. tenants.Take(query.Limit)], total, tenants.Count > query.Limit ? tenants[query.Limit - 1].TenantId : null);
    }

    /// <summary>Null when there is none, or none within reach.</summary>
    public async Task<Tenant?> FindAsync(Reach reach, string id, CancellationToken cancellationToken)
    {
        if (!reach.Includes(id)) return null;
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<Tenant>().AsNoTracking().SingleOrDefaultAsync(tenant => tenant.TenantId == id, cancellationToken);
    }

    /// <summary>How many of its keys work now.</summary>
    public async Task<int> CountLiveKeysAsync(Reach reach, string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<ApiKey>().CountAsync(
            key => key.TenantId == id && key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now) && (key.GraceUntil == null || key.GraceUntil > now), cancellationToken);
    }
}
