using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using AgentConsole.Usage.Pages;
using AgentConsole.Usage.Rollups;

namespace AgentConsole.Usage.Search;

/// <summary>
/// Finds users or virtual keys by the beginning of their ids, and when each was last seen. Reads no event: the rollups have an index by subject, of which each step takes the next id, so
/// that a search costs as much as it shows, however many ids there are.
/// </summary>
internal abstract class SearchSubjects(Database database, TimeProvider time, RollupKind kind, Dimension dimension, SearchKind found) : ISearchSource
{
    private readonly string _sql = $"""
        SELECT f.tenant_id, f.subject, l.bucket_start FROM unnest($1) AS t(tenant_id)
        CROSS JOIN LATERAL (
          WITH RECURSIVE s AS (
            (SELECT r.subject FROM usage_rollups AS r WHERE {Of(kind)} AND r.subject >= $2 AND r.subject < $3 ORDER BY r.subject LIMIT 1)
            UNION ALL
            SELECT n.subject FROM s CROSS JOIN LATERAL (
              SELECT r.subject FROM usage_rollups AS r WHERE {Of(kind)} AND r.subject > s.subject AND r.subject < $3 ORDER BY r.subject LIMIT 1) AS n)
          SELECT t.tenant_id, s.subject FROM s LIMIT $5) AS f
        CROSS JOIN LATERAL (
          SELECT r.bucket_start FROM usage_rollups AS r WHERE {Of(kind)} AND r.subject = f.subject ORDER BY r.bucket_start DESC LIMIT 1) AS l
        ORDER BY f.subject = $2 DESC, f.tenant_id = $4 DESC, l.bucket_start DESC, f.subject LIMIT $5
        """;

    public SearchKind Kind => found;

    public string Policy { get; } = Permission.ReadUsage.Policy();

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(ask.Reach, cancellationToken);
        await using var command = await SearchSql.CommandAsync(session, _sql, ask, cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hits = new List<SearchHit>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (tenant, subject, day) = (reader.GetString(0), reader.GetString(1), new DateTimeOffset(reader.GetDateTime(2)));
            hits.Add(new(subject, UsageLinks.Found(tenant, dimension, subject, day, time.GetUtcNow()).ToString(), tenant, $"last seen {Format.Date(day, TimeZoneInfo.Utc)}"));
        }
        return hits;
    }

    private static string Of(RollupKind kind) => $"r.tenant_id = t.tenant_id AND r.kind = {(short)kind} AND r.grain = {(short)RollupGrain.Day}";
}

internal sealed class SearchUsers(Database database, TimeProvider time) : SearchSubjects(database, time, RollupKind.UserTotal, Dimension.User, new(10, "Users", "members", "ids that begin with it"));

internal sealed class SearchVirtualKeys(Database database, TimeProvider time) : SearchSubjects(database, time, RollupKind.KeyTotal, Dimension.Key, new(35, "Virtual keys", "keys", "ids that begin with it"));
