using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>A <see cref="RequestFilter"/> in SQL; the row is called r. Said as the partial indexes say it, so that they serve it.</summary>
internal static class RequestConditions
{
    /// <summary>Above it costs are ranked as equal: the largest number that <c>cost_pico</c> holds.</summary>
    private const decimal DearestRanked = 9_000_000;

    private const decimal PicoPerUsd = 1_000_000_000_000;

    /// <summary>Cost as a whole number, in 10^-12 USD, as the column <c>cost_pico</c> has it: comparing numerics is no index condition under row-level security, comparing integers is.</summary>
    public static long Pico(decimal usd) => (long)(Math.Clamp(usd, 0, DearestRanked) * PicoPerUsd);

    /// <summary>To follow a WHERE; values as parameters.</summary>
    public static string Sql(NpgsqlCommand command, RequestFilter filter) => string.Concat(Conditions(command, filter).Select(static condition => $" AND {condition}"));

    private static IEnumerable<string> Conditions(NpgsqlCommand command, RequestFilter filter)
    {
        if (filter.MinCost is { } minCost) yield return $"r.cost_pico >= {Add(command, NpgsqlDbType.Bigint, PicoUp(minCost))}";
        if (filter.MaxCost is { } maxCost) yield return $"r.cost_pico <= {Add(command, NpgsqlDbType.Bigint, Pico(maxCost))}";
        if (filter.MinLatencyMs is { } minLatency) yield return $"r.latency_ms >= {Add(command, NpgsqlDbType.Integer, minLatency)}";
        if (filter.MaxLatencyMs is { } maxLatency) yield return $"r.latency_ms <= {Add(command, NpgsqlDbType.Integer, maxLatency)}";
        if (filter.Unpriced) yield return "r.cost IS NULL";
        if (filter.Fallback) yield return "r.attempt_count > 1";
        if (filter.Conflicts.Count > 0) yield return "r.conflicts <> '{}'";
        if (filter.Conflicts.Count > 0 && !filter.Conflicts.Contains(RequestFilter.AnyConflict)) yield return $"r.conflicts && {Add(command, Texts, filter.Conflicts.ToArray())}";
        if (filter.Errors.Count > 0) yield return Among(command, "r.error", filter.Errors);
        if (filter.HttpStatuses.Count > 0) yield return $"({string.Join(" OR ", filter.HttpStatuses.Select(static range => string.Create(CultureInfo.InvariantCulture, $"r.http_status BETWEEN {range.First} AND {range.Last}")))})";
        if (filter.Sessions.Count > 0) yield return Among(command, "r.session", filter.Sessions);
        foreach (var (key, values) in filter.Tags) yield return Among(command, $"(r.tags ->> {Add(command, NpgsqlDbType.Text, key)})", values);
    }

    private const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;

    private static string Among(NpgsqlCommand command, string column, IReadOnlyList<string?> values)
    {
        if (values.Contains(null)) return $"coalesce({column}, '') = ANY({Add(command, Texts, values.Select(static value => value ?? "").ToArray())})";
        return $"{column} IS NOT NULL AND {column} = {(values is [{ } only] ? Add(command, NpgsqlDbType.Text, only) : $"ANY({Add(command, Texts, values.ToArray())})")}";
    }

    /// <summary>The next whole one: digits beyond the twelfth do not let anything cheaper in.</summary>
    private static long PicoUp(decimal usd) => (long)decimal.Ceiling(Math.Clamp(usd, 0, DearestRanked) * PicoPerUsd);

    private static string Add(NpgsqlCommand command, NpgsqlDbType type, object value)
    {
        command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
        return string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
    }
}
