using System.Diagnostics.Metrics;
using AgentConsole.Platform;
using Npgsql;
using NpgsqlTypes;

namespace AgentConsole.Alerts;

/// <summary>Opens an alert for each subject that has none open, and renews the words of one that is. In the transaction that is open on the connection: after its commit call <see cref="AlertSignals.SignalAlerts"/>.</summary>
public sealed partial class RaiseAlerts(TimeProvider time, ILogger<RaiseAlerts> logger)
{
    private const string Sql = """
        INSERT INTO alerts (tenant_id, alert_id, source, alert_key, severity, title, detail, link, is_tenants, raised_at, seen_at)
        SELECT d.*, $10, $10 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS d
        ON CONFLICT (tenant_id, source, alert_key) WHERE closed_at IS NULL DO UPDATE SET
          severity = excluded.severity, title = excluded.title, detail = excluded.detail, link = excluded.link, seen_at = excluded.seen_at
        RETURNING alert_id
        """;

    private static readonly Counter<long> Raised = Telemetry.Meter.CreateCounter<long>("console.alerts.raised", "{alert}", "Alerts opened, by source and severity.");

    /// <summary>Answers those that were opened. Each of the others was open before.</summary>
    public async Task<IReadOnlyList<AlertSubject>> ExecuteAsync(NpgsqlConnection connection, IReadOnlyList<AlertNotice> notices, CancellationToken cancellationToken)
    {
        if (notices.Count == 0) return [];
        var now = time.GetUtcNow();
        // In one order, so that two who raise never deadlock.
        var opened = notices.DistinctBy(static notice => notice.Subject)
            .OrderBy(static notice => notice.Subject.Tenant, StringComparer.Ordinal).ThenBy(static notice => notice.Subject.Source, StringComparer.Ordinal).ThenBy(static notice => notice.Subject.Key, StringComparer.Ordinal)
            .ToDictionary(_ => Guid.CreateVersion7(now));
        await using var command = Command(connection, opened, now);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var added = new List<AlertSubject>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!opened.TryGetValue(reader.GetGuid(0), out var notice)) continue;
            added.Add(notice.Subject);
            Tell(notice);
        }
        return added;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, Dictionary<Guid, AlertNotice> notices, DateTimeOffset now)
    {
        var command = new NpgsqlCommand(Sql, connection);
        Add(command, NpgsqlDbType.Text, notices, static pair => pair.Value.Subject.Tenant ?? Alert.Platform);
        Add(command, NpgsqlDbType.Uuid, notices, static pair => pair.Key);
        Add(command, NpgsqlDbType.Text, notices, static pair => pair.Value.Subject.Source);
        Add(command, NpgsqlDbType.Text, notices, static pair => pair.Value.Subject.Key);
        Add(command, NpgsqlDbType.Smallint, notices, static pair => (short)pair.Value.Severity);
        Add(command, NpgsqlDbType.Text, notices, static pair => pair.Value.Title);
        Add(command, NpgsqlDbType.Text, notices, static pair => Cut(pair.Value.Detail));
        Add(command, NpgsqlDbType.Text, notices, static pair => pair.Value.Link);
        Add(command, NpgsqlDbType.Boolean, notices, static pair => pair.Value.IsTenants);
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return command;
    }

    private static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, Dictionary<Guid, AlertNotice> notices, Func<KeyValuePair<Guid, AlertNotice>, T> value) =>
        command.Parameters.Add(new() { Value = notices.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

    private static string Cut(string detail) => detail.Length <= AlertNotice.MaxDetailLength ? detail : detail[..(AlertNotice.MaxDetailLength - 1)] + "…";

    private void Tell(AlertNotice notice)
    {
        Raised.Add(1, new("source", notice.Subject.Source), new("severity", notice.Severity.Name()));
        // What a tenant asked to be told is no trouble of the app's, and names its users.
        if (notice.IsTenants) LogTenants(logger, notice.Subject.Source, notice.Subject.Tenant);
        else LogRaised(logger, notice.Severity == AlertSeverity.Critical ? LogLevel.Error : LogLevel.Warning, notice.Subject.Source, notice.Subject.Tenant, notice.Title);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "An alert that tenant {Tenant} asked for was raised by a {Source}")]
    private static partial void LogTenants(ILogger logger, string source, string? tenant);

    [LoggerMessage(Message = "Alert raised by {Source}, tenant {Tenant}: {Title}")]
    private static partial void LogRaised(ILogger logger, LogLevel level, string source, string? tenant, string title);
}
