using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Usage;

/// <summary>How tenants and dimensions are said in SQL; the row is called r. "None" is the empty string, on either side of a comparison.</summary>
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

    /// <summary>The tenants that a question is about, which every statement names first of all: those of the filter that are within reach, or all that are.</summary>
    public static async Task<string[]> TenantsAsync(Session session, Reach reach, UsageFilter filter, CancellationToken cancellationToken)
    {
        if (filter[Dimension.Tenant] is { Count: > 0 } named) return [.. named.OfType<string>().Distinct().Where(reach.Includes)];
        if (!reach.IsPlatform) return [.. reach.Tenants];
        await using var command = new NpgsqlCommand("SELECT tenant_id FROM tenants", session.Connection);
        return [.. await ReadTextsAsync(command, cancellationToken)];
    }

    public static async Task<IReadOnlyList<string>> ReadTextsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) texts.Add(reader.GetString(0));
        return texts;
    }

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
        foreach (var (key, values) in filter.Tags)
        {
            if (values.Count == 0) continue;
            var tag = TagColumn(command, key);
            command.Parameters.Add(new() { Value = values.Select(static value => value ?? "").ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            conditions += $" AND {tag} = ANY(${command.Parameters.Count})";
        }
        return conditions;
    }

    /// <summary>To follow a list of columns; the keys of tags are parameters.</summary>
    public static string Groups(NpgsqlCommand command, IReadOnlyList<Facet> groupBy, Func<Dimension, string> column) =>
        string.Concat(groupBy.Select(facet => ", " + (facet.Tag is { } key ? TagColumn(command, key) : column(facet.Known!.Value))));

    private static string TagColumn(NpgsqlCommand command, string key)
    {
        command.Parameters.Add(new() { Value = key, NpgsqlDbType = NpgsqlDbType.Text });
        return $"coalesce(r.tags ->> ${command.Parameters.Count}, '')";
    }

    public static string? GroupValue(NpgsqlDataReader reader, int ordinal, Facet facet)
    {
        if (facet.Known == Dimension.Status) return ((UsageStatus)reader.GetInt16(ordinal)).Name();
        var value = reader.GetString(ordinal);
        return value.Length == 0 ? null : value;
    }
}
