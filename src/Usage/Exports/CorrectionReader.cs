using AgentConsole.Platform.Data;
using AgentConsole.Usage.Repricing;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Usage.Exports;

/// <summary>What re-pricing changed of a tenant's UTC day and model, all its runs together.</summary>
internal sealed record CorrectedDay(string Tenant, DateOnly Day, string Provider, string Model, long Requests, decimal Difference, DateTimeOffset CorrectedAt);

/// <summary>Reads what re-pricing changed, for exports to show. Corrections are kept per day and model, so only whole days inside the range count, and finer filters have none.</summary>
internal sealed class CorrectionReader(Contexts contexts)
{
    private static readonly Dimension[] Known = [Dimension.Tenant, Dimension.Provider, Dimension.Model];

    public async Task<IReadOnlyList<CorrectedDay>> ReadAsync(Reach reach, DateTimeOffset from, DateTimeOffset to, UsageFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Tags.Count > 0 || filter.Values.Keys.Except(Known).Any()) return [];
        var first = DateOnly.FromDateTime(from.UtcDateTime.AddDays(1).AddTicks(-1));
        var end = DateOnly.FromDateTime(to.UtcDateTime);
        var (tenants, providers, models) = (filter[Dimension.Tenant], filter[Dimension.Provider], filter[Dimension.Model]);
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<UsageCorrection>().AsNoTracking()
            .Where(row => (tenants.Count == 0 || tenants.Contains(row.TenantId)) && row.Day >= first && row.Day < end)
            .Where(row => (providers.Count == 0 || providers.Contains(row.Provider)) && (models.Count == 0 || models.Contains(row.Model)))
            .GroupBy(row => new { row.TenantId, row.Day, row.Provider, row.Model })
            .Select(day => new CorrectedDay(
                day.Key.TenantId, day.Key.Day, day.Key.Provider, day.Key.Model,
                day.Sum(row => row.Requests), day.Sum(row => row.NewCost) - day.Sum(row => row.OldCost), day.Max(row => row.CorrectedAt)))
            .ToListAsync(cancellationToken);
    }
}
