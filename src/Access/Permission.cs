namespace AgentConsole.Access;

/// <summary>What a role or a key lets its bearer do, in one tenant or on the whole platform. Each is also the name of a policy (<see cref="Permissions.Policy"/>).</summary>
[Flags]
public enum Permission
{
    None = 0,
    /// <summary>Dashboards, requests, receipts, exports, conflicts.</summary>
    ReadUsage = 1 << 0,
    IngestUsage = 1 << 1,
    ReadPrices = 1 << 2,
    /// <summary>Prices, re-pricing, reconciliation.</summary>
    ManagePrices = 1 << 3,
    ReadKeys = 1 << 4,
    ManageKeys = 1 << 5,
    ReadMembers = 1 << 6,
    ManageMembers = 1 << 7,
    /// <summary>A tenant's own settings: zone, currency, retention, contact.</summary>
    ManageTenant = 1 << 8,
    /// <summary>Create and suspend tenants.</summary>
    ManageTenants = 1 << 9,
    ReadAudit = 1 << 10,
    ReadLimits = 1 << 11,
    ManageLimits = 1 << 12,
    /// <summary>Budgets and alerts.</summary>
    ReadBudgets = 1 << 13,
    ManageBudgets = 1 << 14,
    /// <summary>Routing, fallbacks, fleet, jobs.</summary>
    ReadPlatform = 1 << 15,
    ManagePlatform = 1 << 16,
    /// <summary>Look at the console as a tenant sees it, read-only.</summary>
    ViewAs = 1 << 17,
    /// <summary>Prompt and completion texts, where a tenant keeps them.</summary>
    ReadContent = 1 << 18,
    /// <summary>A tenant's settings and status.</summary>
    ReadTenants = 1 << 19,
}

/// <summary>What a person is, in one tenant (the first two) or on the platform; stored by number.</summary>
public enum Role : short { TenantViewer = 1, TenantAdmin = 2, Support = 3, Operator = 4 }

/// <summary>The one table of who may do what.</summary>
public static class Permissions
{
    private const Permission Viewer = Permission.ReadUsage | Permission.ReadLimits | Permission.ReadBudgets;

    private const Permission Admin = Viewer | Permission.ReadKeys | Permission.ManageKeys | Permission.ReadMembers | Permission.ManageMembers | Permission.ReadTenants | Permission.ManageTenant |
        Permission.ReadAudit | Permission.ManageLimits | Permission.ManageBudgets | Permission.ReadContent;

    private const Permission Staff = Viewer | Permission.ReadPrices | Permission.ReadKeys | Permission.ManageKeys | Permission.ReadMembers | Permission.ReadTenants | Permission.ReadAudit |
        Permission.ManageLimits | Permission.ReadPlatform | Permission.ViewAs;

    public static readonly Permission All = Enum.GetValues<Permission>().Aggregate(static (all, one) => all | one);

    /// <summary>What is left of any permission for someone who only looks.</summary>
    public const Permission ReadOnly = Viewer | Permission.ReadPrices | Permission.ReadKeys | Permission.ReadMembers | Permission.ReadTenants | Permission.ReadAudit | Permission.ReadPlatform;

    public static Permission Of(Role role) => role switch
    {
        Role.TenantViewer => Viewer,
        Role.TenantAdmin => Admin,
        Role.Support => Staff,
        Role.Operator => All,
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    /// <summary>Roles that hold on the whole platform, not in one tenant.</summary>
    public static bool IsStaff(this Role role) => role is Role.Support or Role.Operator;

    /// <summary>What a key's scope allows: <c>admin</c> is what a tenant's admin may do, and everything for a key of the platform.</summary>
    public static Permission OfScope(string scope, bool isPlatformKey) => scope switch
    {
        Scopes.Ingest => Permission.IngestUsage,
        Scopes.Read => Viewer | Permission.ReadPrices,
        Scopes.Limits => Permission.ReadLimits | Permission.ManageLimits | Permission.ReadBudgets | Permission.ManageBudgets,
        Scopes.Admin => isPlatformKey ? All : Admin,
        _ => Permission.None,
    };

    /// <summary>What a member must be able to do in a tenant to give one of its keys a scope. Sending usage in is what keys are for, so whoever manages them may give it.</summary>
    public static Permission NeededToGive(string scope) => scope switch
    {
        Scopes.Ingest => Permission.ManageKeys,
        Scopes.Read => Viewer,
        Scopes.Limits => Permission.ManageLimits | Permission.ManageBudgets,
        Scopes.Admin => Admin,
        _ => All,
    };

    private const string PolicyPrefix = "can:";

    /// <summary>The name of the policy that asks for it.</summary>
    public static string Policy(this Permission permission) => $"{PolicyPrefix}{permission}";

    /// <summary>What a policy of that name asks for; null when it is none of a permission.</summary>
    public static Permission? OfPolicy(string? policy) =>
        policy?.StartsWith(PolicyPrefix, StringComparison.Ordinal) == true && Enum.TryParse<Permission>(policy.AsSpan(PolicyPrefix.Length), out var permission)
            && permission != Permission.None && Enum.IsDefined(permission) && permission.Policy() == policy
            ? permission
            : null;
}
