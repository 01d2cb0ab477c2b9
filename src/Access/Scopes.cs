namespace AgentConsole.Access;

/// <summary>What an API key may do; <see cref="Permissions.OfScope"/> says which permissions each is.</summary>
public static class Scopes
{
    public const string Ingest = "ingest";
    public const string Read = "read";
    public const string Limits = "limits";
    public const string Admin = "admin";

    internal const string ScopeClaim = "scope";
    /// <summary>The key's tenant, or <see cref="Caller.PlatformMark"/>.</summary>
    internal const string TenantClaim = "tenant";

    public static readonly string[] All = [Ingest, Read, Limits, Admin];
}
