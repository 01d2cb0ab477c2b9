using System.Collections.Frozen;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;

namespace AgentConsole.Access.Keys;

/// <summary>A key that may still be used, as a node holds it.</summary>
/// <param name="Tenant">Null for a key of the platform, which its row says on purpose.</param>
/// <param name="EndsAt">When it expires, or its grace is over; null: never.</param>
internal sealed record LiveKey(
    string Id, string? Tenant, byte[] SecretHash, IReadOnlyList<string> Scopes, IReadOnlyList<IPNetwork> Addresses, DateTimeOffset? EndsAt)
{
    public string Prefix => KeySecret.Prefix(Id);

    public bool IsOver(DateTimeOffset now) => EndsAt is { } end && now >= end;

    /// <summary>Without addresses from anywhere; with some, never from an address that is not known.</summary>
    public bool IsOpenTo(IPAddress? address) => Addresses.Count == 0 || (address is not null && Addresses.Contains(address));

    /// <summary>Its claims; a tenant that is suspended sends nothing in.</summary>
    public ClaimsIdentity Identity(string scheme, bool isSuspended) =>
        new(Caller.KeyAsClaims($"key:{Prefix}", Tenant, isSuspended ? Scopes.Where(static scope => scope != Access.Scopes.Ingest) : Scopes), scheme);
}

/// <summary>All keys that may be used, all suspended tenants and all whose texts are stored, at one moment; never changed.</summary>
internal sealed class KeyRing(IEnumerable<LiveKey> keys, IEnumerable<string> suspended, IEnumerable<string> keepingContents)
{
    public static readonly KeyRing Empty = new([], [], []);

    private readonly FrozenDictionary<string, LiveKey> _keys = keys.ToFrozenDictionary(static key => key.Id, StringComparer.Ordinal);
    private readonly FrozenSet<string> _suspended = suspended.ToFrozenSet(StringComparer.Ordinal);

    private readonly FrozenSet<string> _keepingContents = keepingContents.ToFrozenSet(StringComparer.Ordinal);

    public int Count => _keys.Count;

    public bool IsSuspended(string? tenant) => tenant is not null && _suspended.Contains(tenant);

    public bool AnyKeepsContents => _keepingContents.Count > 0;

    public bool KeepsContents(string tenant) => _keepingContents.Contains(tenant);

    /// <summary>The key of that text, if it may be used now. The id only finds it; the whole text is compared, by its hash and in constant time.</summary>
    public LiveKey? Find(string text, DateTimeOffset now) =>
        KeySecret.IdOf(text) is { } id && _keys.TryGetValue(id, out var key) && CryptographicOperations.FixedTimeEquals(key.SecretHash, KeySecret.Hash(text)) && !key.IsOver(now) ? key : null;
}
