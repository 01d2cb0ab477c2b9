using AgentConsole.Access;
using AgentConsole.Platform;

namespace AgentConsole.Anomalies;

/// <summary>Writes down what someone found out. It stays as it is, for everyone who reads the case.</summary>
public sealed class NoteCase
{
    private readonly CaseChanges _changes;

    internal NoteCase(CaseChanges changes) => _changes = changes;

    /// <summary>Fails with <see cref="NotAllowed"/>, <see cref="UnknownCase"/>, <see cref="TooManyEntries"/> or <see cref="InvalidNote"/>.</summary>
    public Task<Result<CaseRow>> ExecuteAsync(string tenant, Guid id, string text, Caller caller, CancellationToken cancellationToken) => _changes.ChangeAsync("cases.note", tenant, id, caller, _ =>
    {
        var note = text.Replace("\0", "", StringComparison.Ordinal).Trim();
        if (note.Length is 0 or > CaseChanges.MaxTextLength) return new InvalidNote(CaseChanges.MaxTextLength);
        return (CaseEntryKind.Note, note);
    }, cancellationToken);
}
