using AgentConsole.Jobs;
using Quartz;

namespace AgentConsole.Budgets.Evaluation;

/// <summary>Twice a minute, so that what is crossed right after a look is told well within a minute.</summary>
internal sealed class EvaluateBudgetsJob(EvaluateBudgets evaluate) : IJob
{
    public static readonly ScheduledJob Schedule = new(typeof(EvaluateBudgetsJob), "0,30 * * * * ?", "Sums every budget, raises an alert for each threshold that is crossed, and writes the messages.");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await evaluate.ExecuteAsync(cancellationToken);
}
