using AgentConsole.Access;
using AgentConsole.Budgets;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Limits;

/// <summary>One of several limits that are saved together.</summary>
/// <param name="Number">Of the line, as whoever sends them counts.</param>
/// <param name="Draft">Null when the line could not be read: then there are reasons.</param>
/// <param name="Id">The limit that is changed; null: the one in the same place, or a new one.</param>
public sealed record LimitLine(int Number, LimitDraft? Draft, Guid? Id = null)
{
    public IReadOnlyList<string> Reasons { get; init; } = [];
}

public enum LimitLineKind { Refused, Added, Changed, Unchanged }

/// <summary>What saving a line would do, or did.</summary>
/// <param name="Before">What it changes; null of a new one.</param>
/// <param name="Reasons">All that is wrong with one that is refused.</param>
public sealed record PlannedLine(int Number, LimitDraft? Draft, LimitLineKind Kind, LimitRow? Before, IReadOnlyList<string> Reasons);

/// <summary>What takes the place of what: of two limits in force in one place only one would count.</summary>
internal readonly record struct LimitPlace(LimitScope Scope, LimitMeasure Measure, LimitWindow? Window, LimitAction Action, bool Ends, bool Stops)
{
    public static LimitPlace Of(LimitRow row) => new(row.Scope, row.Measure, row.Window, row.Action, row.ExpiresAt is not null, row.Max == 0);

    public static LimitPlace Of(LimitDraft draft) => new(draft.Scope, draft.Measure, draft.Window, draft.Action, draft.ExpiresAt is not null, draft.Max == 0);
}

/// <summary>Saves several limits in one transaction, from a file or for a selection: the lines that are right; those that are not are told, each with all its reasons.</summary>
public sealed class SaveLimits
{
    public const int MostLines = 1_000;

    private readonly Contexts _contexts;
    private readonly LimitChanges _changes;
    private readonly TimeProvider _time;

    internal SaveLimits(Contexts contexts, LimitChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>What it would do. Fails with <see cref="NotAllowed"/> or <see cref="TooManyLines"/>.</summary>
    public async Task<Result<List<PlannedLine>>> PlanAsync(IReadOnlyList<LimitLine> lines, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanSomewhere(Permission.ManageLimits)) return caller.Refuse("limits.save");
        if (lines.Count > MostLines) return new TooManyLines(MostLines);
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageLimits), cancellationToken);
        return (await PlanAsync(db, lines, caller, cancellationToken)).Lines;
    }

    /// <summary>Planned anew: what is saved is what differs now. Fails with <see cref="NotAllowed"/> or <see cref="TooManyLines"/>.</summary>
    public async Task<Result<List<PlannedLine>>> ExecuteAsync(IReadOnlyList<LimitLine> lines, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.CanSomewhere(Permission.ManageLimits)) return caller.Refuse("limits.save");
        if (lines.Count > MostLines) return new TooManyLines(MostLines);
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageLimits), cancellationToken);
        var plan = await PlanAsync(db, lines, caller, cancellationToken);
        var changes = plan.Apply(db, caller.Name, _time.GetUtcNow());
        if (changes.Count > 0) await _changes.CommitAsync(db, changes, caller, cancellationToken);
        return plan.Lines;
    }

    private async Task<Plan> PlanAsync(ConsoleDb db, IReadOnlyList<LimitLine> lines, Caller caller, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        string[] tenants = [.. lines.Select(static line => line.Draft?.Scope.Tenant).OfType<string>().Where(tenant => LimitChanges.May(caller, tenant)).Distinct()];
        var limits = await db.Set<Limit>().Where(limit => tenants.Contains(limit.TenantId)).ToListAsync(cancellationToken);
        var known = await db.Set<Tenant>().Where(tenant => tenants.Contains(tenant.TenantId)).Select(static tenant => tenant.TenantId).ToListAsync(cancellationToken);
        var ofBudgets = await db.Set<Budget>().Where(budget => budget.Block && tenants.Contains(budget.TenantId)).Select(static budget => budget.BudgetId).ToListAsync(cancellationToken);
        var plan = new Plan(limits, [.. known, LimitScope.Each], ofBudgets, now);
        foreach (var line in lines) plan.Add(line, caller);
        return plan;
    }

    private sealed class Plan
    {
        private readonly DateTimeOffset _now;
        private readonly HashSet<string> _tenants;
        private readonly HashSet<Guid> _ofBudgets;
        private readonly Dictionary<Guid, Limit> _byId;
        private readonly Dictionary<LimitPlace, Limit> _byPlace = [];
        private readonly Dictionary<LimitPlace, int> _taken = [];
        private readonly Dictionary<string, int> _count;
        private readonly List<PlannedLine> _lines = [];
        private readonly List<(Limit? Limit, LimitDraft Draft)> _writes = [];

        public Plan(List<Limit> limits, IEnumerable<string> tenants, IEnumerable<Guid> ofBudgets, DateTimeOffset now)
        {
            _ofBudgets = [.. ofBudgets];
            (_now, _tenants, _byId) = (now, tenants.ToHashSet(StringComparer.Ordinal), limits.ToDictionary(static limit => limit.LimitId));
            _count = limits.GroupBy(static limit => limit.TenantId).ToDictionary(static own => own.Key, static own => own.Count(), StringComparer.Ordinal);
            foreach (var limit in limits.Where(limit => !(limit.ExpiresAt <= now))) _byPlace.TryAdd(LimitPlace.Of(LimitRow.Of(limit)), limit);
        }

        public List<PlannedLine> Lines => _lines;

        public void Add(LimitLine line, Caller caller)
        {
            if (line.Draft is not { } draft || line.Reasons.Count > 0) Refuse(line, line.Reasons);
            else if (draft.Normalise(_now) is { Ok: false, Error: InvalidLimit invalid }) Refuse(line, invalid.Reasons);
            else if (!LimitChanges.May(caller, draft.Scope.Tenant)) Refuse(line, ["You may not set limits there."]);
            else Place(line, draft.Normalise(_now).Value!);
        }

        private void Place(LimitLine line, LimitDraft draft)
        {
            var place = LimitPlace.Of(draft);
            var there = _byPlace.GetValueOrDefault(place);
            var limit = line.Id is { } id ? _byId.GetValueOrDefault(id) : there;
            if (!_tenants.Contains(draft.Scope.Tenant)) Refuse(line, [new UnknownTenant(draft.Scope.Tenant).Message]);
            else if (line.Id is not null && (limit is null || limit.TenantId != draft.Scope.Tenant)) Refuse(line, ["The limit is not there any more."]);
            else if (line.Id is not null && there is not null && there != limit) Refuse(line, [new LimitExists(there.LimitId).Message]);
            else if (limit is not null && _ofBudgets.Contains(limit.LimitId)) Refuse(line, [new LimitOfABudget(limit.LimitId).Message]);
            else if (!_taken.TryAdd(place, line.Number)) Refuse(line, [$"Line {_taken[place]} is of the same scope, measure and window."]);
            else if (limit is null && _count.GetValueOrDefault(draft.Scope.Tenant) >= CreateLimit.Most) Refuse(line, [new TooManyLimits(CreateLimit.Most).Message]);
            else Write(line, draft, limit);
        }

        private void Write(LimitLine line, LimitDraft draft, Limit? limit)
        {
            if (limit is null) _count[draft.Scope.Tenant] = _count.GetValueOrDefault(draft.Scope.Tenant) + 1;
            var before = limit is null ? null : LimitRow.Of(limit);
            // What a file does not say of the reason stays.
            if (line.Id is null && before is not null && draft.Reason is null) draft = draft with { Reason = before.Reason };
            var kind = before is null ? LimitLineKind.Added : before.Draft == draft ? LimitLineKind.Unchanged : LimitLineKind.Changed;
            _lines.Add(new(line.Number, draft, kind, before, []));
            if (kind != LimitLineKind.Unchanged) _writes.Add((limit, draft));
        }

        public List<LimitChange> Apply(ConsoleDb db, string by, DateTimeOffset now)
        {
            var changes = new List<LimitChange>();
            foreach (var (found, draft) in _writes)
            {
                var before = found is null ? null : LimitRow.Of(found);
                var limit = found ?? new Limit { TenantId = draft.Scope.Tenant, LimitId = Guid.CreateVersion7(now), CreatedAt = now, CreatedBy = by };
                limit.Take(draft);
                if (found is null) db.Add(limit);
                else (limit.ChangedAt, limit.ChangedBy) = (now, by);
                changes.Add(new(limit.TenantId, found is null ? "limits.create" : "limits.change", before, LimitRow.Of(limit)));
            }
            return changes;
        }

        private void Refuse(LimitLine line, IReadOnlyList<string> reasons) => _lines.Add(new(line.Number, line.Draft, LimitLineKind.Refused, null, reasons));
    }
}
