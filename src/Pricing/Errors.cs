using AgentConsole.Platform;

namespace AgentConsole.Pricing;

/// <summary>The price is a hundred times off the book's: it is taken only when confirmed.</summary>
public sealed record SuspiciousPrice(PriceWarning Warning) : Error("suspicious_price", $"{Warning.Message} Send it again with confirm=true if that is right.");

public sealed record UnreadableCatalogue(string Reason) : Error("unreadable_catalogue", Reason);

public sealed record CatalogueTooLarge() : Error("too_large", "The catalogue is over 32 MB unpacked.");

public sealed record InvalidPriceQuery(string Reason) : Error("invalid_query", Reason);

public sealed record UnknownReprice(Guid Id) : Error("not_found", $"There is no re-pricing {Id}.");
