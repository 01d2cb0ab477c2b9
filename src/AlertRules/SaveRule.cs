using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.AlertRules;

/// <summary>Makes an alert rule or changes one; its tenant it keeps. A changed one begins anew: what is pending or firing is found again.</summary>
public sealed class SaveRule
{
    /// <summary>Per tenant: each is measured once a minute.</summary>
    public const int Most = 100;

    private readonly Contexts _contexts;
    private readonly RuleChanges _changes;
    private readonly TimeProvider _time;

    internal SaveRule(Contexts contexts, RuleChanges changes, TimeProvider time) => (_contexts, _changes, _time) = (contexts, changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="InvalidRule"/>, <see cref="UnknownTenant"/>, <see cref="Notify.UnknownChannel"/> or <see cref="TooManyRules"/>.</summary>
    public async Task<Result<RuleRow>> CreateAsync(string tenant, RuleDefinition definition, Caller caller, CancellationToken cancellationToken)
    {
        if (!RuleChanges.May(caller, tenant)) return caller.Refuse("rules.create");
        var normal = definition.Normalise();
        if (!normal.Ok) return normal.Error;
        var now = _time.GetUtcNow();
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (!await db.Set<Tenant>().AnyAsync(row => row.TenantId == tenant, cancellationToken)) return new UnknownTenant(tenant);
        if (await _changes.CheckChannelsAsync(db, tenant, normal.Value, cancellationToken) is { } foreign) return foreign;
        if (await db.Set<AlertRule>().CountAsync(row => row.TenantId == tenant, cancellationToken) >= Most) return new TooManyRules(Most);
        var rule = new AlertRule { TenantId = tenant, RuleId = Guid.CreateVersion7(now), Definition = normal.Value.ToJson(), Revision = 1, CreatedAt = now, CreatedBy = caller.Name, ChangedAt = now, ChangedBy = caller.Name };
        db.Add(rule);
        await _changes.CommitAsync(db, "rules.create", tenant, rule.RuleId, null, rule.Definition, caller, cancellationToken);
        return RuleRow.Of(rule);
    }

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownRule"/>, <see cref="InvalidRule"/> or <see cref="Notify.UnknownChannel"/>.</summary>
    public async Task<Result<RuleRow>> ChangeAsync(Guid id, RuleDefinition definition, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (await RuleChanges.FindAsync(db, id, cancellationToken) is not { } rule) return new UnknownRule(id);
        if (!RuleChanges.May(caller, rule.TenantId)) return caller.Refuse("rules.change");
        var normal = definition.Normalise();
        if (!normal.Ok) return normal.Error;
        if (await _changes.CheckChannelsAsync(db, rule.TenantId, normal.Value, cancellationToken) is { } foreign) return foreign;
        var before = rule.Definition;
        (rule.Definition, rule.EvaluatedAt, rule.Problem, rule.ChangedAt, rule.ChangedBy) = (normal.Value.ToJson(), null, null, _time.GetUtcNow(), caller.Name);
        rule.Revision++;
        await _changes.ForgetAsync(db, rule.TenantId, id, cancellationToken);
        await _changes.CommitAsync(db, "rules.change", rule.TenantId, id, before, rule.Definition, caller, cancellationToken);
        return RuleRow.Of(rule);
    }
}
