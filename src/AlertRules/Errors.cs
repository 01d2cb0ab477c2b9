using AgentConsole.Platform;

namespace AgentConsole.AlertRules;

/// <summary>All that is wrong with it, not the first thing only.</summary>
public sealed record InvalidRule(IReadOnlyList<string> Reasons) : Error("invalid_rule", string.Join(' ', Reasons));

/// <summary>There is none, or none within the caller's reach: nobody learns which.</summary>
public sealed record UnknownRule(Guid Id) : Error("not_found", $"There is no alert rule {Id}.");

public sealed record TooManyRules(int Most) : Error("too_many_rules", $"A tenant has at most {Most} alert rules.");
