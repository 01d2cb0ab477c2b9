namespace AgentConsole.Usage.Tailing;

/// <summary>How far a tail has been read.</summary>
/// <param name="From">Every event of a transaction below it has been counted.</param>
/// <param name="Beyond">Of the events of transactions from there on, so many have been counted too.</param>
internal readonly record struct TailPlace(ulong From, long Beyond);

/// <param name="Fresh">How many came since the place before.</param>
/// <param name="Rows">The newest, some of which may have been read before.</param>
internal sealed record TailRead(TailPlace Place, long Fresh, IReadOnlyList<RequestRow> Rows);
