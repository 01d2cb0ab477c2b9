using AgentConsole.Platform;

namespace AgentConsole.Budgets;

/// <summary>All that is wrong with it, not the first thing only.</summary>
public sealed record InvalidBudget(IReadOnlyList<string> Reasons) : Error("invalid_budget", string.Join(' ', Reasons));

/// <summary>There is none, or none within the caller's reach: nobody learns which.</summary>
public sealed record UnknownBudget(Guid Id) : Error("not_found", $"There is no budget {Id}.");

public sealed record TooManyBudgets(int Most) : Error("too_many_budgets", $"A tenant has at most {Most} budgets.");

/// <summary>A budget that says it blocks must block.</summary>
public sealed record BlockingNotAvailable() : Error("blocking_not_available", "Blocking is not available here: nothing enforces limits. Set block to false; the budget then only alerts.");
