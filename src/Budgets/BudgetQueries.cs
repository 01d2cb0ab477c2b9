using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Budgets;

/// <param name="After">The last of the page before.</param>
public sealed record BudgetQuery(string? Tenant = null, Guid? After = null, int Limit = 100);

/// <summary>A budget and the zone whose calendar it follows.</summary>
public sealed record ZonedBudget(BudgetRow Budget, TimeZoneInfo Zone);

/// <param name="Next">Where the next page goes on; null at the end.</param>
public sealed record BudgetPage(IReadOnlyList<ZonedBudget> Items, int Total, Guid? Next);

/// <summary>Reads of budgets within a reach.</summary>
public sealed class BudgetQueries(Contexts contexts)
{
    /// <summary>Oldest first.</summary>
    public async Task<BudgetPage> ListAsync(Reach reach, BudgetQuery query, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var fitting = Zoned(db);
        if (query.Tenant is { } tenant) fitting = fitting.Where(pair => pair.Budget.TenantId == tenant);
        var total = await fitting.CountAsync(cancellationToken);
        if (query.After is { } after) fitting = fitting.Where(pair => pair.Budget.BudgetId > after);
        var rows = await fitting.OrderBy(static pair => pair.Budget.BudgetId).Take(query.Limit + 1).ToListAsync(cancellationToken);
        return new([.. rows.Take(query.Limit).Select(Row)], total, rows.Count > query.Limit ? rows[query.Limit - 1].Budget.BudgetId : null);
    }

    /// <summary>Null when there is none, or none within reach.</summary>
    public async Task<ZonedBudget?> FindAsync(Reach reach, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await Zoned(db).SingleOrDefaultAsync(pair => pair.Budget.BudgetId == id, cancellationToken) is { } pair ? Row(pair) : null;
    }

    /// <summary>The tenant's own zone; UTC for one that is not there.</summary>
    public async Task<TimeZoneInfo> FindZoneAsync(Reach reach, string tenant, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return Zone(await db.Set<Tenant>().AsNoTracking().Where(row => row.TenantId == tenant).Select(static row => row.TimeZone).SingleOrDefaultAsync(cancellationToken));
    }

    private static IQueryable<BudgetAndZone> Zoned(ConsoleDb db) =>
        from budget in db.Set<Budget>().AsNoTracking()
        join tenant in db.Set<Tenant>().AsNoTracking() on budget.TenantId equals tenant.TenantId
        select new BudgetAndZone { Budget = budget, Zone = tenant.TimeZone };

    private static ZonedBudget Row(BudgetAndZone pair) => new(BudgetRow.Of(pair.Budget), Zone(pair.Zone));

    private static TimeZoneInfo Zone(string? id) => id is not null && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : TimeZoneInfo.Utc;

    private sealed class BudgetAndZone
    {
        public required Budget Budget { get; init; }
        public required string Zone { get; init; }
    }
}
