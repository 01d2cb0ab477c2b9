using System.Globalization;
using AgentConsole.Platform.Http;

namespace AgentConsole.Access.Api;

/// <summary>A key in the shape of the public contract.</summary>
/// <param name="Tenant"><c>*</c> for a key of the platform.</param>
/// <param name="Secret">Only in the answer that made the key.</param>
internal sealed record KeyJson(
    string Id, string Prefix, string? Secret, string Tenant, string Name, IReadOnlyList<string> Scopes, IReadOnlyList<string> AllowedAddresses, string Status,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, long Requests24h, string? RotatedTo, DateTimeOffset? GraceUntil)
{
    public static KeyJson Of(KeyRow key, string? secret = null) => new(
        key.Id, key.Prefix, secret, key.StoredTenant, key.Name, key.Scopes, key.AllowedAddresses, key.State.ToString().ToLowerInvariant(), key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt,
        key.LastUsedAt, key.Requests24h, key.RotatedTo, key.GraceUntil);
}

internal sealed record KeyListJson(IReadOnlyList<KeyJson> Items, string? NextCursor, int Total)
{
    public static KeyListJson Of(KeyPage page) => new([.. page.Items.Select(static key => KeyJson.Of(key))], page.NextCursor, page.Total);
}

/// <summary>A tenant in the shape of the public contract.</summary>
/// <param name="UsdRate">A decimal string: units of the currency for one USD.</param>
/// <param name="KeepsContents">Whether prompts and completions are stored.</param>
/// <param name="ContentDays">How long a text is kept.</param>
/// <param name="EventDays">How long requests are kept one by one; 0: for ever.</param>
internal sealed record TenantJson(
    string Slug, string Name, string TimeZone, string Status, string? Contact, string? Currency, string? UsdRate, DateTimeOffset CreatedAt, DateTimeOffset? SuspendedAt,
    bool KeepsContents, int ContentDays, int EventDays)
{
    public static TenantJson Of(Tenant tenant) => new(
        tenant.TenantId, tenant.Name, tenant.TimeZone, tenant.IsSuspended ? "suspended" : "active", tenant.Contact, tenant.Currency,
        tenant.UsdRate?.ToString("0.######", CultureInfo.InvariantCulture), tenant.CreatedAt, tenant.SuspendedAt,
        tenant.KeepsContents, tenant.ContentDays, tenant.EventDays ?? 0);
}

internal sealed record TenantListJson(IReadOnlyList<TenantJson> Items, string? NextCursor, int Total)
{
    public static TenantListJson Of(TenantListPage page) => new([.. page.Items.Select(TenantJson.Of)], page.NextCursor, page.Total);
}

/// <summary>The query parameters, as the OpenAPI document lists them.</summary>
internal static class AccessParameters
{
    private static readonly QueryParameter[] Paging =
        [new("cursor", "nextCursor of the page before."), new("limit", "1 to 1000, default 100.", Format: "int32")];

    public static readonly QueryParameter[] Keys =
    [
        new("tenant", "Only keys of this tenant; * for those of the platform. Default: all within reach."),
        new("status", "live: only keys that work; over: only those that do not; expiring: only those that end within two weeks.", Values: ["live", "over", "expiring"]),
        new("search", "A part of the name, or the beginning of the prefix."),
        .. Paging,
    ];

    public static readonly QueryParameter[] Tenants =
    [
        new("status", "Only active or only suspended ones.", Values: ["active", "suspended"]),
        new("search", "A part of the slug or the name."),
        .. Paging,
    ];
}
