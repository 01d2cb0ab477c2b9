using AgentConsole.Platform.Data;
using AgentConsole.Shell.Search;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage.Search;

/// <summary>What the statements of a search are given: $1 tenants, $2 and $3 the range of the text, $4 the tenant that comes first, $5 how many.</summary>
internal static class SearchSql
{
    public static async Task<NpgsqlCommand> CommandAsync(Session session, string sql, SearchAsk ask, CancellationToken cancellationToken)
    {
        var tenants = await UsageSql.TenantsAsync(session, ask.Reach, UsageFilter.None, cancellationToken);
        var command = new NpgsqlCommand(sql, session.Connection);
        command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = ask.Text, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = ask.End, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = ask.Tenant ?? "", NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = ask.Most, NpgsqlDbType = NpgsqlDbType.Integer });
        return command;
    }
}
