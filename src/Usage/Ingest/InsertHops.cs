using AgentConsole.Latency;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Ingest;

/// <summary>Adds the hops that are not there yet; a hop sent again changes nothing.</summary>
internal static class InsertHops
{
    private const string Sql = """
        INSERT INTO hop_timings (tenant_id, trace_id, span_id, parent_span_id, name, kind, started_at, duration_us, status, agent, session)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING
        """;

    /// <summary>In the order of the key, so that writers never deadlock.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection connection, List<HopTiming> hops, CancellationToken cancellationToken)
    {
        if (hops.Count == 0) return;
        hops.Sort(static (a, b) => Compare(a, b));
        await using var command = new NpgsqlCommand(Sql, connection);
        Add(command, NpgsqlDbType.Text, hops, static hop => hop.TenantId);
        Add(command, NpgsqlDbType.Text, hops, static hop => hop.TraceId);
        Add(command, NpgsqlDbType.Text, hops, static hop => hop.SpanId);
        Add(command, NpgsqlDbType.Text, hops, static hop => hop.ParentSpanId);
        Add(command, NpgsqlDbType.Text, hops, static hop => hop.Name);
        Add(command, NpgsqlDbType.Smallint, hops, static hop => (short)hop.Kind);
        Add(command, NpgsqlDbType.TimestampTz, hops, static hop => hop.StartedAt.UtcDateTime);
        Add(command, NpgsqlDbType.Bigint, hops, static hop => hop.DurationUs);
        Add(command, NpgsqlDbType.Smallint, hops, static hop => (short)hop.Status);
        Add(command, NpgsqlDbType.Text, hops, static hop => hop.Agent);
        Add(command, NpgsqlDbType.Text, hops, static hop => hop.Session);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static int Compare(HopTiming a, HopTiming b)
    {
        var order = string.CompareOrdinal(a.TenantId, b.TenantId);
        if (order == 0) order = string.CompareOrdinal(a.TraceId, b.TraceId);
        return order == 0 ? string.CompareOrdinal(a.SpanId, b.SpanId) : order;
    }

    private static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, List<HopTiming> hops, Func<HopTiming, T> value) =>
        command.Parameters.Add(new() { Value = hops.ConvertAll(hop => value(hop)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
