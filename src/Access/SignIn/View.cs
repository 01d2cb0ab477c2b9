namespace AgentConsole.Access.SignIn;

/// <summary>That a session looks at the console as one of a tenant's members does: read-only, and until then at most.</summary>
internal sealed record View(string Tenant, Role Role, DateTimeOffset Until);
