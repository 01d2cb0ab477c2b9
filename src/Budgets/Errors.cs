using AgentConsole.Platform;

namespace AgentConsole.Budgets;

/// <summary>All that is wrong with it, not the first thing only.</summary>
public sealed record InvalidBudget(IReadOnlyList<string> Reasons) : Error("invalid_budget", string.Join(' ', Reasons));

/// <summary>There is none, or none within the caller's reach: nobody learns which.</summary>
public sealed record UnknownBudget(Guid Id) : Error("not_found", $"There is no budget {Id}.");

public sealed record TooManyBudgets(int Most) : Error("too_many_budgets", $"A tenant has at most {Most} budgets.");

/// <summary>What blocks counts over a window of its own, of which there are fewer than periods.</summary>
public sealed record BlockingNeedsAWindow(string Period) : Error("blocking_needs_a_window", $"A budget blocks by day, week or month; per {Period} it can only tell. Set block to false, or choose another period.");
