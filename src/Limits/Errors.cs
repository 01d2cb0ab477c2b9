using AgentConsole.Platform;

namespace AgentConsole.Limits;

/// <summary>All that is wrong with it, not the first thing only.</summary>
public sealed record InvalidLimit(IReadOnlyList<string> Reasons) : Error("invalid_limit", string.Join(' ', Reasons));

/// <summary>There is none, or none within the caller's reach: nobody learns which.</summary>
public sealed record UnknownLimit(Guid Id) : Error("not_found", $"There is no limit {Id}.");

public sealed record LimitExists(Guid Id) : Error("limit_exists", $"The limit {Id} is of the same scope, measure and window already. Change that one.");

/// <summary>A budget's limit is what makes the budget block: without it the budget would not keep its word.</summary>
public sealed record LimitOfABudget(Guid Id) : Error("limit_of_a_budget", $"The limit {Id} is that of a budget that blocks. Change the budget.");

public sealed record TooManyLimits(int Most) : Error("too_many_limits", $"A tenant has at most {Most} limits.");

public sealed record TooManyLines(int Most) : Error("too_many_lines", $"At most {Most} limits are saved at once.");

/// <summary>A table of limits of which not one line can be read.</summary>
public sealed record InvalidTable(string Reason) : Error("invalid_table", Reason);

public sealed record InvalidReservation(IReadOnlyList<string> Reasons) : Error("invalid_reservation", string.Join(' ', Reasons));

/// <summary>Nothing was reserved under that id, or so long ago that it is forgotten.</summary>
public sealed record UnknownReservation(string RequestId) : Error("not_found", $"Nothing is known of a reservation \"{RequestId}\". What it used counts once its usage event is taken in.");

public sealed record ReservationIsOver(string RequestId) : Error("reservation_over", $"The request \"{RequestId}\" is settled already. Each request has an id of its own.");

public sealed record AmbiguousReservation(string RequestId) : Error("ambiguous_reservation", $"Several tenants have a request \"{RequestId}\". Name the tenant.");

public sealed record TooManyHeld(string Tenant) : Error("too_many_held", $"So many requests of \"{Tenant}\" are held that no more is taken on. Settle or release them, or wait until they end.");

/// <summary>Where what is held and spent is counted cannot be reached.</summary>
public sealed record CountersAway() : Error("counters_unavailable", "The counters cannot be reached. Send it again.");

/// <summary>It is counted, but not written down: it would be lost with the counters.</summary>
public sealed record SettlementNotKept() : Error("store_unavailable", "The store cannot be reached. It is counted and will be written once the store is back; send it again to be sure.");
