using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Platform;

namespace AgentConsole.Access;

/// <summary>What a tenant's admin may say about it.</summary>
/// <param name="TimeZone">IANA id.</param>
/// <param name="Contact">Whom to ask; null: nobody is named.</param>
/// <param name="Currency">ISO 4217, with a rate; null: money is shown in USD alone.</param>
/// <param name="UsdRate">Units of the currency for one USD.</param>
/// <param name="KeepsContents">Whether prompts and completions are stored; null: as it is. Never decided by who only means to change a name.</param>
/// <param name="ContentDays">Days that a text is kept; null: as it is.</param>
/// <param name="EventDays">Days that requests are kept one by one; 0: for ever; null: as it is.</param>
public sealed record TenantSettings(
    string Name, string TimeZone, string? Contact = null, string? Currency = null, decimal? UsdRate = null, bool? KeepsContents = null, int? ContentDays = null, int? EventDays = null)
{
    private const decimal HighestRate = 1_000_000;

    public static TenantSettings Of(Tenant tenant) =>
        new(tenant.Name, tenant.TimeZone, tenant.Contact, tenant.Currency, tenant.UsdRate, tenant.KeepsContents, tenant.ContentDays, tenant.EventDays ?? 0);

    internal Result<TenantSettings> Normalise()
    {
        var (name, contact, currency) = (Name.Trim(), Given(Contact), Given(Currency)?.ToUpperInvariant());
        if (name.Length is 0 or > Tenant.MaxTextLength || name.Any(char.IsControl)) return new InvalidTenant($"name is 1 to {Tenant.MaxTextLength} characters on one line.");
        if (contact is { Length: > Tenant.MaxTextLength } || contact?.Any(char.IsControl) == true) return new InvalidTenant($"contact is at most {Tenant.MaxTextLength} characters on one line.");
        // Only names that every node understands, however it writes them itself.
        if (TimeZone.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) || !zone.HasIanaId) return new UnknownTimeZone(TimeZone);
        if ((currency is null or "USD") != UsdRate is null) return new InvalidTenant("currency and usdRate go together: money is shown in another currency only by a rate, and USD needs none.");
        if (currency is not null && (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))) return new InvalidTenant("currency is three letters of ISO 4217, such as EUR.");
        if (UsdRate is <= 0 or > HighestRate || (UsdRate is { } rate && decimal.Round(rate, 6) != rate)) return new InvalidTenant("usdRate is above 0, at most 1000000, with at most 6 decimals.");
        if (ContentDays is < 1 or > Tenant.MaxContentDays) return new InvalidTenant($"contentDays is 1 to {Tenant.MaxContentDays}.");
        if (EventDays is not (null or 0 or >= Tenant.MinEventDays and <= Tenant.MaxEventDays)) return new InvalidTenant($"eventDays is {Tenant.MinEventDays} to {Tenant.MaxEventDays}, or 0 to keep requests for ever.");
        return this with { Name = name, Contact = contact, Currency = UsdRate is null ? null : currency };
    }

    /// <summary>What is not said stays as the tenant has it.</summary>
    internal TenantSettings Over(TenantSettings before) => this with
    {
        KeepsContents = KeepsContents ?? before.KeepsContents,
        ContentDays = ContentDays ?? before.ContentDays,
        EventDays = EventDays ?? before.EventDays,
    };

    internal void ApplyTo(Tenant tenant, DateTimeOffset now)
    {
        (tenant.Name, tenant.TimeZone, tenant.Contact, tenant.Currency, tenant.UsdRate) = (Name, TimeZone, Contact, Currency, UsdRate);
        tenant.ContentsSince = KeepsContents == true ? tenant.ContentsSince ?? now : null;
        tenant.ContentDays = ContentDays ?? tenant.ContentDays;
        tenant.EventDays = EventDays is > 0 ? EventDays : null;
    }

    internal JsonNode ToJson() => JsonSerializer.SerializeToNode(this, JsonSerializerOptions.Web)!;

    private static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;
}
