using System.Linq.Expressions;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentConsole.Access.Keys;
using AgentConsole.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace AgentConsole.Access;

/// <summary>Where a key stands. The first three work.</summary>
public enum KeyState
{
    Active,
    /// <summary>Works for less than two weeks more.</summary>
    Expiring,
    /// <summary>Rotated, and works until its grace is over.</summary>
    Rotating,
    Rotated,
    Expired,
    Revoked,
}

public static class KeyStates
{
    /// <summary>Before its end a key is marked for this long.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static bool IsLive(this KeyState state) => state is KeyState.Active or KeyState.Expiring or KeyState.Rotating;

    internal static KeyState Of(DateTimeOffset? revokedAt, DateTimeOffset? expiresAt, DateTimeOffset? graceUntil, DateTimeOffset now) => 0 switch
    {
        _ when revokedAt is not null => KeyState.Revoked,
        _ when graceUntil <= now => KeyState.Rotated,
        _ when expiresAt <= now => KeyState.Expired,
        _ when graceUntil is not null => KeyState.Rotating,
        _ when expiresAt <= now + Soon => KeyState.Expiring,
        _ => KeyState.Active,
    };
}

/// <summary>A key as it is shown: never its secret.</summary>
/// <param name="Tenant">Null for a key of the platform.</param>
/// <param name="Requests24h">Requests that came with it in the last 24 hours, to the hour and the minute.</param>
public sealed record KeyRow(
    string Id, string? Tenant, string Name, IReadOnlyList<string> Scopes, IReadOnlyList<string> AllowedAddresses, DateTimeOffset CreatedAt, string CreatedBy,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, string? RevokedBy, DateTimeOffset? LastUsedAt, string? RotatedTo, DateTimeOffset? GraceUntil, KeyState State, long Requests24h)
{
    public string Prefix => KeySecret.Prefix(Id);

    internal string StoredTenant => Tenant ?? Caller.PlatformMark;

    internal static KeyRow Of(ApiKey key, long requests, DateTimeOffset now) => new(
        key.KeyId, key.TenantId == Caller.PlatformMark ? null : key.TenantId, key.Name, key.Scopes, key.AllowedAddresses, key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt, key.RevokedBy,
        key.LastUsedAt, key.RotatedTo, key.GraceUntil, KeyStates.Of(key.RevokedAt, key.ExpiresAt, key.GraceUntil, now), requests);

    /// <summary>For the audit: what is decided about a key, not what it does.</summary>
    internal JsonNode ToJson() => JsonSerializer.SerializeToNode(new { Prefix, Tenant = StoredTenant, Name, Scopes, AllowedAddresses, ExpiresAt, RevokedAt, RotatedTo, GraceUntil }, JsonSerializerOptions.Web)!;
}

/// <summary>Which keys are asked for.</summary>
/// <param name="Tenant">A tenant's id, or <see cref="OfPlatform"/>; null: of all within reach.</param>
/// <param name="Live">Only those that work, or only those that do not.</param>
/// <param name="Soon">Only those that end within two weeks.</param>
/// <param name="Search">A part of the name or the beginning of the prefix.</param>
public sealed record KeyQuery(string? Tenant = null, bool? Live = null, bool Soon = false, string? Search = null, string? Cursor = null, int Limit = 100)
{
    public const string OfPlatform = Caller.PlatformMark;
}

/// <param name="Total">Keys that fit, on all pages.</param>
public sealed record KeyPage(IReadOnlyList<KeyRow> Items, int Total, string? NextCursor);

/// <summary>Reads of API keys. Of tenants only those within reach, and those of the platform by the platform alone.</summary>
public sealed class KeyQueries(Contexts contexts, TimeProvider time)
{
    /// <summary>Newest first.</summary>
    public async Task<KeyPage> ListAsync(Reach reach, KeyQuery query, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        var fitting = Fitting(db.Set<ApiKey>().AsNoTracking(), query, now);
        var total = await fitting.CountAsync(cancellationToken);
        if (query.Cursor is not null && ReadCursor(query.Cursor) is var (at, after))
            fitting = fitting.Where(key => key.CreatedAt < at || (key.CreatedAt == at && string.Compare(key.KeyId, after) > 0));
        var keys = await fitting.OrderByDescending(static key => key.CreatedAt).ThenBy(static key => key.KeyId).Take(query.Limit + 1).Select(Shown(db, now)).ToListAsync(cancellationToken);
        var page = keys.Take(query.Limit).ToList();
        return new(page, total, keys.Count > query.Limit ? WriteCursor(page[^1]) : null);
    }

    /// <summary>Null when there is none, or none within reach.</summary>
    public async Task<KeyRow?> FindAsync(Reach reach, string id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.BeginAsync(reach, cancellationToken);
        return await FindAsync(db, id, time.GetUtcNow(), cancellationToken);
    }

    public static bool IsCursor(string text) => ReadCursor(text) is not null;

    internal static Task<KeyRow?> FindAsync(ConsoleDb db, string id, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Set<ApiKey>().AsNoTracking().Where(key => key.KeyId == id).Select(Shown(db, now)).SingleOrDefaultAsync(cancellationToken);

    private static IQueryable<ApiKey> Fitting(IQueryable<ApiKey> keys, KeyQuery query, DateTimeOffset now)
    {
        if (query.Tenant is { } tenant) keys = keys.Where(key => key.TenantId == tenant);
        if (query.Live is { } live)
            keys = keys.Where(key => (key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now) && (key.GraceUntil == null || key.GraceUntil > now)) == live);
        var soon = now + KeyStates.Soon;
        if (query.Soon) keys = keys.Where(key => key.RevokedAt == null && key.GraceUntil == null && key.ExpiresAt > now && key.ExpiresAt <= soon);
        if (query.Search is not { } search) return keys;
        var part = $"%{Escape(search)}%";
        var prefix = search.StartsWith(KeySecret.Mark, StringComparison.Ordinal) ? search[KeySecret.Mark.Length..] : search;
        return keys.Where(key => EF.Functions.ILike(key.Name, part, "\\") || key.KeyId.StartsWith(prefix));
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    /// <summary>Without the hash, which work within tenants may not even read.</summary>
    private static Expression<Func<ApiKey, KeyRow>> Shown(ConsoleDb db, DateTimeOffset now)
    {
        var since = now.AddDays(-1);
        return key => new(
            key.KeyId, key.TenantId == Caller.PlatformMark ? null : key.TenantId, key.Name, key.Scopes, key.AllowedAddresses, key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt, key.RevokedBy,
            key.LastUsedAt, key.RotatedTo, key.GraceUntil, KeyStates.Of(key.RevokedAt, key.ExpiresAt, key.GraceUntil, now),
            db.Set<ApiKeyUse>().Where(use => use.TenantId == key.TenantId && use.KeyId == key.KeyId && use.Hour > since).Sum(static use => use.Requests));
    }

    private static string WriteCursor(KeyRow last) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{last.CreatedAt.UtcTicks} {last.Id}")).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static (DateTimeOffset At, string Id)? ReadCursor(string cursor)
    {
        var padded = cursor.Replace('-', '+').Replace('_', '/').PadRight((cursor.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        if (!Convert.TryFromBase64String(padded, bytes, out var length)) return null;
        return Encoding.UTF8.GetString(bytes, 0, length).Split(' ') is [var ticks, var id] && long.TryParse(ticks, out var at) && at >= 0 && at <= DateTimeOffset.MaxValue.UtcTicks
            ? (new DateTimeOffset(at, TimeSpan.Zero), id)
            : null;
    }
}
