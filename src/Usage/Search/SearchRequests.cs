using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;

namespace AgentConsole.Usage.Search;

/// <summary>Finds requests by their id or its beginning, of all time: in the table of ids, whose key begins with tenant and id.</summary>
internal sealed class SearchRequests(Database database) : ISearchSource
{
    private const string Sql = """
        SELECT f.tenant_id, f.event_id, f.source, f.occurred_at FROM unnest($1) AS t(tenant_id)
        CROSS JOIN LATERAL (
          SELECT k.tenant_id, k.event_id, k.source, k.occurred_at FROM usage_keys AS k
          WHERE k.tenant_id = t.tenant_id AND k.event_id >= $2 AND k.event_id < $3 ORDER BY k.event_id LIMIT $5) AS f
        ORDER BY f.event_id = $2 DESC, f.tenant_id = $4 DESC, f.event_id, f.occurred_at DESC LIMIT $5
        """;

    public SearchKind Kind { get; } = new(40, "Requests", "requests", "ids that begin with it");

    public string Policy { get; } = Permission.ReadUsage.Policy();

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(ask.Reach, cancellationToken);
        await using var command = await SearchSql.CommandAsync(session, Sql, ask, cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hits = new List<SearchHit>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (tenant, id, at) = (reader.GetString(0), reader.GetString(1), new DateTimeOffset(reader.GetDateTime(3)));
            // Several sources may have sent the same id: one page shows them.
            if (!hits.Any(hit => hit.Title == id && hit.Tenant == tenant)) hits.Add(new(id, Links.Request(tenant, id), tenant, $"{Format.DateTime(at, TimeZoneInfo.Utc)} UTC, {reader.GetString(2)}"));
        }
        return hits;
    }
}
