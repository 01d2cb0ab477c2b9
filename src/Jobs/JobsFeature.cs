using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Quartz;

namespace AgentConsole.Jobs;

/// <summary>A job and when it runs; features register theirs.</summary>
/// <param name="Cron">Quartz cron, UTC.</param>
public sealed record ScheduledJob(Type Job, string Cron);

/// <summary>The schedule: Quartz, clustered on the same PostgreSQL, so that two nodes never run one job twice.</summary>
public static class JobsFeature
{
    public static void AddJobs(this IHostApplicationBuilder builder, PlatformOptions options, IReadOnlyList<ScheduledJob> jobs)
    {
        if (!options.Roles.HasFlag(Roles.Jobs)) return;
        builder.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.DataSourceFactory = static provider => provider.GetRequiredService<Database>().Owner);
                store.UseClustering();
                store.ProvisionSchema();
            });
            foreach (var job in jobs) Schedule(quartz, job);
        });
        builder.AddQuartzHostedService(static host => host.WaitForJobsToComplete = true);
    }

    private static void Schedule(IQuartzBuilder quartz, ScheduledJob job)
    {
        var key = new JobKey(job.Job.Name);
        quartz.AddJob(job.Job, configure => configure.WithIdentity(key).DisallowConcurrentExecution());
        quartz.AddTrigger(trigger => trigger.ForJob(key).WithIdentity(job.Job.Name).WithCronSchedule(job.Cron, static cron => cron.InTimeZone(TimeZoneInfo.Utc)));
    }
}
