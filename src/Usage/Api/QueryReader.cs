using System.Globalization;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;

namespace AgentConsole.Usage.Api;

/// <summary>Reads from, to, tz and filters of a query string; where the caller does not reach every tenant, its own are always a filter.</summary>
internal sealed class QueryReader(IQueryCollection query, Reach reach, TenantQueries tenants, TimeProvider time)
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(30);

    /// <summary>Filter, zone and range; the first that is wrong is the error.</summary>
    public async Task<Result<QueryScope>> ScopeAsync(CancellationToken cancellationToken)
    {
        var filter = Filter();
        if (!filter.Ok) return filter.Error;
        var zone = await ZoneAsync(filter.Value, cancellationToken);
        if (!zone.Ok) return zone.Error;
        var range = Range(zone.Value);
        if (!range.Ok) return range.Error;
        return new QueryScope(filter.Value, zone.Value, range.Value.From, range.Value.To);
    }

    /// <summary>Filters by the dimensions' names and by tags, each repeatable; an empty value means "none".</summary>
    public Result<UsageFilter> Filter()
    {
        var filter = UsageFilter.None;
        foreach (var dimension in Dimensions.All)
        {
            if (!query.TryGetValue(dimension.Name(), out var values) || values.Count == 0) continue;
            if (values.Any(static value => value?.Contains('\0') == true)) return new InvalidQuery($"{dimension.Name()} contains characters that are not text.");
            if (dimension == Dimension.Status && values.FirstOrDefault(static value => UsageStatuses.Parse(value) is null) is { } unknown)
                return new InvalidQuery($"status \"{unknown}\" is not one of success, failure, cancelled, denied.");
            filter = filter.With(dimension, [.. values.Select(static value => string.IsNullOrEmpty(value) ? null : value)]);
        }
        foreach (var (name, values) in query)
        {
            if (!name.StartsWith(Facet.TagPrefix, StringComparison.Ordinal)) continue;
            if (Facet.TagKey(name) is not { } key || values.Any(static value => value?.Contains('\0') == true)) return new InvalidQuery($"\"{name}\" is no tag that can be filtered by.");
            filter = filter.With(Facet.OfTag(key), [.. values.Select(static value => string.IsNullOrEmpty(value) ? null : value)]);
        }
        if (filter[Dimension.Tenant].Any(tenant => !reach.Includes(tenant ?? ""))) return new ForeignTenant();
        return reach.IsPlatform || filter[Dimension.Tenant].Count > 0 ? filter : filter.With(Dimension.Tenant, [.. reach.Tenants]);
    }

    /// <summary>The zone named, else that of the one tenant asked about, else UTC.</summary>
    public async Task<Result<TimeZoneInfo>> ZoneAsync(UsageFilter filter, CancellationToken cancellationToken)
    {
        var name = query["tz"].ToString();
        if (name.Length == 0)
        {
            if (filter[Dimension.Tenant] is not [{ } only] || await tenants.FindAsync(reach, only, cancellationToken) is not { } tenant) return TimeZoneInfo.Utc;
            name = tenant.TimeZone;
        }
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : new InvalidQuery($"tz \"{name}\" is not an IANA time zone.");
    }

    /// <summary>[from, to): an ISO 8601 time with offset, or a date, which is that day's start in the zone. Default: the 30 days up to now.</summary>
    public Result<(DateTimeOffset From, DateTimeOffset To)> Range(TimeZoneInfo zone)
    {
        var to = Time("to", zone, time.GetUtcNow());
        if (!to.Ok) return to.Error;
        var from = Time("from", zone, to.Value - DefaultRange);
        if (!from.Ok) return from.Error;
        return from.Value < to.Value ? (from.Value, to.Value) : new InvalidQuery("from is not before to.");
    }

    /// <summary>true or false; absent is false.</summary>
    public Result<bool> Flag(string name) => query[name].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        var text => new InvalidQuery($"{name} \"{text}\" is neither true nor false."),
    };

    private Result<DateTimeOffset> Time(string name, TimeZoneInfo zone, DateTimeOffset otherwise)
    {
        var text = query[name].ToString();
        if (text.Length == 0) return otherwise;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is > 1 and < 9999)
            return Rollups.LocalBuckets.StartOf(date, zone);
        // A plus sign that was not escaped arrives as a space.
        return (IsoTime.TryParse(text, out var at) || IsoTime.TryParse(text.Replace(' ', '+'), out at)) && at.Year is > 1 and < 9999
            ? at
            : new InvalidQuery($"{name} \"{text}\" is neither an ISO 8601 time nor a date such as 2026-11-01.");
    }
}

/// <summary>What a read is about.</summary>
internal sealed record QueryScope(UsageFilter Filter, TimeZoneInfo Zone, DateTimeOffset From, DateTimeOffset To);
