using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>How dimensions are said in SQL; the row is called r. "None" is the empty string, on either side of a comparison.</summary>
internal static class UsageSql
{
    public static string EventColumn(Dimension dimension) => dimension switch
    {
        Dimension.Tenant => "r.tenant_id",
        Dimension.Provider => "r.provider",
        Dimension.Model => "r.model",
        Dimension.User => "coalesce(r.user_id, '')",
        Dimension.Key => "coalesce(r.key_id, '')",
        Dimension.Team => "coalesce(r.team, '')",
        Dimension.Agent => "coalesce(r.agent, '')",
        Dimension.Tool => "coalesce(r.tool, '')",
        Dimension.Operation => "coalesce(r.operation, '')",
        Dimension.Status => "r.status",
        Dimension.Prompt => "coalesce(r.prompt, '')",
        Dimension.PromptVersion => "coalesce(r.prompt_version, '')",
        Dimension.Source => "r.source",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };

    /// <summary>Conditions to follow a WHERE, values as parameters. Tenants are not among them: the caller names those first of all.</summary>
    public static string Filter(NpgsqlCommand command, UsageFilter filter, Func<Dimension, string> column)
    {
        var conditions = "";
        foreach (var (dimension, values) in filter.Values)
        {
            if (dimension == Dimension.Tenant || values.Count == 0) continue;
            command.Parameters.Add(dimension == Dimension.Status
                ? new() { Value = values.Select(static value => (short)(UsageStatuses.Parse(value) ?? (UsageStatus)(-1))).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint }
                : new() { Value = values.Select(static value => value ?? "").ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            conditions += $" AND {column(dimension)} = ANY(${command.Parameters.Count})";
        }
        return conditions;
    }

    public static string? GroupValue(NpgsqlDataReader reader, int ordinal, Dimension dimension)
    {
        if (dimension == Dimension.Status) return ((UsageStatus)reader.GetInt16(ordinal)).Name();
        var value = reader.GetString(ordinal);
        return value.Length == 0 ? null : value;
    }
}
