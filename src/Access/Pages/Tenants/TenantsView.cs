using AgentConsole.Usage;

namespace AgentConsole.Access.Pages.Tenants;

/// <summary>What the tenants page shows.</summary>
/// <param name="Spend">Of the last 30 days, by tenant; a tenant without usage has none.</param>
public sealed record TenantsView(TenantListPage Page, IReadOnlyDictionary<string, Measures> Spend, bool MayCreate, DateTimeOffset Now);

/// <summary>What a tenant's own page shows.</summary>
/// <param name="Month">Its usage of the last 30 days.</param>
/// <param name="Day">Its usage of the last 24 hours.</param>
/// <param name="LiveKeys">Keys of its own that work now.</param>
public sealed record TenantView(Tenant Tenant, Measures Month, Measures Day, int LiveKeys, bool MaySave, bool MaySuspend, DateTimeOffset Now)
{
    /// <summary>As one of its members sees the console.</summary>
    public bool MayView { get; init; }

    public TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(Tenant.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
}
