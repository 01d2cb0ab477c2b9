using AgentConsole.Platform;

namespace AgentConsole.Views;

public sealed record InvalidView(string Reason) : Error("invalid_view", Reason);

/// <summary>There is none, or none that the caller may change: nobody learns which.</summary>
public sealed record UnknownView(Guid Id) : Error("not_found", $"There is no view {Id}.");

public sealed record InvalidDashboard(string Reason) : Error("invalid_dashboard", Reason);

/// <summary>There is none, or none that the caller may change: nobody learns which.</summary>
public sealed record UnknownDashboard(Guid Id) : Error("not_found", $"There is no dashboard {Id} that you may change.");

public sealed record DashboardHasChanged() : Error("dashboard_has_changed", "Somebody changed this dashboard meanwhile. Nothing was saved: load it again, and make your change anew.");
