using AgentConsole.Jobs;
using Quartz;

namespace AgentConsole.Anomalies.Detection;

/// <summary>Looks at every tenant each five minutes.</summary>
internal sealed class DetectAnomaliesJob(DetectAnomalies detect) : IJob
{
    public static readonly ScheduledJob Schedule = new(typeof(DetectAnomaliesJob), "30 0/5 * * * ?", "Holds the cost of tenants, users and keys against the weeks before, and opens a case where it is far above.");

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        using var late = new CancellationTokenSource(Deadline);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        await detect.ExecuteAsync(isSettled: false, either.Token);
    }
}
