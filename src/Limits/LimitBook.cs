using System.Collections.Frozen;

namespace AgentConsole.Limits;

/// <summary>All limits and tenants' zones at one moment; never changed.</summary>
internal sealed class LimitBook
{
    public static readonly LimitBook Empty = new([], []);

    private readonly FrozenDictionary<string, TenantLimits> _tenants;
    private readonly FrozenDictionary<string, TimeZoneInfo> _zones;
    private readonly CompiledLimit[] _ofEach;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<TimeZoneInfo, TenantLimits> _others = new();

    public LimitBook(IEnumerable<LimitRow> limits, IEnumerable<(string Tenant, string Zone)> zones)
    {
        _zones = zones.ToFrozenDictionary(static pair => pair.Tenant, static pair => Zone(pair.Zone), StringComparer.Ordinal);
        var byTenant = limits.ToLookup(static limit => limit.Scope.Tenant, static limit => new CompiledLimit(limit), StringComparer.Ordinal);
        _ofEach = [.. byTenant[LimitScope.Each]];
        _tenants = byTenant.Where(static own => own.Key != LimitScope.Each)
            .ToFrozenDictionary(static own => own.Key, own => new TenantLimits(ZoneOf(own.Key), [.. _ofEach, .. own]), StringComparer.Ordinal);
    }

    /// <summary>Tenants with limits of their own.</summary>
    public IEnumerable<string> Tenants => _tenants.Keys;

    /// <summary>Whether there are limits that hold for every tenant.</summary>
    public bool HasLimitsOfEach => _ofEach.Length > 0;

    /// <summary>A tenant without limits of its own has those that every tenant has.</summary>
    public TenantLimits For(string tenant) => _tenants.TryGetValue(tenant, out var own) ? own : _others.GetOrAdd(ZoneOf(tenant), zone => new(zone, _ofEach));

    private TimeZoneInfo ZoneOf(string tenant) => _zones.GetValueOrDefault(tenant, TimeZoneInfo.Utc);

    private static TimeZoneInfo Zone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}

/// <summary>The limits in force on this node: an immutable snapshot, swapped whole. Where it comes from: <see cref="FollowLimits"/>.</summary>
public sealed class CurrentLimits
{
    private volatile LimitBook _book = LimitBook.Empty;

    internal LimitBook Book => _book;

    internal void Use(LimitBook book) => _book = book;
}
