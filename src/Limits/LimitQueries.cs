using System.Globalization;
using AgentConsole.Budgets;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Limits;

/// <summary>Which limits are asked for.</summary>
/// <param name="Tenant">A tenant's, or <see cref="LimitScope.Each"/>: those of every tenant; null: all within reach.</param>
/// <param name="Search">A part of a name in the scope, or of the reason.</param>
/// <param name="Live">Only those that are in force, or only those that are over.</param>
public sealed record LimitQuery(string? Tenant = null, LimitMeasure? Measure = null, string? User = null, string? Key = null, string? Model = null, string? Search = null, bool? Live = null, string? Cursor = null, int Limit = 100)
{
    /// <summary>Rows left out at the beginning, of a list in another order than the newest first.</summary>
    public int Skip { get; init; }
    public LimitSort Sort { get; init; }
    public bool Descending { get; init; }
    public LimitWindow? Window { get; init; }
    public LimitAction? Action { get; init; }
}

/// <summary>What limits are ordered by; of equal ones the newest first.</summary>
public enum LimitSort { Created, Scope, Measure, Max, Expires }

/// <param name="Total">Limits that fit, on all pages.</param>
public sealed record LimitPage(IReadOnlyList<LimitRow> Items, int Total, string? NextCursor);

/// <summary>How a limit's counters and the ledger compared last.</summary>
/// <param name="Meters">Subjects with use in the present window.</param>
/// <param name="Counted">What the counters said, in the limit's unit, before any repair.</param>
/// <param name="Overshoot">By how much spent was above the maximum.</param>
/// <param name="Repaired">Added to the counters or taken off since the limit was made.</param>
public sealed record LimitCheckRow(string Tenant, Guid LimitId, DateTimeOffset CheckedAt, int Meters, decimal Counted, decimal Ledger, decimal Held, decimal Overshoot, decimal Repaired, long Repairs, DateTimeOffset? RepairedAt)
{
    public decimal Drift => Ledger - Counted;
}

/// <summary>Reads of limits as they are kept. Of tenants only those within reach; those of every tenant by the platform alone.</summary>
public sealed class LimitQueries(Contexts contexts, TimeProvider time)
{
    /// <summary>Newest first.</summary>
    public async Task<LimitPage> ListAsync(Reach reach, LimitQuery query, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var fitting = Fitting(db.Set<Limit>().AsNoTracking(), query, time.GetUtcNow());
        var total = await fitting.CountAsync(cancellationToken);
        if (ReadCursor(query.Cursor) is var (at, after)) fitting = fitting.Where(limit => limit.CreatedAt < at || (limit.CreatedAt == at && limit.LimitId.CompareTo(after) > 0));
        var limits = await Ordered(fitting, query).Skip(query.Skip).Take(query.Limit + 1).ToListAsync(cancellationToken);
        List<LimitRow> rows = [.. limits.Take(query.Limit).Select(LimitRow.Of)];
        return new(rows, total, limits.Count > query.Limit ? Cursor(rows[^1]) : null);
    }

    /// <summary>Null when there is none, or none within reach.</summary>
    public async Task<LimitRow?> FindAsync(Reach reach, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await FindAsync(db, id, cancellationToken) is { } limit ? LimitRow.Of(limit) : null;
    }

    /// <summary>The last comparison of each limit's counters with the ledger.</summary>
    public async Task<IReadOnlyList<LimitCheckRow>> ListChecksAsync(Reach reach, string? tenant, int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await db.Set<LimitCheck>().AsNoTracking().Where(check => tenant == null || check.TenantId == tenant)
            .OrderBy(static check => check.TenantId).ThenBy(static check => check.LimitId).Take(limit)
            .Select(static check => new LimitCheckRow(check.TenantId, check.LimitId, check.CheckedAt, check.Meters, check.Counted, check.Ledger, check.Held, check.Overshoot, check.Repaired, check.Repairs, check.RepairedAt))
            .ToListAsync(cancellationToken);
    }

    public static bool IsCursor(string cursor) => ReadCursor(cursor) is not null;

    internal static Task<Limit?> FindAsync(ConsoleDb db, Guid id, CancellationToken cancellationToken) => db.Set<Limit>().SingleOrDefaultAsync(limit => limit.LimitId == id, cancellationToken);

    internal static Task<bool> IsOfABudgetAsync(ConsoleDb db, Limit limit, CancellationToken cancellationToken) =>
        db.Set<Budget>().AnyAsync(budget => budget.TenantId == limit.TenantId && budget.BudgetId == limit.LimitId, cancellationToken);

    private static IQueryable<Limit> Fitting(IQueryable<Limit> limits, LimitQuery query, DateTimeOffset now)
    {
        if (query.Tenant is { } tenant) limits = limits.Where(limit => limit.TenantId == tenant);
        if (query.Measure is { } measure) limits = limits.Where(limit => limit.Measure == measure);
        if (query.User is { } user) limits = limits.Where(limit => limit.User == user);
        if (query.Key is { } key) limits = limits.Where(limit => limit.Key == key);
        if (query.Model is { } model) limits = limits.Where(limit => limit.Model == model);
        if (query.Window is { } window) limits = limits.Where(limit => limit.Window == window);
        if (query.Action is { } action) limits = limits.Where(limit => limit.Action == action);
        if (query.Live is true) limits = limits.Where(limit => limit.ExpiresAt == null || limit.ExpiresAt > now);
        if (query.Live is false) limits = limits.Where(limit => limit.ExpiresAt <= now);
        if (query.Search?.ToLowerInvariant() is not { } search) return limits;
        return limits.Where(limit => (limit.User + " " + limit.Key + " " + limit.Team + " " + limit.Model + " " + limit.Provider + " " + limit.Reason).ToLower().Contains(search));
    }

    private static IQueryable<Limit> Ordered(IQueryable<Limit> limits, LimitQuery query)
    {
        var ordered = (query.Sort, query.Descending) switch
        {
            (LimitSort.Scope, false) => limits.OrderBy(static limit => limit.TenantId).ThenBy(static limit => limit.User).ThenBy(static limit => limit.Key).ThenBy(static limit => limit.Model),
            (LimitSort.Scope, true) => limits.OrderByDescending(static limit => limit.TenantId).ThenByDescending(static limit => limit.User).ThenByDescending(static limit => limit.Key).ThenByDescending(static limit => limit.Model),
            (LimitSort.Measure, false) => limits.OrderBy(static limit => limit.Measure).ThenBy(static limit => limit.Window),
            (LimitSort.Measure, true) => limits.OrderByDescending(static limit => limit.Measure).ThenByDescending(static limit => limit.Window),
            (LimitSort.Max, false) => limits.OrderBy(static limit => limit.Measure == LimitMeasure.Cost).ThenBy(static limit => limit.Max),
            (LimitSort.Max, true) => limits.OrderByDescending(static limit => limit.Measure == LimitMeasure.Cost).ThenByDescending(static limit => limit.Max),
            (LimitSort.Expires, false) => limits.OrderBy(static limit => limit.ExpiresAt == null).ThenBy(static limit => limit.ExpiresAt),
            (LimitSort.Expires, true) => limits.OrderBy(static limit => limit.ExpiresAt == null).ThenByDescending(static limit => limit.ExpiresAt),
            _ => (IOrderedQueryable<Limit>?)null,
        };
        return ordered is null ? limits.OrderByDescending(static limit => limit.CreatedAt).ThenBy(static limit => limit.LimitId) : ordered.ThenByDescending(static limit => limit.CreatedAt).ThenBy(static limit => limit.LimitId);
    }

    private static string Cursor(LimitRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.CreatedAt.UtcTicks}.{row.Id:N}");

    private static (DateTimeOffset, Guid)? ReadCursor(string? cursor)
    {
        if (cursor?.Split('.') is not [var ticks, var id] || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > DateTime.MaxValue.Ticks || !Guid.TryParseExact(id, "N", out var limit)) return null;
        return (new(at, TimeSpan.Zero), limit);
    }
}
