namespace AgentConsole.AlertRules;

/// <param name="Firing">Subjects of which it is so now.</param>
/// <param name="Pending">Subjects of which it has been so for less than the time asked for.</param>
public sealed record RuleRow(
    string Tenant, Guid Id, RuleDefinition Definition, int Revision, DateTimeOffset? EvaluatedAt, string? Problem, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ChangedAt, string ChangedBy, int Firing, int Pending)
{
    internal static RuleRow Of(AlertRule rule, int firing = 0, int pending = 0) => new(
        rule.TenantId, rule.RuleId, RuleDefinition.Parse(rule.Definition), rule.Revision, rule.EvaluatedAt, rule.Problem, rule.CreatedAt, rule.CreatedBy, rule.ChangedAt, rule.ChangedBy, firing, pending);
}

/// <summary>A rule and the zone by whose clock it is muted.</summary>
public sealed record ZonedRule(RuleRow Rule, TimeZoneInfo Zone);
