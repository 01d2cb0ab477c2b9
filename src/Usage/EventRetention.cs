using AgentConsole.Access;

namespace AgentConsole.Usage;

/// <summary>How far back a tenant's requests are kept one by one. Their sums stay.</summary>
public static class EventRetention
{
    /// <summary>What happened before is removed; null when everything is kept. Whole UTC days, so that of each day the sums can be compared with either all of its requests or none.</summary>
    public static DateTimeOffset? KeptFrom(this Tenant tenant, DateTimeOffset now) => tenant.EventDays is { } days ? KeptFrom(days, now) : null;

    public static DateTimeOffset KeptFrom(int days, DateTimeOffset now) => new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-days);
}
