using AgentConsole.Access;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Anomalies.Search;

/// <summary>Finds cases by the beginning of whose they are: a user, a key or a tenant. Those that are not closed come first.</summary>
internal sealed class SearchCases(Database database) : ISearchSource
{
    private const string Sql = """
        SELECT c.tenant_id, c.case_id, c.subject_of, c.subject, c.excess, c.began_at, c.state FROM cases AS c
        WHERE ($1 OR c.tenant_id = ANY($2)) AND ((c.subject >= $3 AND c.subject < $4 AND c.subject <> '') OR (c.subject_of = 1 AND c.tenant_id >= $3 AND c.tenant_id < $4))
        ORDER BY c.state = 3, c.tenant_id = $5 DESC, c.excess DESC, c.case_id LIMIT $6
        """;

    public SearchKind Kind { get; } = new(15, "Cases", "cases", "users, keys and tenants that begin with it");

    public string Policy { get; } = Permission.ReadUsage.Policy();

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(ask.Reach, cancellationToken);
        await using var command = new NpgsqlCommand(Sql, session.Connection);
        command.Parameters.Add(new() { Value = ask.Reach.IsPlatform });
        command.Parameters.Add(new() { Value = ask.Reach.Tenants.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        foreach (var text in new[] { ask.Text, ask.End, ask.Tenant ?? "" }) command.Parameters.Add(new() { Value = text, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = ask.Most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hits = new List<SearchHit>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (subject, id) = (new CaseSubject(reader.GetString(0), (CaseOf)reader.GetInt16(2), reader.GetString(3)), reader.GetGuid(1));
            var detail = $"{Format.Money(reader.GetDecimal(4))} above expected on {Format.Date(reader.GetFieldValue<DateTimeOffset>(5), TimeZoneInfo.Utc)}, {((CaseState)reader.GetInt16(6)).Name()}";
            hits.Add(new(CaseWords.Who(subject), CaseWords.Link(subject.Tenant, id), subject.Tenant, detail));
        }
        return hits;
    }
}
