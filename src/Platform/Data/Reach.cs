namespace AgentConsole.Platform.Data;

/// <summary>Which tenants' rows a piece of work may see. It is said, never assumed: a reach that names no tenant sees no row, and only <see cref="Platform"/> sees every tenant. Equal by value.</summary>
public sealed class Reach : IEquatable<Reach>
{
    public static readonly Reach None = new(false, []);

    /// <summary>Every tenant: staff, platform keys, and what the console does by itself.</summary>
    public static readonly Reach Platform = new(true, []);

    private readonly string[] _tenants;

    private Reach(bool isPlatform, string[] tenants) => (IsPlatform, _tenants) = (isPlatform, tenants);

    public bool IsPlatform { get; }

    /// <summary>The tenants, sorted; empty for the platform too.</summary>
    public IReadOnlyList<string> Tenants => _tenants;

    public bool IsNone => !IsPlatform && _tenants.Length == 0;

    /// <summary>The tenant, if it is exactly one.</summary>
    public string? Only => _tenants is [var only] ? only : null;

    public static Reach Of(params IEnumerable<string> tenants)
    {
        string[] named = [.. tenants.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return named.Length == 0 ? None : new(false, named);
    }

    public bool Includes(string tenant) => IsPlatform || Array.BinarySearch(_tenants, tenant, StringComparer.Ordinal) >= 0;

    /// <summary>The same or less: what of it lies within one tenant.</summary>
    public Reach Within(string tenant) => Includes(tenant) ? Of(tenant) : None;

    public bool Equals(Reach? other) => other is not null && IsPlatform == other.IsPlatform && _tenants.AsSpan().SequenceEqual(other._tenants);

    public override bool Equals(object? obj) => Equals(obj as Reach);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(IsPlatform);
        foreach (var tenant in _tenants) hash.Add(tenant, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>For caches and logs: different for every reach, as no tenant's id holds a blank.</summary>
    public override string ToString() => IsPlatform ? "platform" : $"[{string.Join(' ', _tenants)}]";
}
