using AgentConsole.Jobs;
using AgentConsole.Platform.Data;
using AgentConsole.Usage.Contents;
using AgentConsole.Usage.Retention;
using Quartz;

namespace AgentConsole.Usage;

/// <summary>Makes partitions ahead of time, and lets requests, texts, refused items and hop timings go that were kept long enough.</summary>
internal sealed class MaintainUsageJob(UsagePartitions partitions, ExpireContents contents, ExpireEvents events, Database database, UsageOptions options, TimeProvider time) : IJob
{
    /// <summary>Hourly, so that rows in the default partition do not stay there long.</summary>
    public static readonly ScheduledJob Schedule = new(typeof(MaintainUsageJob), "0 7 * * * ?", "Makes partitions ahead of time, and removes refused items and hop timings that were kept long enough.");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await partitions.EnsureAsync(cancellationToken);
        await contents.ExecuteAsync(cancellationToken);
        await events.ExecuteAsync(cancellationToken);
        await partitions.DropEmptyAsync(cancellationToken);
        await DeleteAsync("DELETE FROM usage_rejections WHERE received_at < $1", options.RejectionsKeptDays, cancellationToken);
        // Tenant by tenant, as the index goes.
        await DeleteAsync("DELETE FROM hop_timings USING tenants WHERE hop_timings.tenant_id = tenants.tenant_id AND started_at < $1", options.HopsKeptDays, cancellationToken);
    }

    private async Task DeleteAsync(string sql, int keptDays, CancellationToken cancellationToken)
    {
        await using var command = database.Platform.CreateCommand(sql);
        command.Parameters.Add(new() { Value = time.GetUtcNow().AddDays(-keptDays).UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
