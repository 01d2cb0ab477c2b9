using System.Globalization;
using AgentConsole.Usage.Rollups;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>
/// The events of some users or keys in the order of time, where their rollups say that there are any: quarter of an hour by quarter of an hour, as many as are needed. A user with three requests
/// in a month is three look-ups, not a month's scan. What the rollups do not have yet is added.
/// </summary>
internal sealed record SubjectSource(RollupKind Kind, string[] Names)
{
    private const string Late = "SELECT * FROM usage_events AS r WHERE r.xid >= (SELECT xid FROM usage_rollup_watermark) OFFSET 0";

    /// <summary>Null when neither users nor keys are named.</summary>
    public static SubjectSource? Of(UsageFilter filter) =>
        filter[Dimension.User] is { Count: > 0 } users ? new(RollupKind.User, Texts(users)) : filter[Dimension.Key] is { Count: > 0 } keys ? new(RollupKind.Key, Texts(keys)) : null;

    /// <param name="where">On r; the tenant is t's, the range is $2 to $3.</param>
    /// <param name="order">Of r, by time first.</param>
    public string Sql(NpgsqlCommand command, string where, string order, bool ascending, long limit)
    {
        command.Parameters.Add(new() { Value = Names, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return string.Create(CultureInfo.InvariantCulture, $"""
            SELECT * FROM (
              (SELECT r.* FROM (
                SELECT u.bucket_start FROM usage_rollups AS u
                WHERE u.tenant_id = t.tenant_id AND u.kind = {(short)Kind} AND u.kind > 1 AND u.grain = {(short)RollupGrain.QuarterHour} AND u.subject = ANY(${command.Parameters.Count})
                  AND u.bucket_start > $2 - interval '15 minutes' AND u.bucket_start < $3
                GROUP BY u.bucket_start) AS q
              CROSS JOIN LATERAL (
                SELECT * FROM usage_events AS r
                WHERE {where} AND r.occurred_at >= q.bucket_start AND r.occurred_at < q.bucket_start + interval '15 minutes' AND r.xid < (SELECT xid FROM usage_rollup_watermark)) AS r
              ORDER BY q.bucket_start {(ascending ? "ASC" : "DESC")}, {order} LIMIT {limit})
              UNION ALL
              (SELECT * FROM ({Late}) AS r WHERE {where} ORDER BY {order} LIMIT {limit})) AS r
            ORDER BY {order} LIMIT {limit}
            """);
    }

    private static string[] Texts(IReadOnlyList<string?> values) => [.. values.Select(static value => value ?? "").Distinct(StringComparer.Ordinal)];
}
