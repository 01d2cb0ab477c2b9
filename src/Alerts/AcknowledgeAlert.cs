using System.Text.Json.Nodes;
using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Alerts;

/// <summary>A person has seen an open alert and takes it on: it stays open, and stops calling from every page.</summary>
public sealed class AcknowledgeAlert(Database database, AuditLog audit, IChangeFeed changes, TimeProvider time)
{
    private const string Lock = "SELECT source, alert_key, title, closed_at, acknowledged_by, acknowledged_at, is_tenants FROM alerts WHERE tenant_id = $1 AND alert_id = $2 FOR UPDATE";

    private const string Write = "UPDATE alerts SET acknowledged_by = $3, acknowledged_at = $4 WHERE tenant_id = $1 AND alert_id = $2";

    /// <summary>What the platform's own jobs raise is the platform's to answer for: a tenant's admin sees it and cannot silence it. What a tenant asked to be told is its admins'.</summary>
    public static bool May(Caller caller, string? tenant, bool isTenants) => isTenants && tenant is not null ? caller.Can(Permission.ManageBudgets, tenant) : caller.CanOnPlatform(Permission.ManageBudgets);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownAlert"/> or <see cref="AlertIsClosed"/>. Who came first stays the one who acknowledged it.</summary>
    public async Task<Result<Acknowledgement>> ExecuteAsync(string? tenant, Guid id, Caller caller, CancellationToken cancellationToken)
    {
        if (!May(caller, tenant, isTenants: true)) return caller.Refuse("alert.acknowledge");
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        var (connection, actor) = (session.Connection, caller.Actor);
        var found = await FindAsync(connection, tenant ?? Alert.Platform, id, cancellationToken);
        if (!found.Ok) return found.Error;
        if (!May(caller, tenant, found.Value.IsTenants)) return caller.Refuse("alert.acknowledge");
        if (found.Value.Before is { } earlier) return earlier;
        var acknowledged = new Acknowledgement(actor.Name, time.GetUtcNow());
        await using (var write = Command(Write, connection, tenant ?? Alert.Platform, id))
        {
            write.Parameters.Add(new() { Value = acknowledged.By, NpgsqlDbType = NpgsqlDbType.Text });
            write.Parameters.Add(new() { Value = acknowledged.At.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            await write.ExecuteNonQueryAsync(cancellationToken);
        }
        await audit.AppendAsync(connection, new(tenant ?? Alert.Platform, actor, "alerts.acknowledge", id.ToString(), null, found.Value.Words), cancellationToken);
        await session.CommitAsync(cancellationToken);
        changes.SignalAlerts(found.Value.Subject);
        return acknowledged;
    }

    private static async Task<Result<Found>> FindAsync(NpgsqlConnection connection, string tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var command = Command(Lock, connection, tenant, id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return new UnknownAlert(id);
        if (!reader.IsDBNull(3)) return new AlertIsClosed(reader.GetFieldValue<DateTimeOffset>(3));
        var words = new JsonObject { ["source"] = reader.GetString(0), ["key"] = reader.GetString(1), ["title"] = reader.GetString(2) };
        return new Found(new(tenant == Alert.Platform ? null : tenant, reader.GetString(0), reader.GetString(1)), words, reader.IsDBNull(4) ? null : new(reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5)), reader.GetBoolean(6));
    }

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection, string tenant, Guid id) =>
        new(sql, connection) { Parameters = { new() { Value = tenant }, new() { Value = id } } };

    private sealed record Found(AlertSubject Subject, JsonObject Words, Acknowledgement? Before, bool IsTenants);
}

/// <summary>Who took an alert on, and when.</summary>
public sealed record Acknowledgement(string By, DateTimeOffset At);
