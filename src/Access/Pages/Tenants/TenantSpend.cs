using System.Globalization;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Usage;

namespace AgentConsole.Access.Pages.Tenants;

/// <summary>What tenants used lately, and how it is written.</summary>
internal static class TenantSpend
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <summary>By tenant, of today and the 29 days before, in UTC.</summary>
    public static async Task<IReadOnlyDictionary<string, Measures>> MonthAsync(
        SharedBreakdowns usage, Reach reach, IReadOnlyCollection<string> tenants, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (tenants.Count == 0) return new Dictionary<string, Measures>();
        var tomorrow = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
        var breakdown = await ReadAsync(usage, reach, tenants, tomorrow.AddDays(-30), tomorrow, cancellationToken);
        return breakdown.Rows.Where(static row => row.Group[0] is not null).ToDictionary(static row => row.Group[0]!, static row => row.Measures, StringComparer.Ordinal);
    }

    /// <summary>Of the last 24 hours, to the quarter of an hour.</summary>
    public static async Task<Measures> DayAsync(SharedBreakdowns usage, Reach reach, string tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var end = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Quarter.Ticks), TimeSpan.Zero) + Quarter;
        return (await ReadAsync(usage, reach, [tenant], end.AddDays(-1), end, cancellationToken)).Total;
    }

    /// <summary>The money in the tenant's currency, by its own rate; null when it has none.</summary>
    public static string? InOwnCurrency(Tenant tenant, decimal usd) =>
        tenant is { Currency: { } currency, UsdRate: { } rate } ? $"≈ {(usd * rate).ToString("N2", CultureInfo.InvariantCulture)} {currency}" : null;

    public static string Rate(Tenant tenant) => $"1 USD = {tenant.UsdRate?.ToString("0.######", CultureInfo.InvariantCulture)} {tenant.Currency}, as set in the tenant's settings";

    private static Task<Breakdown> ReadAsync(
        SharedBreakdowns usage, Reach reach, IReadOnlyCollection<string> tenants, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var query = new BreakdownQuery(from, to, TimeZoneInfo.Utc, Grain.Total, [Dimension.Tenant], UsageFilter.None.With(Dimension.Tenant, [.. tenants])) { Percentiles = false };
        return usage.ReadAsync(reach, query, null, cancellationToken);
    }
}
