using AgentConsole.Platform;
using Npgsql;
using Quartz;
using Quartz.Extensibility;

namespace AgentConsole.Jobs;

/// <summary>Reads of the schedule, of what runs now on any node, and of what ran. All of it is the platform's: whoever asks may read the platform.</summary>
public sealed class JobQueries(ISchedulerFactory schedulers, IExecutionHistoryStore history, IReadOnlyList<ScheduledJob> jobs)
{
    private const int MaxJobs = 200;

    /// <summary>By name. Fails with <see cref="NoSchedule"/>.</summary>
    public async Task<Result<JobBoard>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            var running = await scheduler.QueryFireInstances(new(), cancellationToken);
            var triggers = await scheduler.GetTriggers([.. jobs.Select(static job => new TriggerKey(job.Job.Name))], cancellationToken);
            var statuses = await history.QueryJobRunStatuses(new() { SchedulerName = scheduler.SchedulerName, Take = MaxJobs }, cancellationToken);
            var nodes = await scheduler.QueryClusterNodes(cancellationToken);
            return new JobBoard(
                [.. jobs.OrderBy(static job => job.Name, StringComparer.Ordinal).Select(job => Row(
                    job, triggers.FirstOrDefault(trigger => trigger.JobKey.Equals(job.Key)), running.Items.FirstOrDefault(firing => job.Key.Equals(firing.JobKey)), statuses.Items.FirstOrDefault(status => status.Job.Equals(job.Key))))],
                [.. nodes.Where(static node => node.LastCheckInUtc is not null).Select(static node => new JobNode(node.InstanceId, node.LastCheckInUtc!.Value, node.State != ClusterNodeState.Failed))]);
        }
        catch (Exception error) when (IsNotThere(error))
        {
            return new NoSchedule();
        }
    }

    /// <summary>Newest first. Fails with <see cref="UnknownJob"/> or <see cref="NoSchedule"/>.</summary>
    public async Task<Result<JobRuns>> ListRunsAsync(string name, JobOutcome? outcome, int limit, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } job) return new UnknownJob(name);
        try
        {
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            var found = await history.QueryExecutions(new() { SchedulerName = scheduler.SchedulerName, Job = job.Key, Results = outcome is { } asked ? ResultsOf(asked) : null, Take = limit }, cancellationToken);
            return new JobRuns([.. found.Items.Select(entry => new JobRun(name, entry.FiredAtUtc, entry.Duration, Outcome(entry.EffectiveResult), entry.Manual == true, entry.SchedulerInstanceId, entry.FireInstanceId))], found.HasMore);
        }
        catch (Exception error) when (IsNotThere(error))
        {
            return new NoSchedule();
        }
    }

    internal ScheduledJob? Find(string name) => jobs.FirstOrDefault(job => job.Name == name);

    /// <summary>Whether the schedule's tables have not been made.</summary>
    internal static bool IsNotThere(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            if (error is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }) return true;
        return false;
    }

    private static JobRow Row(ScheduledJob job, ITrigger? trigger, FireInstance? running, JobRunStatus? status) => new(
        job, trigger?.NextFireTimeUtc,
        running is null ? null : new(running.FireTimeUtc, running.SchedulerInstanceId),
        status is null ? null : new(job.Name, status.LastFiredAtUtc, status.LastDuration, Outcome(status.LastResult), false, status.LastSchedulerInstanceId, null),
        status is null ? JobRecord.None : new(status.RunCount, status.FailureCount, status.ConsecutiveFailures));

    private static JobOutcome Outcome(JobRunResult result) => result switch
    {
        JobRunResult.Succeeded or JobRunResult.Skipped => JobOutcome.Succeeded,
        JobRunResult.Cancelled => JobOutcome.Cancelled,
        _ => JobOutcome.Failed,
    };

    private static HashSet<JobRunResult> ResultsOf(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Succeeded => [JobRunResult.Succeeded, JobRunResult.Skipped],
        JobOutcome.Cancelled => [JobRunResult.Cancelled],
        _ => [JobRunResult.Failed],
    };
}
