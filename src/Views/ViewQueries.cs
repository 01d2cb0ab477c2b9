using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Views;

/// <param name="Tenant">Null when it is kept in no tenant.</param>
public sealed record ViewRow(Guid Id, string? Tenant, string Name, string Link, bool IsShared, bool IsDefault);

/// <summary>Reads of saved views.</summary>
public sealed class ViewQueries(Contexts contexts)
{
    private const int Most = 200;

    /// <summary>The caller's own of a page, and those of the tenant that is looked at; by name, the own first.</summary>
    public async Task<IReadOnlyList<ViewRow>> ListAsync(Caller caller, string? tenant, string path, CancellationToken cancellationToken)
    {
        var reach = caller.ReachOf(Permission.ReadUsage);
        if (reach.IsNone) return [];
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<SavedView>().AsNoTracking()
            .Where(view => view.Path == path && (view.Owner == caller.Name || (view.Owner == SavedView.Everyone && view.TenantId == tenant)))
            .OrderBy(view => view.Owner == SavedView.Everyone).ThenBy(view => view.Name).Take(Most)
            .Select(view => new ViewRow(view.ViewId, view.TenantId == SavedView.Platform ? null : view.TenantId, view.Name, view.Link, view.Owner == SavedView.Everyone, view.IsDefault))
            .ToListAsync(cancellationToken);
    }
}
