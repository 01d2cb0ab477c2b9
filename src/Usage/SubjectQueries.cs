using AgentConsole.Platform.Data;
using AgentConsole.Usage.Rollups;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>The latest requests of one user or key. Its rollups say in which quarters of an hour they are, so that only those are looked into, however long ago.</summary>
public sealed class SubjectQueries(Database database)
{
    /// <summary>
    /// The newest quarters that hold so many, and what the rollups do not have yet. Each quarter has one request at least, so that there are never more quarters than requests asked for.
    /// </summary>
    private const string Quarters = """
        SELECT bucket_start FROM (
          SELECT bucket_start, sum(requests) OVER (ORDER BY bucket_start DESC) - requests AS newer FROM (
            SELECT r.bucket_start, sum(r.requests) AS requests FROM usage_rollups AS r
            WHERE r.tenant_id = $1 AND r.kind = $2 AND r.kind > 1 AND r.grain = $3 AND r.subject = $4 AND ($5::smallint IS NULL OR r.status = $5) AND r.requests > 0
            GROUP BY r.bucket_start ORDER BY r.bucket_start DESC LIMIT $6) AS quarters) AS counted
        WHERE newer < $6
        """;

    /// <summary>Newest first.</summary>
    /// <param name="dimension"><see cref="Dimension.User"/> or <see cref="Dimension.Key"/>.</param>
    /// <param name="status">Null: of any.</param>
    public async Task<IReadOnlyList<RequestRow>> ListLatestAsync(Reach reach, string tenant, Dimension dimension, string name, UsageStatus? status, int limit, CancellationToken cancellationToken)
    {
        if (!reach.Includes(tenant)) return [];
        var (kind, column) = dimension switch
        {
            Dimension.User => (RollupKind.User, "user_id"),
            Dimension.Key => (RollupKind.Key, "key_id"),
            _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
        };
        await using var session = await database.BeginAsync(reach, cancellationToken);
        await using var command = new NpgsqlCommand($"""
            WITH found AS (
              SELECT r.* FROM ({Quarters}) AS q CROSS JOIN LATERAL (
                SELECT * FROM usage_events AS r
                WHERE r.tenant_id = $1 AND r.occurred_at >= q.bucket_start AND r.occurred_at < q.bucket_start + interval '15 minutes' AND r.{column} = $4 AND ($5::smallint IS NULL OR r.status = $5)
                ORDER BY r.occurred_at DESC LIMIT $6) AS r),
            late AS (
              SELECT r.* FROM (SELECT * FROM usage_events AS r WHERE r.xid >= (SELECT xid FROM usage_rollup_watermark) OFFSET 0) AS r
              WHERE r.tenant_id = $1 AND r.{column} = $4 AND ($5::smallint IS NULL OR r.status = $5))
            SELECT {RequestReader.Columns} FROM (
              SELECT * FROM found UNION ALL SELECT * FROM late WHERE NOT EXISTS (
                SELECT FROM found WHERE found.occurred_at = late.occurred_at AND found.event_id = late.event_id AND found.source = late.source)) AS r
            ORDER BY r.occurred_at DESC, r.event_id DESC, r.source DESC LIMIT $6
            """, session.Connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (short)kind, NpgsqlDbType = NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = (short)RollupGrain.QuarterHour, NpgsqlDbType = NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = name, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = status is { } one ? (short)one : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = limit, NpgsqlDbType = NpgsqlDbType.Integer });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<RequestRow>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(RequestReader.Row(reader));
        return rows;
    }

    /// <summary>The day (UTC) on which each was first seen; of those that the rollups have. At most 1000 names.</summary>
    /// <param name="dimension"><see cref="Dimension.User"/> or <see cref="Dimension.Key"/>.</param>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> FindFirstUsesAsync(Reach reach, string tenant, Dimension dimension, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (!reach.Includes(tenant)) return new Dictionary<string, DateTimeOffset>();
        var kind = dimension switch { Dimension.User => RollupKind.UserTotal, Dimension.Key => RollupKind.KeyTotal, _ => throw new ArgumentOutOfRangeException(nameof(dimension)) };
        await using var session = await database.BeginAsync(reach, cancellationToken);
        await using var command = new NpgsqlCommand($"""
            SELECT s.subject, f.bucket_start FROM unnest($2) AS s(subject) CROSS JOIN LATERAL (
              SELECT r.bucket_start FROM usage_rollups AS r
              WHERE r.tenant_id = $1 AND r.kind = {(short)kind} AND r.kind > 1 AND r.grain = {(short)RollupGrain.Day} AND r.subject = s.subject ORDER BY r.bucket_start LIMIT 1) AS f
            """, session.Connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = names.Take(1000).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var firsts = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) firsts[reader.GetString(0)] = reader.GetFieldValue<DateTimeOffset>(1);
        return firsts;
    }
}
