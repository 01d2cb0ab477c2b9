using AgentConsole.Jobs;
using Quartz;

namespace AgentConsole.AlertRules.Evaluation;

/// <summary>Looks at every alert rule each minute.</summary>
internal sealed class EvaluateRulesJob(EvaluateRules evaluate) : IJob
{
    public static readonly ScheduledJob Schedule = new(typeof(EvaluateRulesJob), "0 * * * * ?", "Measures every alert rule, raises and closes its alerts, and writes the messages.");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await evaluate.ExecuteAsync(cancellationToken);
}
