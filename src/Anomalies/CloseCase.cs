using AgentConsole.Access;
using AgentConsole.Platform;

namespace AgentConsole.Anomalies;

/// <summary>Says what a case turned out to be, and why. An incident that still goes on opens no other.</summary>
public sealed class CloseCase
{
    private readonly CaseChanges _changes;
    private readonly TimeProvider _time;

    internal CloseCase(CaseChanges changes, TimeProvider time) => (_changes, _time) = (changes, time);

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownCase"/>, <see cref="TooManyEntries"/>, <see cref="CaseIsClosed"/> or <see cref="InvalidNote"/>.</summary>
    /// <param name="reason">Empty: none is given.</param>
    public Task<Result<CaseRow>> ExecuteAsync(string tenant, Guid id, CaseVerdict verdict, string reason, Caller caller, CancellationToken cancellationToken) => _changes.ChangeAsync("cases.close", tenant, id, caller, found =>
    {
        if (found.State == CaseState.Closed) return new CaseIsClosed();
        var text = reason.Replace("\0", "", StringComparison.Ordinal).Trim();
        if (text.Length > CaseChanges.MaxTextLength) return new InvalidNote(CaseChanges.MaxTextLength);
        (found.State, found.Verdict, found.ClosedAt, found.Assignee) = (CaseState.Closed, verdict, _time.GetUtcNow(), found.Assignee ?? caller.Name);
        return (CaseEntryKind.Closed, text);
    }, cancellationToken);
}
