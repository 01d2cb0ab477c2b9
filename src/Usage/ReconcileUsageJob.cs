using AgentConsole.Access;
using AgentConsole.Jobs;
using Quartz;

namespace AgentConsole.Usage;

/// <summary>Compares ledger and rollups: each hour the last three days, at night the last five weeks.</summary>
internal sealed class ReconcileUsageJob(ReconcileUsage reconcile, TimeProvider time) : IJob
{
    private const int RecentDays = 3;
    private const int NightlyDays = 35;
    private const int NightlyHour = 3;

    public static readonly ScheduledJob Schedule = new(typeof(ReconcileUsageJob), "0 22 * * * ?", "Compares the ledger with the rollups, and raises an alert where they differ.");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await reconcile.ExecuteAsync(time.GetUtcNow().Hour == NightlyHour ? NightlyDays : RecentDays, Caller.System, cancellationToken);
}
