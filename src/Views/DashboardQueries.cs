using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Views;

/// <summary>Reads of dashboards.</summary>
public sealed class DashboardQueries(Contexts contexts)
{
    private const int Most = 200;

    /// <summary>The caller's own, and those of the tenant that is looked at, or of all within reach; by name, the own first.</summary>
    public async Task<IReadOnlyList<DashboardRow>> ListAsync(Caller caller, string? tenant, CancellationToken cancellationToken)
    {
        var reach = caller.ReachOf(Permission.ReadUsage);
        if (reach.IsNone) return [];
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var found = await db.Set<Dashboard>().AsNoTracking()
            .Where(dashboard => dashboard.Owner == caller.Name || (dashboard.Owner == SavedView.Everyone && (tenant == null || dashboard.TenantId == tenant)))
            .OrderBy(dashboard => dashboard.Owner == SavedView.Everyone).ThenBy(dashboard => dashboard.Name).ThenBy(dashboard => dashboard.TenantId).Take(Most)
            .ToListAsync(cancellationToken);
        return [.. found.Select(Row)];
    }

    /// <summary>Null when there is none, or none that the caller may see.</summary>
    public async Task<DashboardRow?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var reach = caller.ReachOf(Permission.ReadUsage);
        if (reach.IsNone) return null;
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var found = await db.Set<Dashboard>().AsNoTracking()
            .FirstOrDefaultAsync(dashboard => dashboard.DashboardId == id && (dashboard.Owner == caller.Name || dashboard.Owner == SavedView.Everyone), cancellationToken);
        return found is null ? null : Row(found);
    }

    private static DashboardRow Row(Dashboard dashboard) => new(
        dashboard.DashboardId, dashboard.TenantId == SavedView.Platform ? null : dashboard.TenantId, dashboard.Name, dashboard.Owner == SavedView.Everyone,
        TileJson.Read(dashboard.Tiles), dashboard.Version, dashboard.SavedAt);
}
