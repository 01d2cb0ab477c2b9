using System.Security.Claims;

namespace AgentConsole.Access;

/// <summary>What an API key may do. Each is also the name of a policy that endpoints require.</summary>
public static class Scopes
{
    public const string Ingest = "ingest";
    public const string Read = "read";
    public const string Limits = "limits";
    public const string Admin = "admin";

    internal const string ScopeClaim = "scope";
    internal const string TenantClaim = "tenant";

    public static readonly string[] All = [Ingest, Read, Limits, Admin];

    /// <summary>The tenant that the caller belongs to; null for a caller of the platform.</summary>
    public static string? Tenant(this ClaimsPrincipal caller) => caller.FindFirstValue(TenantClaim);
}
