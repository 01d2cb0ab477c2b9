using AgentConsole.Access;
using AgentConsole.Platform;

namespace AgentConsole.Anomalies;

/// <summary>Someone takes a case on, from whoever had it: its alert calls no more.</summary>
public sealed class TakeCase
{
    private readonly CaseChanges _changes;

    internal TakeCase(CaseChanges changes) => _changes = changes;

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownCase"/>, <see cref="TooManyEntries"/> or <see cref="CaseIsClosed"/>.</summary>
    public Task<Result<CaseRow>> ExecuteAsync(string tenant, Guid id, Caller caller, CancellationToken cancellationToken) => _changes.ChangeAsync("cases.take", tenant, id, caller, found =>
    {
        if (found.State == CaseState.Closed) return new CaseIsClosed();
        (found.State, found.Assignee) = (CaseState.Investigating, caller.Name);
        return (CaseEntryKind.Taken, "");
    }, cancellationToken);
}
