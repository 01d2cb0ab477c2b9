using AgentConsole.Jobs.Api;
using AgentConsole.Jobs.Pages;
using AgentConsole.Platform;
using AgentConsole.Platform.Data;
using Quartz;
using Quartz.Extensibility;

namespace AgentConsole.Jobs;

/// <summary>A job and when it runs; features register theirs.</summary>
/// <param name="Cron">Quartz cron, UTC.</param>
/// <param name="Does">What it is for, as a sentence for whoever looks at the schedule.</param>
public sealed record ScheduledJob(Type Job, string Cron, string Does)
{
    /// <summary>What people and the scheduler call it: the class without its last word.</summary>
    public string Name => Job.Name.EndsWith("Job", StringComparison.Ordinal) ? Job.Name[..^3] : Job.Name;

    internal JobKey Key => new(Job.Name);
}

/// <summary>
/// The schedule: Quartz, clustered on the same PostgreSQL, so that two nodes never run one job twice and a dead node's is taken over.
/// Nodes with the role Jobs run it; those with the role Console only look at it, and ask for a run.
/// </summary>
public static class JobsFeature
{
    /// <summary>A job each minute is told of for a day and a half, any other for the whole time.</summary>
    internal const int KeptRunsPerJob = 2_000;

    internal static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    public static void AddJobs(this IHostApplicationBuilder builder, PlatformOptions options, IReadOnlyList<ScheduledJob> jobs)
    {
        if ((options.Roles & (Roles.Jobs | Roles.Console)) == 0) return;
        builder.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.DataSourceFactory = static provider => provider.GetRequiredService<Database>().Owner);
                store.UseClustering();
                store.UseExecutionHistory();
                store.ProvisionSchema();
            });
            quartz.AddJobListener<SignalJobs>();
            foreach (var job in jobs) Schedule(quartz, job);
        });
        var services = builder.Services;
        services.AddQuartzExecutionHistory(static history => (history.Retention, history.MaxEntriesPerJob, history.MaxEntriesPerScheduler) = (KeptFor, KeptRunsPerJob, 20 * KeptRunsPerJob));
        if (options.Roles.HasFlag(Roles.Jobs)) builder.AddQuartzHostedService(static host => host.WaitForJobsToComplete = true);
        services.AddSingleton(jobs);
        services.AddSingleton<JobQueries>();
        services.AddSingleton<RunJob>();
        services.AddJobsPages();
    }

    public static void MapJobs(this IEndpointRouteBuilder app) => JobEndpoints.Map(app);

    private static void Schedule(IQuartzBuilder quartz, ScheduledJob job)
    {
        quartz.AddJob(job.Job, configure => configure.WithIdentity(job.Key).DisallowConcurrentExecution().RequestRecovery());
        quartz.AddTrigger(trigger => trigger.ForJob(job.Key).WithIdentity(job.Job.Name).WithCronSchedule(job.Cron, static cron => cron.InTimeZone(TimeZoneInfo.Utc)));
    }
}
