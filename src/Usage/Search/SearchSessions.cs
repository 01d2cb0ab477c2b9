using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using AgentConsole.Usage.Pages;
using NpgsqlTypes;

namespace AgentConsole.Usage.Search;

/// <summary>Finds sessions of the last 90 days by the beginning of their ids, each by its newest request; by the index of sessions, one step per session shown.</summary>
internal sealed class SearchSessions(Database database, TimeProvider time) : ISearchSource
{
    /// <summary>Partitions before it are not looked into.</summary>
    private static readonly TimeSpan Since = TimeSpan.FromDays(90);

    private const string Fitting = "r.tenant_id = t.tenant_id AND r.session < $3 AND r.occurred_at >= $6";

    private const string Sql = $"""
        SELECT f.tenant_id, f.session, l.occurred_at FROM unnest($1) AS t(tenant_id)
        CROSS JOIN LATERAL (
          WITH RECURSIVE s AS (
            (SELECT r.session FROM usage_events AS r WHERE {Fitting} AND r.session >= $2 ORDER BY r.session LIMIT 1)
            UNION ALL
            SELECT n.session FROM s CROSS JOIN LATERAL (SELECT r.session FROM usage_events AS r WHERE {Fitting} AND r.session > s.session ORDER BY r.session LIMIT 1) AS n)
          SELECT t.tenant_id, s.session FROM s LIMIT $5) AS f
        CROSS JOIN LATERAL (
          SELECT r.occurred_at FROM usage_events AS r WHERE r.tenant_id = t.tenant_id AND r.session = f.session AND r.occurred_at >= $6 ORDER BY r.occurred_at DESC LIMIT 1) AS l
        ORDER BY f.session = $2 DESC, f.tenant_id = $4 DESC, l.occurred_at DESC, f.session LIMIT $5
        """;

    public SearchKind Kind { get; } = new(45, "Sessions", "session", "ids that begin with it, of the last 90 days");

    public string Policy { get; } = Permission.ReadUsage.Policy();

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(ask.Reach, cancellationToken);
        await using var command = await SearchSql.CommandAsync(session, Sql, ask, cancellationToken);
        command.Parameters.Add(new() { Value = (time.GetUtcNow() - Since).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hits = new List<SearchHit>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (tenant, id, at) = (reader.GetString(0), reader.GetString(1), new DateTimeOffset(reader.GetDateTime(2)));
            hits.Add(new(id, UsageLinks.Session(PageUrl.Parse("/"), tenant, id).ToString(), tenant, $"newest request {Format.DateTime(at, TimeZoneInfo.Utc)} UTC"));
        }
        return hits;
    }
}
