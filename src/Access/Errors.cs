using AgentConsole.Platform;

namespace AgentConsole.Access;

/// <summary>The caller lacks the permission, there or anywhere.</summary>
public sealed record NotAllowed() : Error("forbidden", "You may not do this here.");

public sealed record InvalidTenantId(string Id) : Error("invalid_tenant", $"\"{Id}\" is not a tenant id: 1 to 64 letters, digits, dots, dashes, underscores, colons or @, a letter or digit first.");

public sealed record UnknownTimeZone(string Name) : Error("unknown_time_zone", $"\"{Name}\" is not an IANA time zone.");

public sealed record InvalidAuditQuery(string Reason) : Error("invalid_query", Reason);
public sealed record InvalidTenant(string Reason) : Error("invalid_tenant", Reason);

public sealed record TenantTaken(string Id) : Error("taken", $"There is a tenant \"{Id}\" already.");

/// <summary>There is none, or none within the caller's reach: nobody learns which.</summary>
public sealed record UnknownTenant(string Id) : Error("not_found", $"There is no tenant \"{Id}\".");

/// <summary>Nothing is taken in for the tenant until it is resumed.</summary>
public sealed record TenantIsSuspended(string Id) : Error("tenant_suspended", $"The tenant \"{Id}\" is suspended: nothing is taken in for it.");

public sealed record InvalidKey(string Reason) : Error("invalid_key", Reason);

/// <summary>Nobody gives away what they do not have.</summary>
public sealed record ScopeNotYours(string Scope) : Error("forbidden", $"You may not give a key the scope \"{Scope}\" here.");

/// <summary>As <see cref="UnknownTenant"/>.</summary>
public sealed record UnknownKey(string Id) : Error("not_found", $"There is no API key \"{Id}\".");

public sealed record KeyIsOver(string Id) : Error("key_over", $"The API key \"{Id}\" is revoked, expired or rotated already. Create another one.");

internal sealed record NotSignedIn() : Error("unauthenticated", "An API key is needed: Authorization: Bearer <api key>. This one is missing, unknown or expired.");

internal sealed record KeysNotRead() : Error("store_unavailable", "The store cannot be reached, so keys cannot be told yet. Send it again.");

internal sealed record KeyLacksScope() : Error("forbidden", "This API key lacks the scope that this needs.");

internal sealed record KeyNotFromHere() : Error("forbidden", "This API key may not be used from this address.");
