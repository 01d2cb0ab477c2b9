using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Rollups;

/// <summary>Adds a batch's sums to the stored rollups, in the caller's transaction.</summary>
internal static class RollupWriter
{
    /// <summary>Above this many bytes a stored histogram is folded to one entry per bin.</summary>
    private const int FoldLatencyAbove = 128 * LatencyHistogram.EntryBytes;

    private static readonly string TokenColumns = string.Join(", ", TokenCounts.Buckets.Select(static bucket => bucket.Column()));

    private static readonly string Sql = $"""
        INSERT INTO usage_rollups AS r (tenant_id, kind, grain, bucket_start, subject, provider, model, status,
                                        requests, failures, attempts, unpriced, cost, latency, {TokenColumns})
        SELECT d.tenant_id, d.kind, d.grain, d.bucket_start, d.subject, d.provider, d.model, d.status,
               d.requests, d.failures, d.attempts, d.unpriced, d.cost, d.latency, {TokenColumns}
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, {string.Join(", ", TokenCounts.Buckets.Select(static (_, index) => $"${15 + index}"))})
          AS d(tenant_id, kind, grain, bucket_start, subject, provider, model, status, requests, failures, attempts, unpriced, cost, latency, {TokenColumns})
        ON CONFLICT (tenant_id, kind, grain, bucket_start, subject, provider, model, status) DO UPDATE SET
          requests = r.requests + excluded.requests,
          failures = r.failures + excluded.failures,
          attempts = r.attempts + excluded.attempts,
          unpriced = r.unpriced + excluded.unpriced,
          cost = r.cost + excluded.cost,
          {string.Join(", ", TokenCounts.Buckets.Select(static bucket => $"{bucket.Column()} = r.{bucket.Column()} + excluded.{bucket.Column()}"))},
          latency = CASE WHEN length(r.latency) + length(excluded.latency) <= {FoldLatencyAbove} THEN r.latency || excluded.latency
            ELSE (SELECT string_agg(set_byte('\x00', 0, bin) || int4send(n::int), '') FROM (
                    SELECT get_byte(l, at) AS bin, sum(get_byte(l, at + 1)::bigint << 24 | get_byte(l, at + 2) << 16 | get_byte(l, at + 3) << 8 | get_byte(l, at + 4)) AS n
                    FROM (SELECT r.latency || excluded.latency AS l) AS joined, generate_series(0, length(l) - {LatencyHistogram.EntryBytes}, {LatencyHistogram.EntryBytes}) AS at
                    GROUP BY 1) AS folded) END
        """;

    public static async Task WriteAsync(NpgsqlConnection connection, RollupBatch batch, CancellationToken cancellationToken)
    {
        var rows = batch.Rows();
        if (rows.Count == 0) return;
        await using var command = new NpgsqlCommand(Sql, connection);
        AddKeys(command, rows);
        Add(command, NpgsqlDbType.Bigint, rows, static row => row.Value.Requests);
        Add(command, NpgsqlDbType.Bigint, rows, static row => row.Value.Failures);
        Add(command, NpgsqlDbType.Bigint, rows, static row => row.Value.Attempts);
        Add(command, NpgsqlDbType.Bigint, rows, static row => row.Value.Unpriced);
        Add(command, NpgsqlDbType.Numeric, rows, static row => row.Value.Cost);
        Add(command, NpgsqlDbType.Bytea, rows, static row => LatencyHistogram.Pack(row.Value.Latency));
        foreach (var bucket in TokenCounts.Buckets)
            Add(command, NpgsqlDbType.Bigint, rows, row => row.Value.Tokens[bucket]);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await RollupDay.RaiseAsync(connection, rows, cancellationToken);
    }

    /// <summary>The columns of the primary key, as the first eight parameters.</summary>
    internal static void AddKeys(NpgsqlCommand command, IReadOnlyList<KeyValuePair<RollupKey, RollupSums>> rows)
    {
        Add(command, NpgsqlDbType.Text, rows, static row => row.Key.Tenant);
        Add(command, NpgsqlDbType.Smallint, rows, static row => (short)row.Key.Kind);
        Add(command, NpgsqlDbType.Smallint, rows, static row => (short)row.Key.Grain);
        Add(command, NpgsqlDbType.TimestampTz, rows, static row => row.Key.BucketStart);
        Add(command, NpgsqlDbType.Text, rows, static row => row.Key.Subject);
        Add(command, NpgsqlDbType.Text, rows, static row => row.Key.Provider);
        Add(command, NpgsqlDbType.Text, rows, static row => row.Key.Model);
        Add(command, NpgsqlDbType.Smallint, rows, static row => (short)row.Key.Status);
    }

    internal static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, IReadOnlyList<KeyValuePair<RollupKey, RollupSums>> rows, Func<KeyValuePair<RollupKey, RollupSums>, T> value)
    {
        var values = new T[rows.Count];
        for (var index = 0; index < values.Length; index++) values[index] = value(rows[index]);
        command.Parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
