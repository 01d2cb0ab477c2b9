using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Anomalies;

public enum CaseSort { Excess, Began, Cost }

/// <param name="Closed">The closed ones, else those that are not.</param>
/// <param name="Skip">Rows before the page.</param>
public sealed record CaseQuery(bool Closed = false, CaseSort Sort = CaseSort.Excess, bool Ascending = false, int Skip = 0, int Limit = 100);

/// <param name="Total">All that fit.</param>
/// <param name="HeldBack">Incidents that were found and not opened, as there were too many at once.</param>
/// <param name="LookedTo">Of the tenant that was looked at the longest ago; null when one was not looked at yet, or there is none.</param>
public sealed record CaseList(IReadOnlyList<CaseRow> Items, int Total, int Open, int HeldBack, DateTimeOffset? LookedTo);

/// <summary>Reads of cases within a reach.</summary>
public sealed class CaseQueries(Contexts contexts)
{
    public async Task<CaseList> ListAsync(Reach reach, CaseQuery query, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var all = db.Set<Case>().AsNoTracking();
        var fitting = all.Where(one => (one.State == CaseState.Closed) == query.Closed);
        var items = await Ordered(fitting, query).ThenByDescending(static one => one.CaseId).Skip(query.Skip).Take(query.Limit).ToListAsync(cancellationToken);
        var total = await fitting.CountAsync(cancellationToken);
        var open = query.Closed ? await all.CountAsync(static one => one.State != CaseState.Closed, cancellationToken) : total;
        var looks = db.Set<CaseLook>().AsNoTracking();
        return new([.. items.Select(CaseRow.Of)], total, open, await looks.SumAsync(static look => look.HeldBack, cancellationToken), await looks.MinAsync(static look => look.LookedTo, cancellationToken));
    }

    /// <summary>Null when there is none, or none within reach.</summary>
    public async Task<(CaseRow Case, IReadOnlyList<CaseEntryRow> Entries)?> FindAsync(Reach reach, string tenant, Guid id, CancellationToken cancellationToken)
    {
        if (!reach.Includes(tenant)) return null;
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        if (await db.Set<Case>().AsNoTracking().SingleOrDefaultAsync(one => one.TenantId == tenant && one.CaseId == id, cancellationToken) is not { } found) return null;
        var entries = await db.Set<CaseEntry>().AsNoTracking().Where(entry => entry.TenantId == tenant && entry.CaseId == id).OrderBy(static entry => entry.At).ThenBy(static entry => entry.EntryId).Take(CaseChanges.MostEntries).ToListAsync(cancellationToken);
        return (CaseRow.Of(found), [.. entries.Select(CaseEntryRow.Of)]);
    }

    private static IOrderedQueryable<Case> Ordered(IQueryable<Case> cases, CaseQuery query) => (query.Sort, query.Ascending) switch
    {
        (CaseSort.Excess, false) => cases.OrderByDescending(static one => one.Excess),
        (CaseSort.Excess, true) => cases.OrderBy(static one => one.Excess),
        (CaseSort.Began, false) => cases.OrderByDescending(static one => one.BeganAt),
        (CaseSort.Began, true) => cases.OrderBy(static one => one.BeganAt),
        (CaseSort.Cost, false) => cases.OrderByDescending(static one => one.Cost),
        (CaseSort.Cost, true) => cases.OrderBy(static one => one.Cost),
        _ => throw new ArgumentOutOfRangeException(nameof(query)),
    };
}
