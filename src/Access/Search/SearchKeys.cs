using AgentConsole.Access.Keys;
using AgentConsole.Platform.Data;
using AgentConsole.Shell;
using AgentConsole.Shell.Search;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Access.Search;

/// <summary>Finds API keys by the beginning of what may be shown of them, by their names, and by a whole key that someone was sent: of that only the part is compared that is no secret.</summary>
internal sealed class SearchKeys(Database database) : ISearchSource
{
    private const string Sql = """
        SELECT k.tenant_id, k.key_id, k.name, k.revoked_at IS NOT NULL FROM api_keys AS k
        WHERE ($1 OR k.tenant_id = ANY($2)) AND ((k.key_id >= $3 AND k.key_id < $4) OR strpos(lower(k.name), lower($5)) > 0)
        ORDER BY k.key_id = $3 DESC, k.tenant_id = $6 DESC, k.revoked_at IS NOT NULL, k.created_at DESC LIMIT $7
        """;

    public SearchKind Kind { get; } = new(30, "API keys", "keys", "prefixes that begin with it, names that have it");

    public string Policy { get; } = Permission.ReadKeys.Policy();

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchAsk ask, CancellationToken cancellationToken)
    {
        var id = ask.Text.StartsWith(KeySecret.Mark, StringComparison.Ordinal) ? ask.Text[KeySecret.Mark.Length..] : ask.Text;
        if (id.Length > KeySecret.IdLength) id = id[..KeySecret.IdLength];
        await using var session = await database.BeginAsync(ask.Reach, cancellationToken);
        await using var command = new NpgsqlCommand(Sql, session.Connection);
        command.Parameters.Add(new() { Value = ask.Reach.IsPlatform });
        command.Parameters.Add(new() { Value = ask.Reach.Tenants.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = (ask with { Text = id }).End });
        command.Parameters.Add(new() { Value = ask.Text });
        command.Parameters.Add(new() { Value = ask.Tenant ?? "" });
        command.Parameters.Add(new() { Value = ask.Most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hits = new List<SearchHit>();
        while (await reader.ReadAsync(cancellationToken)) hits.Add(Hit(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3)));
        return hits;
    }

    private static SearchHit Hit(string tenant, string id, string name, bool isRevoked)
    {
        string? own = tenant == Caller.PlatformMark ? null : tenant;
        var page = PageUrl.Parse(Links.Keys).With("key", id);
        return new(KeySecret.Prefix(id), (own is null ? page : page.With("tenant", own)).ToString(), own, isRevoked ? $"{name}, revoked" : name);
    }
}
