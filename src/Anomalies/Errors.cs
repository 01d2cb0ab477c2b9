using AgentConsole.Platform;

namespace AgentConsole.Anomalies;

/// <summary>There is none, or none within the caller's reach: nobody learns which.</summary>
public sealed record UnknownCase(string Id) : Error("not_found", $"There is no case {Id}.");

public sealed record InvalidNote(int Most) : Error("invalid_note", $"A note is 1 to {Most} characters.");

public sealed record InvalidVerdict() : Error("invalid_verdict", "verdict is confirmed, expected or falseAlarm.");

public sealed record CaseIsClosed() : Error("case_closed", "The case is closed. Reopen it first.");

public sealed record CaseIsNotClosed() : Error("case_not_closed", "The case is not closed.");

/// <summary>A timeline is read whole.</summary>
public sealed record TooManyEntries(int Most) : Error("too_many_entries", $"A case has at most {Most} entries.");
