using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Access.Search;

/// <summary>Finds tenants by a part of the name or the id: there are few enough of them to look at each.</summary>
internal sealed class SearchTenants(Database database) : ISearchSource
{
    private const string Sql = """
        SELECT t.tenant_id, t.name FROM tenants AS t
        WHERE ($1 OR t.tenant_id = ANY($2)) AND (strpos(lower(t.tenant_id), lower($3)) > 0 OR strpos(lower(t.name), lower($3)) > 0)
        ORDER BY lower(t.tenant_id) = lower($3) DESC, strpos(lower(t.tenant_id), lower($3)) = 1 DESC, t.tenant_id LIMIT $4
        """;

    public SearchKind Kind { get; } = new(15, "Tenants", "tenants", "names and ids that have it");

    public string Policy { get; } = Permission.ReadTenants.Policy();

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(ask.Reach, cancellationToken);
        await using var command = new NpgsqlCommand(Sql, session.Connection);
        command.Parameters.Add(new() { Value = ask.Reach.IsPlatform });
        command.Parameters.Add(new() { Value = ask.Reach.Tenants.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = ask.Text });
        command.Parameters.Add(new() { Value = ask.Most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hits = new List<SearchHit>();
        while (await reader.ReadAsync(cancellationToken)) hits.Add(new(reader.GetString(1), Links.Tenant(reader.GetString(0)), reader.GetString(0)));
        return hits;
    }
}
