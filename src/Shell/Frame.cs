using AgentConsole.Platform.Data;

namespace AgentConsole.Shell;

/// <summary>What the frame tells the page inside it.</summary>
/// <param name="Tenant">The tenant looked at; null means several, or all that the reader may see.</param>
/// <param name="Zone"><c>tz</c> of the URL, else the tenant's, else UTC.</param>
/// <param name="Reach">What the page may show, and so what it asks for: of the visitor's reach, what the URL is about. None, if the URL names a tenant beyond it.</param>
public sealed record Frame(PageUrl Url, string? Tenant, TimeZoneInfo Zone, Reach Reach)
{
    /// <param name="reach">The visitor's, on this page.</param>
    public static Frame Read(PageUrl url, IReadOnlyList<TenantChoice> tenants, Reach reach)
    {
        string[] named = [.. url.All("tenant").Where(static tenant => tenant.Length > 0).Distinct()];
        var tenant = named.Length == 0 ? reach.Only : named is [var only] ? only : null;
        var own = tenants.FirstOrDefault(choice => choice.Id == tenant)?.TimeZone;
        return new(url, tenant, Find(url["tz"]) ?? Find(own) ?? TimeZoneInfo.Utc, named.Length == 0 ? reach : named.All(reach.Includes) ? Reach.Of(named) : Reach.None);
    }

    public TimeRange Range(DateTimeOffset now) => TimeRange.Read(Url, Zone, now);

    private static TimeZoneInfo? Find(string? id) => id is { Length: > 0 } && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
}

/// <summary>A tenant as the switcher offers it.</summary>
public sealed record TenantChoice(string Id, string Name, string TimeZone);

/// <summary>The tenants within a reach, by name; the feature that knows tenants implements it.</summary>
public interface ITenantChoices
{
    Task<IReadOnlyList<TenantChoice>> ListAsync(Reach reach, CancellationToken cancellationToken);
}
