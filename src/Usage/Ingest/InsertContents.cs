using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Ingest;

/// <summary>
/// Stores the texts of new events. The tenant's own row has the last word and is held until the commit: once texts are turned off there, no writer adds any more,
/// however late it learns of it.
/// </summary>
internal static class InsertContents
{
    private const string Sql = """
        WITH keeping AS (SELECT tenant_id FROM tenants WHERE tenant_id = ANY($1) AND contents_since IS NOT NULL ORDER BY tenant_id FOR SHARE)
        INSERT INTO usage_contents (tenant_id, event_id, source, stored_at, input, input_bytes, input_cut, output, output_bytes, output_cut)
        SELECT c.tenant_id, c.event_id, c.source, $10, c.input, c.input_bytes, c.input_cut, c.output, c.output_bytes, c.output_cut
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS c(tenant_id, event_id, source, input, input_bytes, input_cut, output, output_bytes, output_cut)
        JOIN keeping USING (tenant_id) ON CONFLICT DO NOTHING
        """;

    public static async Task ExecuteAsync(NpgsqlConnection connection, List<UsageEvent> events, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (events.Count == 0) return;
        await using var command = new NpgsqlCommand(Sql, connection);
        Add(NpgsqlDbType.Text, static usage => usage.TenantId);
        Add(NpgsqlDbType.Text, static usage => usage.Id);
        Add(NpgsqlDbType.Text, static usage => usage.Source);
        Add(NpgsqlDbType.Text, static usage => usage.Content!.Input?.Messages);
        Add(NpgsqlDbType.Bigint, static usage => usage.Content!.Input?.Bytes ?? 0);
        Add(NpgsqlDbType.Boolean, static usage => usage.Content!.Input?.IsCut == true);
        Add(NpgsqlDbType.Text, static usage => usage.Content!.Output?.Messages);
        Add(NpgsqlDbType.Bigint, static usage => usage.Content!.Output?.Bytes ?? 0);
        Add(NpgsqlDbType.Boolean, static usage => usage.Content!.Output?.IsCut == true);
        command.Parameters.Add(new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(NpgsqlDbType type, Func<UsageEvent, T> value) =>
            command.Parameters.Add(new() { Value = events.ConvertAll(usage => value(usage)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
