using AgentConsole.Access;
using AgentConsole.Platform;

namespace AgentConsole.Anomalies;

/// <summary>Takes a verdict back: the case is under investigation again, by whoever reopened it.</summary>
public sealed class ReopenCase
{
    private readonly CaseChanges _changes;

    internal ReopenCase(CaseChanges changes) => _changes = changes;

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownCase"/>, <see cref="TooManyEntries"/> or <see cref="CaseIsNotClosed"/>.</summary>
    public Task<Result<CaseRow>> ExecuteAsync(string tenant, Guid id, Caller caller, CancellationToken cancellationToken) => _changes.ChangeAsync("cases.reopen", tenant, id, caller, found =>
    {
        if (found.State != CaseState.Closed) return new CaseIsNotClosed();
        (found.State, found.Verdict, found.ClosedAt, found.Assignee) = (CaseState.Investigating, null, null, caller.Name);
        return (CaseEntryKind.Reopened, "");
    }, cancellationToken);
}
