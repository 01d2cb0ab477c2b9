using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Limits;

/// <summary>Sets a limit. It counts at once, with what was used before it in the present window.</summary>
public sealed class CreateLimit
{
    /// <summary>Per tenant: every node holds them all.</summary>
    public const int Most = 10_000;

    private readonly Contexts _contexts;
    private readonly LimitChanges _changes;
    private readonly TimeProvider _time;

    internal CreateLimit(Contexts contexts, LimitChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidLimit"/>, <see cref="UnknownTenant"/>, <see cref="LimitExists"/> or <see cref="TooManyLimits"/>.</summary>
    public async Task<Result<LimitRow>> ExecuteAsync(LimitDraft draft, Caller caller, CancellationToken cancellationToken)
    {
        var (now, tenant) = (_time.GetUtcNow(), draft.Scope.Tenant);
        if (!LimitChanges.May(caller, tenant)) return caller.Refuse("limits.create");
        var normal = draft.Normalise(now);
        if (!normal.Ok) return normal.Error;

        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageLimits), cancellationToken);
        if (tenant != LimitScope.Each && !await db.Set<Tenant>().AnyAsync(row => row.TenantId == tenant, cancellationToken)) return new UnknownTenant(tenant);
        if (await FindSameAsync(db, normal.Value, null, now, cancellationToken) is { } same) return new LimitExists(same);
        if (await db.Set<Limit>().CountAsync(limit => limit.TenantId == tenant, cancellationToken) >= Most) return new TooManyLimits(Most);
        var limit = new Limit { TenantId = tenant, LimitId = Guid.CreateVersion7(now), CreatedAt = now, CreatedBy = caller.Name };
        limit.Take(normal.Value);
        db.Add(limit);
        var row = LimitRow.Of(limit);
        await _changes.CommitAsync(db, tenant, row.Stops ? "limits.stop" : "limits.create", null, row, caller, cancellationToken);
        return row;
    }

    /// <summary>Of two in force for the same thing only the lower would count: nobody means that. One that ends may stand beside one that does not, and one of nothing, which stops, beside any.</summary>
    internal static async Task<Guid?> FindSameAsync(ConsoleDb db, LimitDraft draft, Guid? but, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var scope = draft.Scope;
        var (hasEnd, stops) = (draft.ExpiresAt is not null, draft.Max == 0);
        var same = await db.Set<Limit>().AsNoTracking().Where(limit =>
                limit.TenantId == scope.Tenant && limit.LimitId != but && limit.Team == scope.Team && limit.User == scope.User && limit.Key == scope.Key && limit.Model == scope.Model &&
                limit.Provider == scope.Provider && limit.Session == scope.Session && limit.Measure == draft.Measure && limit.Window == draft.Window && limit.Action == draft.Action && limit.Max == 0 == stops &&
                (hasEnd ? limit.ExpiresAt > now : limit.ExpiresAt == null))
            .Select(static limit => (Guid?)limit.LimitId).FirstOrDefaultAsync(cancellationToken);
        return same;
    }
}
