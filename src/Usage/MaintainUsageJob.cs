using AgentConsole.Jobs;
using AgentConsole.Platform.Data;
using Quartz;

namespace AgentConsole.Usage;

/// <summary>Makes partitions ahead of time, and lets refused items go that were kept long enough.</summary>
internal sealed class MaintainUsageJob(UsagePartitions partitions, Database database, UsageOptions options, TimeProvider time) : IJob
{
    /// <summary>Hourly, so that rows in the default partition do not stay there long.</summary>
    public static readonly ScheduledJob Schedule = new(typeof(MaintainUsageJob), "0 7 * * * ?");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await partitions.EnsureAsync(cancellationToken);
        await using var command = database.Source.CreateCommand("DELETE FROM usage_rejections WHERE received_at < $1");
        command.Parameters.Add(new() { Value = time.GetUtcNow().AddDays(-options.RejectionsKeptDays).UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
