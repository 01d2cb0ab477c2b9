using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Rollups;

/// <summary>Adds changes of cost to rollups that have the events already, in the caller's transaction and in the order in which <see cref="RollupWriter"/> locks rows.</summary>
internal static class RollupCorrection
{
    private const string Sql = """
        UPDATE usage_rollups AS r SET cost = r.cost + d.cost, unpriced = r.unpriced + d.unpriced
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS d(tenant_id, kind, grain, bucket_start, subject, provider, model, status, cost, unpriced)
        WHERE r.tenant_id = d.tenant_id AND r.kind = d.kind AND r.grain = d.grain AND r.bucket_start = d.bucket_start
          AND r.subject = d.subject AND r.provider = d.provider AND r.model = d.model AND r.status = d.status
        """;

    /// <summary>Throws when a rollup lacks a row: its events were never added to it, and a correction would hide that.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, RollupBatch batch, CancellationToken cancellationToken)
    {
        List<KeyValuePair<RollupKey, RollupSums>> rows = [.. batch.Rows().Where(static row => row.Value.Cost != 0 || row.Value.Unpriced != 0)];
        if (rows.Count == 0) return;
        await using var command = new NpgsqlCommand(Sql, connection);
        RollupWriter.AddKeys(command, rows);
        RollupWriter.Add(command, NpgsqlDbType.Numeric, rows, static row => row.Value.Cost);
        RollupWriter.Add(command, NpgsqlDbType.Bigint, rows, static row => row.Value.Unpriced);
        var corrected = await command.ExecuteNonQueryAsync(cancellationToken);
        if (corrected != rows.Count) throw new InvalidOperationException($"The rollups lack {rows.Count - corrected} of {rows.Count} rows that events below the watermark belong to.");
        await RollupDay.RaiseAsync(connection, rows, cancellationToken);
    }
}
