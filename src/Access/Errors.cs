using AgentConsole.Platform;

namespace AgentConsole.Access;

public sealed record InvalidTenantId(string Id) : Error("invalid_tenant", $"\"{Id}\" is not a tenant id: 1 to 64 letters, digits, dots, dashes, underscores, colons or @, a letter or digit first.");

public sealed record UnknownTimeZone(string Name) : Error("unknown_time_zone", $"\"{Name}\" is not an IANA time zone.");
