using AgentConsole.Platform.Data;
using Npgsql;

namespace AgentConsole.Usage;

/// <param name="Requests">How many requests' texts are stored.</param>
/// <param name="Bytes">As they are stored.</param>
public sealed record ContentSize(long Requests, long Bytes);

/// <summary>About the texts that are stored, never the texts themselves: those are read by <see cref="RevealContent"/> alone.</summary>
public sealed class ContentQueries(Database database)
{
    private const string Measure = """
        SELECT count(*), coalesce(sum(coalesce(octet_length(input), 0) + coalesce(octet_length(output), 0)), 0)::bigint FROM usage_contents WHERE tenant_id = $1
        """;

    public async Task<ContentSize> SizeAsync(Reach reach, string tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(reach, cancellationToken);
        return await SizeAsync(session.Connection, tenant, cancellationToken);
    }

    internal static async Task<ContentSize> SizeAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Measure, connection) { Parameters = { new() { Value = tenant } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt64(0), reader.GetInt64(1));
    }
}
