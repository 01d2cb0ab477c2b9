using AgentConsole.Access;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.AlertRules;

/// <summary>Reads of alert rules within a reach.</summary>
public sealed class RuleQueries(Contexts contexts)
{
    public const int MaxListed = 1000;

    /// <summary>Oldest first, at most 1000 after the one named.</summary>
    public async Task<IReadOnlyList<ZonedRule>> ListAsync(Reach reach, Guid? after, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var rules = await Zoned(db).Where(pair => after == null || pair.Rule.RuleId > after).OrderBy(static pair => pair.Rule.RuleId).Take(MaxListed).ToListAsync(cancellationToken);
        return [.. rules.Select(Row)];
    }

    /// <summary>Null when there is none, or none within reach.</summary>
    public async Task<ZonedRule?> FindAsync(Reach reach, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await Zoned(db).SingleOrDefaultAsync(pair => pair.Rule.RuleId == id, cancellationToken) is { } pair ? Row(pair) : null;
    }

    /// <summary>The tenant's own zone; UTC for one that is not there.</summary>
    public async Task<TimeZoneInfo> FindZoneAsync(Reach reach, string tenant, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return Zone(await db.Set<Tenant>().AsNoTracking().Where(row => row.TenantId == tenant).Select(static row => row.TimeZone).SingleOrDefaultAsync(cancellationToken));
    }

    private static IQueryable<RuleAndState> Zoned(ConsoleDb db) =>
        from rule in db.Set<AlertRule>().AsNoTracking()
        join tenant in db.Set<Tenant>().AsNoTracking() on rule.TenantId equals tenant.TenantId
        select new RuleAndState
        {
            Rule = rule,
            Zone = tenant.TimeZone,
            Firing = db.Set<AlertRuleState>().Count(state => state.TenantId == rule.TenantId && state.RuleId == rule.RuleId && state.IsFiring),
            Pending = db.Set<AlertRuleState>().Count(state => state.TenantId == rule.TenantId && state.RuleId == rule.RuleId && !state.IsFiring),
        };

    private static ZonedRule Row(RuleAndState pair) => new(RuleRow.Of(pair.Rule, pair.Firing, pair.Pending), Zone(pair.Zone));

    private static TimeZoneInfo Zone(string? id) => id is not null && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : TimeZoneInfo.Utc;

    private sealed class RuleAndState
    {
        public required AlertRule Rule { get; init; }
        public required string Zone { get; init; }
        public int Firing { get; init; }
        public int Pending { get; init; }
    }
}
