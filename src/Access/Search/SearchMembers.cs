using AgentConsole.Access.Members;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Access.Search;

/// <summary>Finds members by a part of the name or the address. As on their page: those with a role within reach, and of their roles only those.</summary>
internal sealed class SearchMembers(MemberDb store) : ISearchSource
{
    private const string Sql = """
        SELECT m.member_id, m.name, m.email, h.places FROM members AS m
        CROSS JOIN LATERAL (
          SELECT array_agg(s.tenant_id ORDER BY s.tenant_id) AS places FROM memberships AS s WHERE s.member_id = m.member_id AND ($1 OR s.tenant_id = ANY($2))) AS h
        WHERE (strpos(m.email_key, $3) > 0 OR strpos(lower(m.name), lower($4)) > 0) AND h.places IS NOT NULL
        ORDER BY m.email_key = $3 DESC, strpos(m.email_key, $3) = 1 DESC, m.email_key LIMIT $5
        """;

    public SearchKind Kind { get; } = new(20, "Members", "members", "names and addresses that have it");

    public string Policy { get; } = Permission.ReadMembers.Policy();

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken)
    {
        if (ask.Reach.IsNone) return [];
        string[] places = [.. ask.Reach.Tenants.Where(static place => place != Membership.Platform)];
        await using var db = store.Open();
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Sql, (NpgsqlConnection)db.Database.GetDbConnection());
        command.Parameters.Add(new() { Value = ask.Reach.IsPlatform });
        command.Parameters.Add(new() { Value = places, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Member.KeyOf(ask.Text) });
        command.Parameters.Add(new() { Value = ask.Text });
        command.Parameters.Add(new() { Value = ask.Most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hits = new List<SearchHit>();
        while (await reader.ReadAsync(cancellationToken))
            hits.Add(new(reader.GetString(1), PageUrl.Parse(Links.Members).With("member", reader.GetGuid(0).ToString()).ToString(), Where(reader.GetFieldValue<string[]>(3)), reader.GetString(2)));
        return hits;
    }

    private static string Where(string[] places) => places switch
    {
        [Membership.Platform, ..] => "platform",
        [var only] => only,
        [var first, ..] => $"{first} and more",
        [] => "",
    };
}
