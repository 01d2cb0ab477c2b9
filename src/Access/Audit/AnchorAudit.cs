using System.Globalization;
using System.Text.Json.Nodes;
using AgentConsole.Jobs;
using AgentConsole.Platform.Data;
using Npgsql;
using Quartz;

namespace AgentConsole.Access.Audit;

/// <summary>
/// Notes each day in the platform's own log where every other log ends, and in the app's log where the platform's own ends. A log that is cut together with its head then
/// contradicts the platform's, and the platform's contradicts whatever keeps the app's log lines.
/// </summary>
internal sealed partial class AnchorAudit(Database database, AuditLog audit, ILogger<AnchorAudit> logger)
{
    public const string Action = "audit.anchor";

    /// <summary>Heads in one entry.</summary>
    private const int MaxHeads = 500;

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        var heads = await GrownAsync(session.Connection, cancellationToken);
        foreach (var part in heads.Chunk(MaxHeads))
            await audit.AppendAsync(session.Connection, new("", Actor.System, Action, string.Create(CultureInfo.InvariantCulture, $"{part.Length} logs"), null, Write(part)), cancellationToken);
        var own = await OwnAsync(session.Connection, cancellationToken);
        await session.CommitAsync(cancellationToken);
        if (own is not null) LogAnchor(logger, own.Entries, own.Hash);
    }

    internal static IEnumerable<(string Tenant, AuditChainHead Head)> Read(string json)
    {
        foreach (var (tenant, head) in JsonNode.Parse(json)?.AsObject() ?? [])
            if (head is JsonObject && head["entries"]?.GetValue<long>() is { } entries && head["hash"]?.GetValue<string>() is { } hash) yield return (tenant, new(tenant, entries, hash));
    }

    private static JsonObject Write(IEnumerable<AuditChainHead> heads) =>
        new(heads.Select(static head => KeyValuePair.Create(head.Tenant, (JsonNode?)new JsonObject { ["entries"] = head.Entries, ["hash"] = head.Hash })));

    /// <summary>Of the tenants whose logs have grown since they were last noted.</summary>
    private static async Task<List<AuditChainHead>> GrownAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH noted AS MATERIALIZED (
              SELECT n.key AS tenant_id, max((n.value ->> 'entries')::bigint) AS sequence
              FROM audit_entries AS e, jsonb_each(e.after) AS n WHERE e.tenant_id = '' AND e.action = '{Action}' GROUP BY n.key)
            SELECT h.tenant_id, h.sequence, encode(h.hash, 'hex') FROM audit_heads AS h LEFT JOIN noted AS n USING (tenant_id)
            WHERE h.tenant_id <> '' AND h.sequence > coalesce(n.sequence, 0) ORDER BY h.tenant_id
            """;
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var heads = new List<AuditChainHead>();
        while (await reader.ReadAsync(cancellationToken)) heads.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        return heads;
    }

    private static async Task<AuditChainHead?> OwnAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT sequence, encode(hash, 'hex') FROM audit_heads WHERE tenant_id = ''", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new("", reader.GetInt64(0), reader.GetString(1)) : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit anchor: the platform's log has {Entries} entries, the last with hash {Hash}")]
    private static partial void LogAnchor(ILogger logger, long entries, string hash);
}

internal sealed class AnchorAuditJob(AnchorAudit anchor) : IJob
{
    public static readonly ScheduledJob Schedule = new(typeof(AnchorAuditJob), "0 7 0 * * ?", "Writes down where each audit chain ends, so that a chain cut short is found.");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await anchor.ExecuteAsync(cancellationToken);
}
