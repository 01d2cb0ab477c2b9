namespace AgentConsole.Shell;

/// <summary>What the frame tells the page inside it.</summary>
/// <param name="Tenant">The tenant looked at; null means all that the reader may see.</param>
/// <param name="Zone"><c>tz</c> of the URL, else the tenant's, else UTC.</param>
public sealed record Frame(PageUrl Url, string? Tenant, TimeZoneInfo Zone)
{
    public static Frame Read(PageUrl url, IReadOnlyList<TenantChoice> tenants)
    {
        var tenant = url.Text("tenant");
        var own = tenants.FirstOrDefault(choice => choice.Id == tenant)?.TimeZone;
        return new(url, tenant, Find(url["tz"]) ?? Find(own) ?? TimeZoneInfo.Utc);
    }

    public TimeRange Range(DateTimeOffset now) => TimeRange.Read(Url, Zone, now);

    private static TimeZoneInfo? Find(string? id) => id is { Length: > 0 } && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
}

/// <summary>A tenant as the switcher offers it.</summary>
public sealed record TenantChoice(string Id, string Name, string TimeZone);

/// <summary>Which tenants the reader may look at; the feature that knows tenants implements it.</summary>
public interface ITenantChoices
{
    Task<IReadOnlyList<TenantChoice>> ListAsync(CancellationToken cancellationToken);
}
