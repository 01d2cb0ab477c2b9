using AgentConsole.Platform.Data;
using AgentConsole.Usage.Reconciliation;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Usage;

/// <param name="Differences">Empty when every rollup says what the ledger says.</param>
public sealed record ReconciledDayRow(string Tenant, DateOnly Day, DateTimeOffset CheckedAt, long Requests, long Tokens, decimal Cost, IReadOnlyList<string> Differences);

public sealed class ReconciliationQueries(Contexts contexts)
{
    /// <summary>Days that differ first, then the newest; at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<ReconciledDayRow>> ListAsync(Reach reach, int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<ReconciledDay>().AsNoTracking()
            .OrderByDescending(day => day.Differences.Length > 0).ThenByDescending(day => day.Day).ThenBy(day => day.TenantId)
            .Take(limit)
            .Select(day => new ReconciledDayRow(day.TenantId, day.Day, day.CheckedAt, day.Requests, day.Tokens, day.Cost, day.Differences))
            .ToListAsync(cancellationToken);
    }
}
