using AgentConsole.Platform;
using AgentConsole.Platform.Live;
using AgentConsole.Shell;

namespace AgentConsole.Access.Audit;

/// <summary>Tells open pages that a log has grown, once a second at most: an entry is added in a transaction that nobody tells when it commits.</summary>
internal sealed class AuditSignals(AuditLog audit, IChangeFeed changes, TimeProvider time, ILogger<AuditSignals> logger) : LastingService(logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        IReadOnlyList<string> before = [];
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var grown = audit.TakeGrown();
            // Those of the tick before once more: their transactions may have been open then.
            foreach (var tenant in grown.Union(before)) changes.Signal(Topics.Audit(tenant));
            if (grown.Count + before.Count > 0) changes.Signal(Topics.AllAudit);
            before = grown;
        }
    }
}
