using AgentConsole.Platform.Live;
using AgentConsole.Shell;
using Quartz;

namespace AgentConsole.Jobs;

/// <summary>Tells open pages that a job has begun or ended.</summary>
internal sealed class SignalJobs(IChangeFeed changes) : IJobListener
{
    public string Name => nameof(SignalJobs);

    public ValueTask JobToBeExecuted(IJobExecutionContext context, CancellationToken cancellationToken = default) => Signal();

    public ValueTask JobWasExecuted(IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default) => Signal();

    private ValueTask Signal()
    {
        changes.Signal(Topics.Jobs);
        return ValueTask.CompletedTask;
    }
}
