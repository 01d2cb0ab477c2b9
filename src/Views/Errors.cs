using AgentConsole.Platform;

namespace AgentConsole.Views;

public sealed record InvalidView(string Reason) : Error("invalid_view", Reason);

/// <summary>There is none, or none that the caller may change: nobody learns which.</summary>
public sealed record UnknownView(Guid Id) : Error("not_found", $"There is no view {Id}.");
