using AgentConsole.Platform.Http;

namespace AgentConsole.Usage.Api;

/// <summary>The query parameters of reading, as the OpenAPI document lists them.</summary>
internal static class UsageParameters
{
    /// <summary>Measures that are left out unless they are asked for.</summary>
    public static readonly IReadOnlyDictionary<string, EventMeasures> EventMeasuresByName = new Dictionary<string, EventMeasures>
    {
        ["cacheSavings"] = EventMeasures.CacheSavings, ["ttftMs"] = EventMeasures.TimeToFirstToken, ["tokensPerSecond"] = EventMeasures.TokensPerSecond,
    };

    private static readonly QueryParameter[] Range =
    [
        new("from", "Start of the range, included: ISO 8601 with offset, or a date, read in tz. Default: 30 days before to."),
        new("to", "End of the range, not included. Default: now."),
        new("tz", "IANA time zone. Default: the tenant's, else UTC."),
    ];

    private static readonly QueryParameter[] Filters =
    [
        .. Dimensions.All.Select(static dimension => new QueryParameter(
            dimension.Name(), $"Only this {dimension.Name()}; repeatable; empty means \"none\".", Repeatable: true,
            Values: dimension == Dimension.Status ? ["success", "failure", "cancelled", "denied"] : null)),
        new("tag.<key>", "Only requests with this value of the tag; repeatable; empty means \"none\".", Repeatable: true),
    ];

    public static readonly QueryParameter[] Breakdown =
    [
        .. Range,
        new("grain", "Width of the buckets, cut in tz. Default: total.", Values: ["total", "15m", "hour", "day", "week", "month"]),
        new("groupBy", $"Comma list of {string.Join(", ", Dimensions.All.Select(static dimension => dimension.Name()))}, tag.<key>. Dimensions that no rollup keeps are read from requests, within a time: too_much_to_read."),
        .. Filters,
        new("measures", "Comma list of cacheSavings, ttftMs, tokensPerSecond: added to every row. They are read from requests, within a time: too_much_to_read."),
        new("percentiles", "false leaves latencyMs out, which is faster over long ranges. Default: true.", Values: ["true", "false"]),
    ];

    public static readonly QueryParameter[] Export = [.. Range, .. Filters];
    public static readonly QueryParameter[] Conflicts = [.. Range, new("tenant", "Only this tenant.")];

    public static readonly string[] Sorts = ["-occurredAt", "occurredAt", "-cost", "cost", "-latencyMs", "latencyMs"];

    public static readonly QueryParameter[] Requests =
    [
        .. Range,
        .. Filters,
        new("conflict", "Only requests with this conflict code; repeatable; any for whichever.", Repeatable: true),
        new("unpriced", "true: only requests without a price.", Values: ["true", "false"]),
        new("fallback", "true: only requests for which more than one provider was tried.", Values: ["true", "false"]),
        new("minCost", "Only requests that cost so many USD or more."),
        new("maxCost", "Only requests that cost so many USD or less."),
        new("minLatencyMs", "Only requests that took so many milliseconds or more.", Format: "int32"),
        new("maxLatencyMs", "Only requests that took so many milliseconds or less.", Format: "int32"),
        new("error", "Only requests with exactly this error; repeatable; empty means \"none\".", Repeatable: true),
        new("httpStatus", "Only requests answered with this status, such as 429, or class, such as 5xx; repeatable.", Repeatable: true),
        new("session", "Only requests of this session; repeatable; empty means \"none\".", Repeatable: true),
        new("tag.{key}", "Only requests whose tag {key} has this value, such as tag.env=prod; repeatable; empty means \"none\".", Repeatable: true),
        new("sort", "Default: -occurredAt. Requests whose cost or latency is unknown come last, either way.", Values: Sorts),
        new("cursor", "nextCursor of the page before."),
        new("limit", "1 to 1000, default 100.", Format: "int32"),
    ];
}
