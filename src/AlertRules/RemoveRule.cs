using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;

namespace AgentConsole.AlertRules;

/// <summary>Takes an alert rule away, with the alerts it has open.</summary>
public sealed class RemoveRule
{
    private readonly Contexts _contexts;
    private readonly RuleChanges _changes;

    internal RemoveRule(Contexts contexts, RuleChanges changes) => (_contexts, _changes) = (contexts, changes);

    /// <summary>Fails with <see cref="NotAllowed"/> or <see cref="UnknownRule"/>.</summary>
    public async Task<Result<RuleRow>> ExecuteAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await _contexts.BeginAsync(caller.ReachOf(Permission.ManageBudgets), cancellationToken);
        if (await RuleChanges.FindAsync(db, id, cancellationToken) is not { } rule) return new UnknownRule(id);
        if (!RuleChanges.May(caller, rule.TenantId)) return caller.Refuse("rules.remove");
        db.Remove(rule);
        await _changes.ForgetAsync(db, rule.TenantId, id, cancellationToken);
        await _changes.CommitAsync(db, "rules.remove", rule.TenantId, id, rule.Definition, null, caller, cancellationToken);
        return RuleRow.Of(rule);
    }
}
