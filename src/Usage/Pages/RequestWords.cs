using System.Globalization;
using AgentConsole.Shell;

namespace AgentConsole.Usage.Pages;

/// <summary>What the request pages say of a request and of a list of them.</summary>
public static class RequestWords
{
    private const string Unpriced = "Unpriced: no price is known for this model at that time";

    /// <summary>What a filter is called.</summary>
    public static string Filter(string parameter) => parameter switch
    {
        "fallback" => "Tries",
        "minCost" => "Cost from",
        "maxCost" => "Cost to",
        "minLatencyMs" => "Latency from",
        "maxLatencyMs" => "Latency to",
        "error" => "Error",
        "httpStatus" => "HTTP",
        "session" => "Session",
        _ when parameter.StartsWith(RequestFilter.TagPrefix, StringComparison.Ordinal) => $"Tag {parameter[RequestFilter.TagPrefix.Length..]}",
        _ => parameter,
    };

    public static string FilterValue(string parameter, string value) => parameter switch
    {
        "fallback" => "more than one",
        "minCost" or "maxCost" => $"${value}",
        "minLatencyMs" or "maxLatencyMs" => $"{value} ms",
        _ => value.Length == 0 ? "none" : value,
    };

    /// <summary>What the requests are, after their number; empty when nothing but dimensions is asked.</summary>
    public static string Which(RequestFilter where)
    {
        var words = new List<string>();
        if (where.Unpriced) words.Add("without a price");
        if (where.Conflicts.Count > 0) words.Add("with numbers that contradict each other");
        if (where.Fallback) words.Add("that fell back");
        return string.Join(" and ", words);
    }

    /// <summary>Without the day or the year where the range tells it.</summary>
    public static string When(DateTimeOffset at, TimeSpan range, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return range <= TimeSpan.FromHours(25) ? local.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)
            : range <= TimeSpan.FromDays(300) ? local.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : Format.DateTime(at, zone);
    }

    public static string Cost(decimal? usd) => usd is { } known ? Format.Money(known) : Format.Unknown;

    public static string CostExact(decimal? usd) => usd is { } known ? Format.MoneyExact(known) : Unpriced;

    public static string Name(string? value, int length = 20) => value is null ? Format.Unknown : Format.Middle(value, length);
}
