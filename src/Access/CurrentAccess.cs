using AgentConsole.Access.Keys;

namespace AgentConsole.Access;

/// <summary>Which keys and tenants may do something, as this node knows it: an immutable snapshot, swapped whole. Where it comes from: <see cref="FollowAccess"/>.</summary>
public sealed class CurrentAccess
{
    private volatile KeyRing? _ring;

    /// <summary>Null until it was read for the first time: then a key is not unknown, it cannot be told.</summary>
    internal KeyRing? Ring => _ring;

    /// <summary>Whether nothing is taken in for the tenant.</summary>
    public bool IsSuspended(string? tenant) => _ring?.IsSuspended(tenant) == true;

    /// <summary>Whether there is any tenant whose texts are stored.</summary>
    public bool AnyKeepsContents => _ring?.AnyKeepsContents == true;

    /// <summary>Whether the texts of the tenant's requests are stored.</summary>
    public bool KeepsContents(string tenant) => _ring?.KeepsContents(tenant) == true;

    internal void Use(KeyRing ring) => _ring = ring;
}
