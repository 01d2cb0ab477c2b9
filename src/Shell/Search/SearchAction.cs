namespace AgentConsole.Shell.Search;

/// <summary>A deed that the search box offers: it opens a page, or presses a button of the frame. Features register theirs as singletons.</summary>
/// <param name="Label">A deed: "Create an API key".</param>
/// <param name="Words">By which it is found, too.</param>
/// <param name="Policy">Shown to whoever has it somewhere; null: to everyone.</param>
/// <param name="To">The page, from the one that is open; null when it presses.</param>
/// <param name="Presses">The <c>data-action</c> of a button of the frame.</param>
public sealed record SearchAction(int Order, string Label, string Words, string Icon, string? Policy, Func<Frame, string>? To = null, string? Presses = null);
