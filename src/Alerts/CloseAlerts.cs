using System.Diagnostics.Metrics;
using AgentConsole.Platform;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Alerts;

/// <summary>Closes what is open of subjects that are well again. In the transaction that is open on the connection: after its commit call <see cref="AlertSignals.SignalAlerts"/>.</summary>
public sealed partial class CloseAlerts(TimeProvider time, ILogger<CloseAlerts> logger)
{
    private const string Sql = """
        UPDATE alerts AS a SET closed_at = $4 FROM unnest($1, $2, $3) AS d(tenant_id, source, alert_key)
        WHERE a.tenant_id = d.tenant_id AND a.source = d.source AND a.alert_key = d.alert_key AND a.closed_at IS NULL
        RETURNING a.tenant_id, a.source, a.alert_key, CASE WHEN a.is_tenants THEN 'as its tenant asked' ELSE a.title END
        """;

    private const string SqlBut = """
        UPDATE alerts SET closed_at = $5 WHERE tenant_id = $1 AND source = $2 AND starts_with(alert_key, $3) AND closed_at IS NULL AND alert_key <> ALL ($4)
        RETURNING tenant_id, source, alert_key, CASE WHEN is_tenants THEN 'as its tenant asked' ELSE title END
        """;

    private static readonly Counter<long> Closed = Telemetry.Meter.CreateCounter<long>("console.alerts.closed", "{alert}", "Alerts closed, by source.");

    /// <summary>Answers those that were open.</summary>
    public async Task<IReadOnlyList<AlertSubject>> ExecuteAsync(NpgsqlConnection connection, IReadOnlyList<AlertSubject> subjects, CancellationToken cancellationToken)
    {
        if (subjects.Count == 0) return [];
        await using var command = new NpgsqlCommand(Sql, connection);
        foreach (var values in new[] { subjects.Select(static subject => subject.Tenant ?? Alert.Platform), subjects.Select(static subject => subject.Source), subjects.Select(static subject => subject.Key) })
            command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return await CloseAsync(command, cancellationToken);
    }

    /// <summary>Closes what is open of a source and a beginning of the key, but those keys.</summary>
    public async Task<IReadOnlyList<AlertSubject>> AllButAsync(NpgsqlConnection connection, string? tenant, string source, string prefix, IReadOnlyCollection<string> but, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SqlBut, connection);
        foreach (var value in new[] { tenant ?? Alert.Platform, source, prefix }) command.Parameters.Add(new() { Value = value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = but.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return await CloseAsync(command, cancellationToken);
    }

    /// <summary>The time is the last parameter of either statement.</summary>
    private async Task<IReadOnlyList<AlertSubject>> CloseAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var closed = new List<AlertSubject>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var subject = new AlertSubject(reader.GetString(0) is { Length: > 0 } tenant ? tenant : null, reader.GetString(1), reader.GetString(2));
            closed.Add(subject);
            Closed.Add(1, new KeyValuePair<string, object?>("source", subject.Source));
            LogClosed(logger, subject.Source, subject.Tenant, reader.GetString(3));
        }
        return closed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Alert closed by {Source}, tenant {Tenant}: {Title}")]
    private static partial void LogClosed(ILogger logger, string source, string? tenant, string title);
}
