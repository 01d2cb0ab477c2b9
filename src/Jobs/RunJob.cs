using AgentConsole.Access;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Quartz;

namespace AgentConsole.Jobs;

/// <summary>Asks for a run of a job now, on whatever node is free; its schedule goes on as it was.</summary>
public sealed class RunJob(ISchedulerFactory schedulers, JobQueries jobs, Database database, AuditLog audit, IChangeFeed changes)
{
    public static bool May(Caller caller) => caller.CanOnPlatform(Permission.ManagePlatform);

    /// <summary>The job. Fails with <see cref="NotAllowed"/>, <see cref="UnknownJob"/>, <see cref="JobIsRunning"/> or <see cref="NoSchedule"/>.</summary>
    public async Task<Result<ScheduledJob>> ExecuteAsync(string name, Caller caller, CancellationToken cancellationToken)
    {
        if (!May(caller)) return caller.Refuse("jobs.run");
        if (jobs.Find(name) is not { } job) return new UnknownJob(name);
        try
        {
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            var running = await scheduler.QueryFireInstances(new() { Job = job.Key }, cancellationToken);
            if (running.Items.Count > 0) return new JobIsRunning(name);
            await using var session = await database.BeginAsync(Reach.Platform, cancellationToken);
            await audit.AppendAsync(session.Connection, new("", caller.Actor, "jobs.run", name), cancellationToken);
            // The schedule is not of this transaction: without the run there is no entry, and only a commit that fails could leave a run without one.
            await scheduler.TriggerJob(job.Key, null, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
        catch (Exception error) when (JobQueries.IsNotThere(error))
        {
            return new NoSchedule();
        }
        changes.Signal(Topics.Jobs);
        return job;
    }
}
