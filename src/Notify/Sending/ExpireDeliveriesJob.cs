using AgentConsole.Jobs;
using AgentConsole.Platform.Data;
using Npgsql;
using NpgsqlTypes;
using Quartz;

namespace AgentConsole.Notify.Sending;

/// <summary>Lets deliveries go that are at their end and were kept long enough.</summary>
internal sealed class ExpireDeliveriesJob(Database database, NotifyOptions options, TimeProvider time) : IJob
{
    public static readonly ScheduledJob Schedule = new(typeof(ExpireDeliveriesJob), "0 37 * * * ?", "Removes deliveries from the log that were kept long enough.");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
        await using (var command = new NpgsqlCommand("DELETE FROM deliveries USING tenants WHERE deliveries.tenant_id = tenants.tenant_id AND deliveries.created_at < $1 AND deliveries.state <> 1", session.Connection))
        {
            command.Parameters.Add(new() { Value = time.GetUtcNow().AddDays(-options.DeliveriesKeptDays).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await session.CommitAsync(cancellationToken);
    }
}
