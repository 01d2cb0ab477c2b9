using AgentConsole.Jobs;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;
using Quartz;

namespace AgentConsole.Alerts;

/// <summary>Forgets closed alerts that were kept long enough. An open one is never forgotten.</summary>
internal sealed class ExpireAlertsJob(Database database, AlertsOptions options, TimeProvider time) : IJob
{
    public static readonly ScheduledJob Schedule = new(typeof(ExpireAlertsJob), "0 52 * * * ?", "Removes closed alerts that were kept long enough.");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        // Those of the platform itself have the empty tenant, which is in no table of tenants.
        await using (var command = new NpgsqlCommand("DELETE FROM alerts USING (SELECT tenant_id FROM tenants UNION ALL SELECT '') AS t WHERE alerts.tenant_id = t.tenant_id AND alerts.closed_at < $1", session.Connection))
        {
            command.Parameters.Add(new() { Value = time.GetUtcNow().AddDays(-options.ClosedKeptDays).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await session.CommitAsync(cancellationToken);
    }
}
