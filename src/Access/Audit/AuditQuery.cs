using AgentConsole.Platform;
using AgentConsole.Platform.Data;

namespace AgentConsole.Access.Audit;

/// <summary>What a request asks of the audit.</summary>
internal sealed record AuditQuery(Reach Reach, AuditFilter Filter, TimeZoneInfo Zone, string? Cursor, int Limit)
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(30);

    /// <summary>Fails with <see cref="NotAllowed"/> for a tenant beyond the caller's reach, or with <see cref="InvalidAuditQuery"/>.</summary>
    public static Result<AuditQuery> Read(IQueryCollection query, Caller caller, DateTimeOffset now)
    {
        var reach = Within(query, caller.ReachOf(Permission.ReadAudit));
        if (!reach.Ok) return reach.Error;
        foreach (var name in new[] { "actor", "action", "search" })
            if (query[name].ToString().Contains('\0', StringComparison.Ordinal)) return new InvalidAuditQuery($"{name} contains characters that are not text.");
        var (to, from) = (Time(query, "to", now), Time(query, "from", null));
        if (to is null || (from is null && Text(query, "from") is not null)) return new InvalidAuditQuery("from and to are ISO 8601 times, such as 2026-11-01T00:00:00Z, or dates.");
        from ??= to - DefaultRange;
        if (from >= to) return new InvalidAuditQuery("from is not before to.");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Text(query, "tz") ?? "UTC", out var zone)) return new InvalidAuditQuery($"tz \"{Text(query, "tz")}\" is not an IANA time zone.");
        var limit = 100;
        if (Text(query, "limit") is { } text && (!int.TryParse(text, out limit) || limit is < 1 or > AuditQueries.MaxPage)) return new InvalidAuditQuery($"limit is not a whole number from 1 to {AuditQueries.MaxPage}.");
        if (Text(query, "cursor") is { } cursor && !AuditQueries.IsCursor(cursor)) return new InvalidAuditQuery("cursor is not one that this list gave.");
        return new AuditQuery(reach.Value, new(from.Value, to.Value, Text(query, "actor"), Text(query, "action"), Text(query, "search")), zone, Text(query, "cursor"), limit);
    }

    /// <summary>An empty tenant is the platform's own log.</summary>
    private static Result<Reach> Within(IQueryCollection query, Reach reach)
    {
        if (!query.TryGetValue("tenant", out var named) || named.Count == 0) return reach;
        string[] tenants = [.. named.Select(static tenant => tenant ?? "")];
        if (tenants.Any(static tenant => tenant.Length > 0 && !Tenant.IsValidId(tenant))) return new InvalidAuditQuery("tenant is not a tenant id.");
        return tenants.All(reach.Includes) ? Reach.Of(tenants) : new NotAllowed();
    }

    private static DateTimeOffset? Time(IQueryCollection query, string name, DateTimeOffset? otherwise)
    {
        // A plus sign that was not escaped arrives as a space.
        if (Text(query, name) is not { } text) return otherwise;
        return (IsoTime.TryParse(text, out var at) || IsoTime.TryParse(text.Replace(' ', '+'), out at)) && at.Year is > 1 and < 9999 ? at : null;
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
}
